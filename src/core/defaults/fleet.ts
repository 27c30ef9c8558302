/** Defaults of a fleet, with their units and reasons. */

/** Membership and leases; ms. */
export const FLEET = {
  /** Prefix of the topics, and of the group. */
  name: 'rxcam',
  /** Slots of a fleet, fixed when it is created: some for each worker of a large fleet, few enough to be claimed in one request. */
  slots: 256,
  /** Silence after which a worker counts as dead; ms. The least that a default Kafka broker allows. */
  sessionMs: 6_000,
  /** Interval of heartbeats: the others learn of a death within it, and a lease survives a few late ones. */
  heartbeatMs: 1_000,
  /** Time limit of a rebalance for a worker to join again. */
  rebalanceMs: 10_000,
  /** Time from the end of a lease to that of the session: clocks differ in speed, and a message needs time to be sent. */
  leaseMarginMs: 500,
  /** Time without an answer after which the connection is replaced; ms. */
  silenceMs: 2_000,
  /** Slots move for balance only after this time without a worker joining or leaving, in ms: a rolling restart must not move them twice. */
  settleMs: 15_000,
  /** Time for which slots are kept after the coordinator was away: workers that it has forgotten join again within it. */
  graceMs: 8_000,
  /** Interval at which the leader checks whether a move would be a gain. */
  reviewMs: 3_000,
  /** Time limit for a slot's former owner to report its last acknowledgement. */
  releaseMs: 3_000,
  /** Interval at which a worker reports each camera, besides changes. */
  statusMs: 5_000,
  /** Wait before a camera whose pipeline has failed is started again. */
  restartMs: 30_000,
} as const;

/** The plan: the owner of each slot. */
export const PLAN = {
  /** Share of its cores that a worker offers: the rest is for the system, and for the peaks. */
  capacityShare: 0.8,
  /** Weight of a camera besides its measured cost, in cores: cameras that cost almost nothing are spread by their number. */
  cameraWeight: 0.005,
  /** Weight of a slot besides its cameras': slots without cameras are spread by their number. */
  slotWeight: 0.0001,
  /** Share of the mean within which each load may be without a move for balance: costs vary by themselves. */
  imbalance: 0.25,
  /** Nor while each load is within this share of its worker's capacity: costs of few cameras vary most, and no worker is overloaded. */
  slack: 0.05,
  /** Except that a worker with less than this share of the mean gets its own. */
  starved: 0.25,
} as const;

/** Watching a fleet; ms. */
export const VIEW = {
  /** Interval of updates: as often as people can read. */
  lookMs: 1_000,
  /** Age of a report after which its worker counts as gone: three reports were missed. */
  staleMs: 3 * FLEET.statusMs,
  /** One report was missed. */
  missedMs: 1.5 * FLEET.statusMs,
  /** Time for which a worker that is gone is shown, because an operator needs its name. */
  forgetMs: 3_600_000,
  /** Reports of cameras are read from this time ago on: of a camera whose worker has just died, the last one is among them. */
  reportsMs: 60_000,
  /** Time without rows after which the coordinator is queried; it must answer within `askMs`, and counts as away after `silentMs`. */
  askAfterMs: FLEET.statusMs + 2_000,
  askMs: 4_000,
  silentMs: FLEET.statusMs + 7_000,
  /** Time from the first update within which each live worker has reported. */
  certainMs: FLEET.statusMs + 1_500,
  /** Pictures that were dropped are trouble for this time: two reports. */
  droppingMs: 2 * FLEET.statusMs + 1_000,
} as const;
