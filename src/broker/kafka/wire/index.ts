/** Requests to Kafka, for all client libraries. */
export { RequestBuffers } from './buffers.js';
export { ByteReader } from './byte-reader.js';
export { type Checksum, checksumOr } from './checksum.js';
export { int32, int64, int8, string } from './field-encoders.js';
export { type KafkaRecord, type TopicData, produceBody } from './produce.js';
export { errorOf, provideErrors } from './protocol-errors.js';
export { withTimeoutOutsidePauses, withTimeout } from './timeout.js';
export type { GroupRequests, GroupResponses, LogEntry, NewTopic, NewWire, PartitionResponse, Pauses, RawRequest, Requests, Responses, Wire, WireOptions } from './wire.js';
