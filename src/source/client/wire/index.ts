/** HTTP, as lenient as camera firmware requires. */
export type { Body } from './body.js';
export { exchange } from './exchange.js';
export { type Headers, headersOf } from './head.js';
