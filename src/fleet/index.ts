/** A fleet: cameras spread over workers. */
export { Lease, instant } from './lease.js';
export type { Member, Plan, Situation, SlotNeeds } from './plan/members.js';
export { plan } from './plan/plan.js';
export { slotOf } from './slots.js';
