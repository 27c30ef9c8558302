/** The plan's facts about workers and slots. */

/** A slot that a worker owns already. */
export interface OwnedSlot {
  readonly slot: number;
  /** Of its last claim: where two workers claim a slot, the higher epoch is right. */
  readonly epoch: number;
  /** Whether its cameras run: one whose cameras do not run moves without a gap. */
  readonly isWarm: boolean;
}

/** A worker, as it describes itself when it joins. */
export interface Member {
  /** Unique in the group. */
  readonly id: string;
  /** Its capacity, in cores. */
  readonly capacity: number;
  readonly labels: readonly string[];
  /** It gives up all that it has. */
  readonly isDraining: boolean;
  readonly owned: readonly OwnedSlot[];
}

/** The cameras of a slot, taken together. */
export interface SlotNeeds {
  /** Cores, measured. */
  readonly cost: number;
  readonly cameras: number;
  /** Labels that a worker must have for all of them. */
  readonly labels: readonly string[];
}

/** The input of the plan. */
export interface Situation {
  readonly members: readonly Member[];
  /** By the number of the slot. */
  readonly slots: readonly SlotNeeds[];
  /** Whether slots may move for balance. */
  readonly isSettled: boolean;
}

/** A slot that moves between two living workers. */
export interface Move {
  readonly slot: number;
  readonly from: string;
  readonly to: string;
  /** `drain`: its owner leaves; `labels`: its owner lacks a label; `balance`: its owner bears more. */
  readonly why: 'drain' | 'labels' | 'balance';
}

/** The owner of each slot. */
export interface Plan {
  /** The slots of each member, in ascending order. */
  readonly owners: ReadonlyMap<string, readonly number[]>;
  readonly moves: readonly Move[];
  /** Slots that no worker can bear: they have an owner, which does not start their cameras. They are orphans of the next plan. */
  readonly unplaced: readonly number[];
}
