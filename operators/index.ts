/** All operators of rxcam. */
export { type CropConfig, crop } from './crop.js';
export { decode, type DecodeConfig, type ReceivedFacts, type ReceivedFrame, type ReceivedJpeg } from './decode.js';
export { type DeliverConfig, deliver } from './deliver.js';
export { type EncodeH265Config, encodeH265 } from './encode-h265.js';
export { type EncodeJpegConfig, encodeJpeg } from './encode-jpeg.js';
export { type PassthroughConfig, passthrough } from './passthrough.js';
export { type PublishConfig, publish } from './publish.js';
export { record, type RecordConfig } from './record.js';
export { type ResizeConfig, resize } from './resize.js';
export { type RetryConfig, type RetryDelay, retry } from './retry.js';
export { type SkipRateConfig, skipRate } from './skip-rate.js';
export { type SkipUnchangedConfig, skipUnchanged } from './skip-unchanged.js';
export { type StatsConfig, type StatsInput, type StatsOf, stats } from './stats.js';
export { type SubscribeConfig, subscribe } from './subscribe.js';
export { type MessageFormatter, type ToMessageConfig, toMessage } from './to-message.js';
export { type Verify, type VerifyConfig, type VerifyStats, verify } from './verify.js';
export { type VideoFilterConfig, videoFilter } from './video-filter.js';
