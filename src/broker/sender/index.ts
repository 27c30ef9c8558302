/** Batches on their way to a driver, retried until they are acknowledged. */
export { Sender, type SenderOptions } from './sender.js';
