/** The bytes of a reader's requests and answers. */
export { inflate } from './inflate.js';
export { type Fetched, readFetched } from './record-batch.js';
export { coordinatorRequest, fetchRequest, offsetsRequest, readCoordinatorError, readOffsets } from './requests.js';
