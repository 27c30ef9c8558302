/** Values out of an engine, in order, grouped, handed over. */
export { InOrder } from './in-order.js';
export { Outlet } from './outlet.js';
export type { Kept } from './values.js';
