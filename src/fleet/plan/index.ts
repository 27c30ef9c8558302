/** The plan: the owner of each slot. */
export type { Member, OwnedSlot, Plan, Situation, SlotNeeds } from './members.js';
export { plan } from './plan.js';
