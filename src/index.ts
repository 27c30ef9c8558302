/** rxcam: a camera is an Observable of frames; small operators bring them to Kafka or Redis. */
export { type Camera, type CameraConfig, camera } from './camera.js';
export { Capture } from './capture.js';
export { type Clip, type ClipConfig, clip } from './clip.js';
export type { Engine, EngineContext, EngineEvent, EngineOutput, Feed, FeedFormat, ResumePoint } from './engine.js';
export * from './errors.js';
export type { CameraEvent, DropCause, Place } from './events.js';
export type { Decodable } from './decoding/index.js';
export type { DecodedPicture, Decoder, DecoderInput, DecoderUnit, PictureForm } from './decoder.js';
export type { Muxer, MuxerInput, RecordFolder } from './recorder.js';
export type { ClosedReason, RecordClosed, RecordGap, RecordOpened, RecordRemoved, Recorded } from './recording/index.js';
export { findFfmpeg } from './ffmpeg/index.js';
export type {
  AnyFrame, ChangedFrame,
  CameraMessage, Codec, ColorInfo, EncodeMode, EncodedFrame, Frame, Origin, PixelFormat, Published, SourceFrame, SourceInfo, Unchanged,
} from './frame.js';
export type { Timing } from './histogram.js';
export { type CameraState, type Counts, EMPTY_LEDGER, type EncoderInUse, type Ledger, fold, inFlight } from './ledger.js';
export {
  type Again, type Broker, type BrokerConfig, type BrokerState, type CloseReport, type Driver, type KafkaConfig, type MemoryBroker, type MemoryConfig,
  type NotWritten, type OutboxConfig, type Outgoing, type Reception, type ReceptionStats, type RedisConfig, type SendOutcome, type StoredMessage,
  type TopicWaits, type Written, createBroker, kafka, memory, redis,
} from './broker/index.js';
export { type Gap, type GapCause, Received, type Verdict, Verified } from './message/index.js';
export type {
  Chunk, EncodeH265Step, EncodeJpegStep, Fit, Hardware, PassthroughStep, ResizeStep, SkipRateStep, SkipUnchangedStep, Step,
} from './core/steps/index.js';
export type { PictureFacts } from './picture-facts.js';
export { type Report, type ReportTiming, report, reportText } from './report.js';
export { type SnapshotConfig, snapshot } from './snapshot.js';
export type { Shares } from './counts.js';
export { type CameraStats, type Rates, statsOf } from './stats.js';
export { CameraStreamer, type CameraStreamerConfig, type StartStreamConfig, type StreamTimingStats, type TransmissionStats } from './streamer.js';
export * from '../operators/index.js';
