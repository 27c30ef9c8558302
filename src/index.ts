/** rxcam: a camera is an Observable of frames; small operators bring them to Kafka or Redis. */
export { type Camera, type CameraConfig, Capture, camera } from './camera/index.js';
export { CameraStreamer, type CameraStreamerConfig, type Clip, type ClipConfig, type SnapshotConfig, type StartStreamConfig, type StreamTimingStats, type TransmissionStats, clip, snapshot } from './apps/index.js';
export type { Engine, EngineContext, EngineEvent, EngineOutput, Feed, FeedFormat, ResumePoint } from './core/engine/engine.js';
export * from './core/errors/errors.js';
export type { CameraEvent, DropCause, Place } from './core/events.js';
export type { ClosedReason, Decodable, RecordClosed, RecordGap, RecordOpened, RecordRemoved, Recorded } from './consumer/index.js';
export type { DecodedPicture, Decoder, DecoderInput, DecoderUnit, PictureForm } from './core/engine/decoder.js';
export type { Muxer, MuxerInput, RecordFolder } from './core/engine/recorder.js';
export { findFfmpeg } from './ffmpeg/index.js';
export type {
  AnyFrame, ChangedFrame,
  CameraMessage, Codec, ColorInfo, EncodeMode, EncodedFrame, Frame, Origin, PixelFormat, Published, SourceFrame, SourceInfo, Unchanged,
} from './core/frame/frame.js';
export type { Shares, Timing } from './ledger/index.js';
export { type CameraState, type CameraStats, type Counts, EMPTY_LEDGER, type EncoderInUse, type Ledger, type Rates, type Report, type ReportTiming, fold, inFlight, report, reportText, statsOf } from './ledger/index.js';
export {
  type Broker, type BrokerConfig, type BrokerState, type CloseReport, type Driver, type KafkaConfig, type MemoryBroker, type MemoryConfig,
  type NotWritten, type OutboxConfig, type Outgoing, type Reception, type ReceptionStats, type RedisConfig, type SendAgain,
  type SendOutcome, type StoredMessage,
  type TopicWaits, type Written, createBroker, kafka, memory, redis,
} from './broker/index.js';
export { type Gap, type GapCause, Received, type Verdict, Verified } from './message/index.js';
export type { Chunk, Fit, Hardware, Step, StepKind, StepOf } from './core/steps/index.js';
export type { PictureFacts } from './core/frame/picture-facts.js';
export * from '../operators/index.js';
