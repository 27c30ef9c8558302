/** The plan: the owner of each slot. */
export type { Member, OwnedSlot, PlanInput, SlotNeeds, SlotPlan } from './members.js';
export { plan } from './slot-plan.js';
