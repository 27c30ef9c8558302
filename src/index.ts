/** rxcam: a camera is an Observable of frames; small operators bring them to Kafka or Redis. */
export { type Camera, type CameraConfig, Capture, camera } from './camera/index.js';
export { type Clip, type ClipConfig, type SnapshotConfig, clip, snapshot } from './apps/index.js';
export type {
  Engine, EngineContext, EngineEvent, EngineOutput, Feed, FeedFormat, OpenedSource, ProcessOptions, ResumePoint,
} from './core/engine/engine.js';
export type { FfmpegFacts } from './core/engine/ffmpeg-facts.js';
export type { ClockDifference } from './core/clock.js';
export type { StderrRow, StderrRows } from './core/errors/stderr-rows.js';
export type { CameraOrigin, Plan } from './core/plan/plan.js';
export type { Preparation, Source, SourceInput } from './core/source.js';
export {
  BrokerUnauthorized, BrokerUnavailable, CaptureCrashed, DecodeFailed, ERRORS, EncoderFailed, type ErrorCode, type ErrorDetails,
  InvalidOption, MessageTooLarge, NoVideo, RecordingFailed, ResourceExhausted, RxcamError, SourceBusy, SourceNotFound, SourceRefused, SourceTimeout,
  SourceUnauthorized, Stalled, StreamEnded, TransportRefused, isRxcamError,
} from './core/errors/errors.js';
export type {
  CameraEvent, Captured, Changed, Connecting, Delivered, DropCause, Dropped, Duplicate, Encoded, EncoderChosen, Failed, FfmpegFound,
  Moved, Opened, Paused, Place, PublishedEvent, ReadFailure, Recovered, Reset, Resumed, Retrying, Returned, Skipped, Stopped, UnchangedEvent, Warning,
} from './core/events.js';
export type { ClosedReason, Decodable, RecordClosed, RecordGap, RecordOpened, RecordRemoved, Recorded } from './consumer/index.js';
export type { DecodedPicture, Decoder, DecoderInput, DecoderUnit, PictureForm } from './core/engine/decoder.js';
export type { Muxer, MuxerInput, RecordFolder } from './core/engine/recorder.js';
export { findFfmpeg } from './ffmpeg/index.js';
export type { Fence } from './core/frame/fence.js';
export type {
  AnyFrame, ChangedFrame,
  CameraMessage, Codec, ColorInfo, EncodeMode, EncodedFrame, Frame, Origin, PixelFormat, Published, SourceFrame, SourceInfo, Unchanged,
} from './core/frame/frame.js';
export type { Shares, Timing } from './ledger/index.js';
export type { CameraState, CameraStats, Counts, EncoderInUse, Rates, ReceivedStats, VerdictCounts } from './ledger/index.js';
export {
  type Broker, type BrokerConfig, type BrokerState, type CloseReport, type Driver, type KafkaConfig, type MemoryBroker, type MemoryConfig,
  type NotWritten, type OutboxConfig, type Outgoing, type ReadRequest, type Reader, type Reception, type ReceptionStats, type RedisConfig,
  type SendAgain, type SendOutcome, type StoredMessage, type TopicWaits, type Written, createBroker, kafka, memory, redis,
} from './broker/index.js';
export { type Gap, type GapCause, type MessageContext, Received, type ReceivedParts, type Verdict, Verified } from './message/index.js';
export type { Chunk, Fit, Hardware, Step, StepKind, StepOf } from './core/steps/index.js';
export type { PictureSize } from './core/pictures/size.js';
export type { PictureFacts } from './core/frame/picture-facts.js';
export * from '../operators/index.js';
/** They have their own entry, `rxcam/streamer`, and are exported here too, for programs that import everything from `rxcam`. */
export { CameraStreamer, type CameraStreamerConfig, type StartStreamConfig, type StreamTimingStats, type TransmissionStats } from './apps/index.js';
