/** Values out of an engine, in order, grouped, handed over. */
export { InOrder } from './in-order.js';
export { type Kept, Outlet, originOf } from './outlet.js';
