/** The names of the public API; those of steps come from their table. */
import { STEP_KINDS } from '../../src/core/steps/index.js';
import { STEPS_WITH_OPTIONS, configOf } from './interfaces.js';

/** The operator of each step, and the type of its options. */
const STEP_NAMES = STEP_KINDS.flatMap((kind) => [kind, ...(STEPS_WITH_OPTIONS.includes(kind) ? [configOf(kind)[1]] : [])]);

/** By entry: a name that is added or removed changes this list. */
export const PUBLIC_NAMES: Readonly<Record<string, readonly string[]>> = {
  '.': [
    ...STEP_NAMES,
    'AnyFrame', 'Broker', 'BrokerConfig', 'BrokerState', 'BrokerUnauthorized', 'BrokerUnavailable', 'Camera', 'CameraConfig',
    'CameraEvent', 'CameraMessage', 'CameraOrigin', 'CameraState', 'CameraStats', 'CameraStreamer',
    'CameraStreamerConfig', 'Capture', 'CaptureCrashed', 'Captured', 'Changed', 'ChangedFrame', 'Chunk', 'Clip', 'ClipConfig',
    'ClockDifference', 'CloseReport', 'ClosedReason', 'Codec', 'ColorInfo', 'Connecting', 'Counts',
    'Decodable', 'DecodeConfig', 'DecodeFailed', 'DecodedPicture', 'Decoder', 'DecoderInput', 'DecoderUnit', 'DeliverConfig', 'Delivered',
    'Driver', 'DropCause', 'Dropped', 'Duplicate', 'ERRORS', 'EncodeMode', 'Encoded',
    'EncodedFrame', 'EncoderChosen', 'EncoderFailed', 'EncoderInUse', 'Engine', 'EngineContext', 'EngineEvent', 'EngineOutput',
    'ErrorCode', 'ErrorDetails', 'Failed', 'Feed', 'FeedFormat', 'Fence', 'FfmpegFacts', 'FfmpegFound', 'Fit',
    'Frame', 'Gap', 'GapCause', 'Hardware', 'InvalidOption', 'KafkaConfig', 'MemoryBroker', 'MemoryConfig',
    'MessageContext', 'MessageFormatter', 'MessageTooLarge', 'Moved', 'Muxer', 'MuxerInput', 'NoVideo', 'NotWritten', 'Opened',
    'OpenedSource', 'Origin', 'OutboxConfig', 'Outgoing', 'Paused', 'PictureFacts', 'PictureForm', 'PictureSize',
    'PixelFormat', 'Place', 'Plan', 'Preparation', 'ProcessOptions', 'PublishConfig', 'Published', 'PublishedEvent', 'Rates',
    'ReadFailure', 'ReadRequest', 'Reader', 'Received', 'ReceivedFacts', 'ReceivedFrame', 'ReceivedJpeg', 'ReceivedParts', 'ReceivedStats', 'Reception', 'ReceptionStats',
    'RecordClosed', 'RecordConfig', 'RecordFolder', 'RecordGap', 'RecordOpened', 'RecordRemoved', 'Recorded', 'RecordingFailed',
    'Recovered', 'RedisConfig', 'Reset', 'ResourceExhausted', 'ResumePoint', 'Resumed', 'RetryConfig', 'RetryDelay',
    'Retrying', 'Returned', 'RxcamError', 'SendAgain', 'SendOutcome', 'Shares',
    'Skipped', 'SnapshotConfig', 'Source', 'SourceBusy', 'SourceFrame', 'SourceInfo', 'SourceInput', 'SourceNotFound', 'SourceRefused',
    'SourceTimeout', 'SourceUnauthorized', 'Stalled', 'StartStreamConfig', 'StatsConfig', 'StatsInput', 'StatsOf', 'StderrRow',
    'StderrRows', 'Step', 'StepKind', 'StepOf', 'Stopped', 'StoredMessage', 'StreamEnded', 'StreamTimingStats', 'SubscribeConfig',
    'Timing', 'ToMessageConfig', 'TopicWaits', 'TransmissionStats', 'TransportRefused', 'Unchanged', 'UnchangedEvent', 'Verdict',
    'VerdictCounts', 'Verified', 'Verify', 'VerifyConfig', 'VerifyStats', 'Warning', 'Written', 'camera', 'clip',
    'createBroker', 'decode', 'deliver', 'findFfmpeg', 'isRxcamError', 'kafka', 'memory',
    'publish', 'record', 'redis', 'retry', 'snapshot', 'stats', 'subscribe',
    'toMessage', 'verify',
  ],
  './operators': [
    ...STEP_NAMES,
    'DecodeConfig', 'DeliverConfig', 'MessageFormatter', 'PublishConfig', 'ReceivedFacts', 'ReceivedFrame', 'ReceivedJpeg', 'RecordConfig', 'RetryConfig', 'RetryDelay',
    'StatsConfig', 'StatsInput', 'StatsOf', 'SubscribeConfig', 'ToMessageConfig', 'Verify', 'VerifyConfig', 'VerifyStats',
    'decode', 'deliver', 'publish', 'record', 'retry', 'stats', 'subscribe', 'toMessage', 'verify',
  ],
  './streamer': [
    'CameraStreamer', 'CameraStreamerConfig', 'StartStreamConfig', 'StreamTimingStats', 'TransmissionStats',
  ],
  './config': [
    'BrokerSettings', 'CameraPipeline', 'CameraPipelineOptions', 'CameraSettings', 'Config', 'ConfigProblem', 'ConfigRunner', 'InvalidConfig', 'JsonSchema', 'OpenBrokerOptions',
    'OpenBrokers', 'ParseCameraOptions', 'ParseConfigOptions', 'PastCamera', 'Route', 'RunOptions', 'RunningCamera', 'RunningConfig', 'StepSettings',
    'WatchConfigOptions', 'cameraPipeline', 'configSchema', 'openBroker', 'parseCamera', 'parseConfig', 'readConfigFile', 'runConfig', 'watchConfig',
  ],
  './report': [
    'ReceivedFigures', 'ReceivedReport', 'Report', 'ReportTiming', 'report', 'reportText',
  ],
  './metrics': [
    'Metrics', 'MetricsConfig', 'MetricsRegistry', 'ReceivedStream', 'Several', 'TextFormat', 'metrics',
  ],
  './dashboard': ['Dashboard', 'DashboardConfig', 'dashboard'],
  './fleet': [
    'CameraReport', 'Coordinator', 'CoordinatorConfig', 'FleetCamera', 'FleetCameraStatus', 'FleetCondition', 'FleetConfig', 'FleetState', 'FleetStatus',
    'FleetWorkerStatus', 'OwnedCamera', 'RunCamera', 'coordinator', 'fleet', 'fleetStatus',
  ],
  './tracing': ['TracedConfig', 'traced'],
  './testing': [
    'Accountable', 'ConformanceCheck', 'ConformanceOptions', 'ConformanceRecord', 'ConformanceServer', 'ConformanceSubject',
    'DiagramOptions', 'ExpectConfig', 'FakeAction', 'FakeBroker', 'FakeBrokerConfig', 'FakeCamera', 'FakeCameraConfig', 'FakeCoordinator',
    'FakeCoordinatorConfig', 'FakeDecoder', 'FakeDecoderConfig', 'FakeEngineConfig', 'FakeFolder', 'FakeMessage',
    'FakeReceived', 'FakeSource', 'FakeTopic', 'FakeTopicConfig', 'LedgerCheck', 'MarblesConfig', 'Part', 'SubscriptionFrames',
    'TimedNotification', 'aligned', 'alignedSubscriptions', 'brokerConformance', 'createScheduler', 'diagram', 'expectEvents',
    'expectLedger', 'expectParts', 'expectStats', 'fakeBroker', 'fakeCamera', 'fakeCoordinator', 'fakeDecoder', 'fakeEngine',
    'fakeFolder', 'fakeTopic', 'marbles',
  ],
};
