/** HTTP/1.1, as lenient as camera firmware requires. */
export type { Body } from './body.js';
export { exchange } from './exchange.js';
export { type HttpHeaders, headersOf } from './head.js';
