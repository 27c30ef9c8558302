/**
 * Makes media time rise even if the source's clock restarts, stops, or is wrong for a picture. The rule is written
 * twice: as an expression for ffmpeg's `setpts` (decoded pictures), and as a class for copied access units. Both do the
 * same operations in the same order.
 *
 * A picture at an irregular distance from the last one is placed after it by the last regular distance, and the next picture
 * decides: if its time continues from before the jump, the irregular picture was an outlier; if it continues from after the jump,
 * the clock has moved. A jump ahead that lasts is a gap without pictures. In a live source, a long gap would have ended the
 * connection, so a long jump there means that the clock was set.
 */

/** Assumed distance of the second picture, in µs, if time does not advance from the start. */
const ASSUMED_DISTANCE_US = 40_000;
/** The second picture's time is accepted within four times this distance. */
const START_DISTANCE_US = 2_500_000;
/** The longest distance that is regular at any rate. A file's time stamps are more reliable than a camera's. */
const REGULAR_US = { file: 10_000_000, live: 1_000_000 } as const;
/** A longer distance is regular if the source has a low rate: up to this many times the larger of the last two distances. */
const REGULAR_FACTOR = 4;
/** Longest gap of a live source: after a longer one, rxcam would have connected again. */
const MAX_LIVE_GAP_US = 10_000_000;
/** Longest distance at any rate; a file may have a gap of any length. */
const MAX_DISTANCE_US = { file: 9e15, live: 600_000_000 } as const;
/** An access unit with a time before an earlier one's (a B-frame) is at most this far back … */
const REORDER_US = 2_000_000;
/** … or as many distances as H.264 and H.265 can reorder pictures. */
const REORDER_FACTOR = 16;

/** Options of the rule. */
export interface MediaTimeOptions {
  /** Added to each time, µs. */
  readonly offset?: number;
  readonly live: boolean;
}

/** The rule for times in µs; NaN stands for a picture without a time. */
export class MediaTime {
  #shift: number;
  /** The shift that applies if the clock has moved with the last picture; NaN if that was regular. */
  #candidateShift = NaN;
  /** The shift before the clock moved, to which it may return. */
  #previousShift = NaN;
  /** The last two regular distances. */
  #distance = ASSUMED_DISTANCE_US;
  #previousDistance = START_DISTANCE_US;
  #highest = NaN;
  #last = NaN;
  #lastGiven = NaN;

  constructor(readonly options: MediaTimeOptions) {
    this.#shift = options.offset ?? 0;
  }

  /**
   * Time of the next picture.
   * @param isLater - false for an access unit that may be shown before an earlier one: any except a keyframe
   */
  next(given: number, isLater = true): number {
    const time = Number.isNaN(this.#highest) ? (given || 0) + this.#shift : this.#later(given, isLater);
    this.#last = time;
    this.#lastGiven = given;
    // A possible outlier among reordered pictures must not raise the times of correct ones.
    if (Number.isNaN(this.#highest) || (time > this.#highest && (isLater || Number.isNaN(this.#candidateShift)))) this.#highest = time;
    return time;
  }

  #later(given: number, isLater: boolean): number {
    const expected = (isLater ? Math.max(this.#highest, this.#last) : this.#last) + Math.min(this.#distance, this.#previousDistance);
    if (Number.isNaN(given)) return expected;
    const longest = Math.max(this.#distance, this.#previousDistance);
    const kind = this.options.live ? 'live' : 'file';
    const most = this.#highest + Math.min(MAX_DISTANCE_US[kind], Math.max(REGULAR_US[kind], REGULAR_FACTOR * longest));
    const least = isLater ? this.#highest + 1 : this.#highest - Math.max(REORDER_US, REORDER_FACTOR * this.#distance);
    const isRegular = (time: number) => time >= least && time <= most && given !== this.#lastGiven;
    const [stays, moves, returns] = [given + this.#shift, given + this.#candidateShift, given + this.#previousShift];
    const isMoved = isRegular(moves) && Math.abs(moves - expected) < Math.abs(stays - expected);
    if (isRegular(stays) && !isMoved) return this.#stay(stays);
    // The second jump ahead in a row is accepted: the source has a low rate.
    if (isRegular(moves) || (moves > most && moves - this.#highest <= MAX_DISTANCE_US[kind])) return this.#move(given, stays, moves);
    if (isRegular(returns)) return this.#return(returns);
    this.#candidateShift = expected - given;
    return expected;
  }

  #stay(time: number): number {
    this.#candidateShift = NaN;
    this.#measure(Math.abs(time - this.#last));
    return time;
  }

  #move(given: number, stays: number, moves: number): number {
    this.#measure(Math.abs(given - this.#lastGiven));
    const isGap = stays > moves && (!this.options.live || stays - moves <= MAX_LIVE_GAP_US);
    if (!isGap) [this.#previousShift, this.#shift] = [this.#shift, this.#candidateShift];
    this.#candidateShift = NaN;
    return isGap ? stays : moves;
  }

  #return(time: number): number {
    [this.#previousShift, this.#shift] = [this.#shift, this.#previousShift];
    this.#candidateShift = NaN;
    return time;
  }

  #measure(distance: number): void {
    if (distance > 0) [this.#previousDistance, this.#distance] = [this.#distance, distance];
  }
}

/**
 * The same rule as an expression for `setpts` in a time base of 1/1000000, for pictures in the order in which they are shown.
 * Variables: 0 the shift, 1 and 9 the last two distances, 2 the time, 3 the candidate shift, 4 the previous shift; 5, 6 and 7
 * the distance of the picture from the last one if the clock stays, moves or returns; 8 the longest regular distance.
 */
export function mediaTimeExpression({ offset = 0, live }: MediaTimeOptions): string {
  const isRegular = (variable: number) => `between(ld(${variable}),1,ld(8))*not(eq(PTS,PREV_INPTS))`;
  const [forget, least, at] = ['st(3,0/0)', 'min(ld(1),ld(9))', (variable: number) => `st(2,PREV_OUTPTS+ld(${variable}))`];
  const first = `st(0,${offset});st(1,${ASSUMED_DISTANCE_US});st(9,${START_DISTANCE_US});${forget};st(4,0/0);st(2,if(isnan(PTS),0,PTS)+${offset})`;
  const kind = live ? 'live' : 'file';
  const distances = [
    ...([[5, 0], [6, 3], [7, 4]] as const).map(([variable, shift]) => `st(${variable},PTS+ld(${shift})-PREV_OUTPTS)`),
    `st(8,min(${MAX_DISTANCE_US[kind]},max(${REGULAR_US[kind]},${REGULAR_FACTOR}*max(ld(1),ld(9)))))`,
  ].join(';');
  const isMoved = `${isRegular(6)}*lt(abs(ld(6)-${least}),abs(ld(5)-${least}))`;
  const measure = (distance: string) => `if(gt(${distance},0),st(9,ld(1));st(1,${distance}))`;
  const isGap = `gt(ld(5),ld(6))${live ? `*lte(ld(5)-ld(6),${MAX_LIVE_GAP_US})` : ''}`;
  const stay = `${at(5)};${measure('ld(5)')};${forget}`;
  const move = `${measure('abs(PTS-PREV_INPTS)')};if(${isGap},${at(5)},${at(6)};st(4,ld(0));st(0,ld(3)));${forget}`;
  const back = `${at(7)};st(8,ld(0));st(0,ld(4));st(4,ld(8));${forget}`;
  const follow = `st(2,PREV_OUTPTS+${least});st(3,ld(2)-PTS)`;
  const rule = `if(${isRegular(5)}*not(${isMoved}),${stay},if(${isRegular(6)}+gt(ld(6),ld(8))*lte(ld(6),${MAX_DISTANCE_US[kind]}),${move},if(${isRegular(7)},${back},${follow})))`;
  return `if(isnan(PREV_OUTPTS),${first},if(isnan(PTS),st(2,PREV_OUTPTS+${least}),${distances};${rule}));ld(2)`;
}
