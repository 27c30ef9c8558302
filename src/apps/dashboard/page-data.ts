/** The data that the dashboard's server sends to its page. */

/** Severity, which is also the order on the page: 0 down, 1 impaired, 2 well, 3 not running. */
export type Trouble = 0 | 1 | 2 | 3;

/** A failure, as text. */
export interface TroubleText { readonly code: string; readonly message: string; readonly advice: string; readonly at: number }

/** The card of a camera. Times are wall clock in ms since 1970, rates per second. */
export interface CardWire {
  readonly id: string;
  readonly state: string;
  readonly trouble: Trouble;
  /** `slow`: the source sends too few pictures; `frozen`: always the same one; `dropping`: some are lost; `held`: they are not published. */
  readonly impaired?: 'slow' | 'frozen' | 'dropping' | 'held';
  /** Time since the last new picture of a frozen camera; ms. */
  readonly stillMs?: number;
  /** Start of the current condition. */
  readonly since: number;
  readonly fpsIn: number;
  /** Pictures published, delivered, or found unchanged. */
  readonly fpsOut: number;
  /** The requested value; absent if neither the source nor the pipeline states it. */
  readonly fpsWanted?: number;
  /** Mean time from decoding to acknowledgement in the last few seconds, in ms; absent if no message was acknowledged. */
  readonly latencyMs?: number;
  readonly bytesPerSecond: number;
  /** Pictures dropped in the last ten seconds, by cause. */
  readonly dropping: Readonly<Record<string, number>>;
  readonly droppedTotal: number;
  readonly nextAttemptAt?: number;
  readonly error?: TroubleText;
  readonly lastFrameAt?: number;
  readonly width: number; readonly height: number;
  readonly codec?: string;
}

export interface BrokerWire {
  readonly id: string;
  readonly status: string;
  readonly trouble: Trouble;
  readonly outboxMessages: number;
  readonly outboxBytes: number;
  readonly throttledMs?: number;
  readonly waiting: readonly { readonly topic: string; readonly message: string }[];
  readonly error?: TroubleText;
}

/** A stream that is read from a broker. */
export interface StreamWire {
  readonly id: string;
  readonly status: string;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly latencyMs: number;
  readonly inboxMessages: number;
  readonly missing: number;
  readonly torn: number;
}

/** The ledger of a camera: `captured` is the sum of the parts. */
export interface LedgerWire {
  readonly captured: number;
  readonly parts: readonly PartWire[];
}

export interface PartWire {
  readonly name: string;
  readonly kind: 'published' | 'delivered' | 'skipped' | 'dropped' | 'flight';
  readonly pictures: number;
}

/** A worker of the fleet. */
export interface FleetWorkerWire {
  readonly id: string;
  readonly status: 'joining' | 'member' | 'lapsed' | 'draining' | 'gone';
  readonly isLeader: boolean;
  readonly heardAt: number;
  readonly version: string;
  /** Capacity, in cores. */
  readonly capacity: number;
  readonly load: number;
  readonly cameras: number;
  readonly labels: readonly string[];
  /** Name of its machine. */
  readonly host?: string;
  /** Address of its dashboard, unless that listens only on another machine's loopback. */
  readonly dashboard?: string;
  /** Whether its dashboard listens only on loopback. */
  readonly isLocal?: boolean;
}

/** Conditions of a camera of the fleet, the worst first. */
export const CONDITIONS = ['unplaced', 'unowned', 'down', 'impaired', 'starting', 'well', 'ended'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** A camera of the fleet, as its worker has reported it. */
export interface FleetCameraWire {
  readonly id: string;
  readonly condition: Condition;
  readonly worker?: string;
  readonly heardAt?: number;
  readonly state?: string;
  readonly slot?: number;
  readonly epoch?: number;
  readonly fpsIn?: number;
  readonly fpsOut?: number;
  readonly fpsWanted?: number;
  readonly published?: number;
  readonly droppedTotal: number;
  /** Pictures dropped in the last few seconds, by cause. */
  readonly dropping: Readonly<Record<string, number>>;
  readonly downSince?: number;
  readonly error?: string;
  readonly errorAt?: number;
  readonly cost?: number;
}

/** The fleet that this program is a part of. `cameras` are those that have changed since the last event to this page. */
export interface FleetWire {
  readonly name: string;
  /** This program's own worker. */
  readonly self?: string;
  /** Whether its state has been read. */
  readonly isKnown: boolean;
  /** Whether the coordinator answers; if not, this is the state at `heardAt`. */
  readonly answers: boolean;
  readonly heardAt: number;
  readonly workers: readonly FleetWorkerWire[];
  /** Whether `cameras` are all cameras. */
  readonly isWhole: boolean;
  readonly cameras: readonly FleetCameraWire[];
  readonly gone: readonly string[];
}

/** The current state: one event. */
export interface StateWire {
  readonly at: number;
  readonly cameras: readonly CardWire[];
  readonly brokers: readonly BrokerWire[];
  readonly streams: readonly StreamWire[];
  readonly fleet?: FleetWire;
  /** Notices for all viewers. */
  readonly notices: readonly string[];
  /** Details of the camera whose page is open. */
  readonly camera?: { readonly id: string; readonly ledger: LedgerWire; readonly version: number };
}

/** A time in which a camera was up, down, or not running. */
export interface SpanWire { readonly from: number; readonly status: 'up' | 'down' | 'off'; readonly code?: string }

/** An event, with the number of its repetitions. */
export interface EventWire {
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
  readonly what: string;
  readonly text: string;
  readonly code?: string;
  readonly advice?: string;
}

/** Values at a fixed interval, up to `until`. */
export interface SeriesWire {
  readonly until: number;
  readonly stepMs: number;
  readonly columns: Readonly<Record<SeriesName, readonly (number | null)[]>>;
}
export type SeriesName = 'fpsIn' | 'fpsOut' | 'latencyMs' | 'bytesPerSecond' | 'outbox';

/** A camera's own page. */
export interface CameraWire {
  readonly id: string;
  readonly version: number;
  readonly now: number;
  readonly spans: readonly SpanWire[];
  readonly events: readonly EventWire[];
  readonly hour: SeriesWire;
  readonly day: SeriesWire;
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** The pictures that a viewer requests of a camera: one a second, or all. */
export type Wish = 'card' | 'live';

/** Head of a record in the stream of pictures; the picture follows. */
export type RecordHead =
  | { readonly type: 'hello'; readonly session: string }
  | { readonly type: 'picture'; readonly id: string; readonly at: number; readonly width: number; readonly height: number }
  | {
    readonly type: 'unit'; readonly id: string; readonly at: number; readonly pts: number; readonly key: boolean; readonly codec: string;
    readonly width: number; readonly height: number;
  }
  | { readonly type: 'how'; readonly id: string; readonly how: 'jpeg' | 'h264' | 'h265' | 'none'; readonly why: string };

/** Codecs that a browser decodes itself. */
export type Decodes = 'h264' | 'h265';

/** The request of a viewer. */
export interface WishesWire { readonly wishes: Readonly<Record<string, Wish>>; readonly decodes: readonly Decodes[] }
