/** The input and the result of the plan. */

/** A slot that a worker owns. */
export interface OwnedSlot {
  readonly slot: number;
  /** Epoch of its last claim: of two workers that claim a slot, the one with the higher epoch owns it. */
  readonly epoch: number;
  /** Whether its cameras run: a slot whose cameras do not run moves without a gap. */
  readonly isWarm: boolean;
}

/** A worker, as it describes itself when it joins. */
export interface Member {
  /** Unique in the group. */
  readonly id: string;
  /** Its capacity, in cores. */
  readonly capacity: number;
  readonly labels: readonly string[];
  /** Whether it is releasing all its slots. */
  readonly isDraining: boolean;
  readonly owned: readonly OwnedSlot[];
}

/** Sums over the cameras of a slot. */
export interface SlotNeeds {
  /** Measured cost, in cores. */
  readonly cost: number;
  readonly cameras: number;
  /** Labels that a worker must have for all of them. */
  readonly labels: readonly string[];
}

/** The input of the plan. */
export interface PlanInput {
  readonly members: readonly Member[];
  /** By the number of the slot. */
  readonly slots: readonly SlotNeeds[];
  /** Whether slots may move for balance. */
  readonly isSettled: boolean;
}

/** A slot that moves between two living workers. */
export interface SlotMove {
  readonly slot: number;
  readonly from: string;
  readonly to: string;
  /** `drain`: its owner leaves; `labels`: its owner lacks a label; `balance`: its owner has a higher load. */
  readonly why: 'drain' | 'labels' | 'balance';
}

/** The owner of each slot. */
export interface SlotPlan {
  /** The slots of each member, in ascending order. */
  readonly owners: ReadonlyMap<string, readonly number[]>;
  readonly moves: readonly SlotMove[];
  /** Slots for which no worker has room: they have an owner, which does not start their cameras. The next plan assigns them again. */
  readonly unplaced: readonly number[];
}
