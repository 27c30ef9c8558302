/** A fleet: cameras spread over workers. */
export { Lease, instant } from './lease.js';
export { type Member, type Plan, type Situation, type SlotNeeds, plan } from './plan/index.js';
export { slotOf } from './slots.js';
