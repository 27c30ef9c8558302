/** Defaults of a fleet, with their units and reasons. */

/** Membership and leases; times in ms. */
export const FLEET = {
  /** Prefix of the topics, and of the group. */
  name: 'rxcam',
  /** Number of slots, fixed when a fleet is created: several for each worker of a large fleet, few enough to be claimed in one request. */
  slots: 256,
  /** Silence after which a worker counts as dead: the minimum that a default Kafka broker allows. */
  sessionMs: 6_000,
  /** Interval of heartbeats: the others learn of a death within it, and a lease survives a few late ones. */
  heartbeatMs: 1_000,
  /** Time limit for a worker to join again in a rebalance. */
  rebalanceMs: 10_000,
  /** Time from the end of a lease to the end of the session: clocks differ in speed, and a message takes time to be sent. */
  leaseMarginMs: 500,
  /** Time without an answer after which the connection is replaced. */
  silenceMs: 2_000,
  /** Slots move for balance only after this time without a worker joining or leaving: a rolling restart must not move them twice. */
  settleMs: 15_000,
  /** Time for which slots stay assigned after the coordinator was unreachable: workers that it has forgotten join again meanwhile. */
  graceMs: 8_000,
  /** Interval at which the leader checks whether moving a slot would improve the balance. */
  reviewMs: 3_000,
  /** Time limit for a slot's former owner to report its last acknowledgement. */
  releaseMs: 3_000,
  /** Interval at which a worker reports each camera, in addition to its changes. */
  statusMs: 5_000,
  /** Wait before a camera whose pipeline has failed is started again. */
  restartMs: 30_000,
} as const;

/** The plan: the owner of each slot. */
export const PLAN = {
  /** Share of its cores that a worker offers: the rest is for the system and for peaks. */
  capacityShare: 0.8,
  /** Weight of a camera besides its measured cost, in cores: cameras that cost almost nothing are spread by their number. */
  cameraWeight: 0.005,
  /** Weight of a slot besides its cameras': slots without cameras are spread by their number. */
  slotWeight: 0.0001,
  /** No slot moves for balance while each load is within this share of the mean load: costs vary by themselves. */
  imbalance: 0.25,
  /**
   * Nor while it differs from the mean by at most this share of the worker's capacity: the costs of few cameras vary most, and no
   * worker is overloaded.
   */
  slack: 0.05,
  /** A worker whose load is below this share of the mean gets slots in any case. */
  starved: 0.25,
} as const;

/** Watching a fleet; times in ms. */
export const VIEW = {
  /** Interval of updates: as often as people can read. */
  lookMs: 1_000,
  /** Age of a report after which its worker counts as gone: three reports were missed. */
  staleMs: 3 * FLEET.statusMs,
  /** Age of a report that shows that one was missed. */
  missedMs: 1.5 * FLEET.statusMs,
  /** Time for which a worker that is gone is still shown: a user needs its name. */
  forgetMs: 3_600_000,
  /** Maximum age of the reports that are read at the start: they include the last one of a camera whose worker has just died. */
  reportsMs: 60_000,
  /** Time without rows after which the coordinator is queried; it must answer within `askMs`, and counts as unreachable after `silentMs`. */
  askAfterMs: FLEET.statusMs + 2_000,
  askMs: 4_000,
  silentMs: FLEET.statusMs + 7_000,
  /** Time from the first update within which each live worker has reported. */
  certainMs: FLEET.statusMs + 1_500,
  /** Time for which dropped pictures count as trouble: two reports. */
  droppingMs: 2 * FLEET.statusMs + 1_000,
} as const;
