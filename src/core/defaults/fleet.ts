/** Defaults of a fleet, with their units and reasons. */

/** The plan: who owns what. */
export const PLAN = {
  /** Share of its cores that a worker offers: the rest is for the system, and for the peaks. */
  capacityShare: 0.8,
  /** Weight of a camera beside its measured cost, in cores: cameras that cost next to nothing are spread by their number. */
  cameraWeight: 0.005,
  /** Weight of a slot beside that of its cameras: slots without cameras are spread by their number. */
  slotWeight: 0.0001,
  /** Nothing moves for balance while each load is within this share of the mean: costs vary by themselves. */
  imbalance: 0.25,
} as const;
