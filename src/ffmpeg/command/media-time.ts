/**
 * Makes media time rise even if the source's clock restarts, stops, or is wrong for a picture. The rule is written
 * twice: as an expression for ffmpeg's `setpts` (decoded pictures), and as a class for copied access units. Both do the
 * same operations in the same order.
 *
 * A picture at an irregular distance from the last one is placed after it by the last regular distance, and the next one
 * decides: if that continues where the source was before, the picture was an outlier; if it continues from the picture, the
 * clock has moved. A jump ahead that lasts is a gap without pictures. In a live source a long gap would have ended the
 * connection, so a long jump there is a wrong clock.
 */

/** Assumed distance of the second picture, in µs, if time does not advance from the start. */
const FIRST_US = 40_000;
/** The second picture's time is accepted within four times this distance. */
const UNKNOWN_US = 2_500_000;
/** A single longer distance is not accepted. A file's time stamps are more reliable than a camera's. */
const REGULAR_US = { file: 10_000_000, live: 1_000_000 } as const;
/** … unless the source has a low rate: this many times the larger of the last two distances is accepted. */
const REGULAR_TIMES = 4;
/** Longest gap of a live source, which would be reconnected after that. */
const GAP_US = 10_000_000;
/** Longest distance even at a low rate; a file may have a gap of any length. */
const FEWEST_US = { file: 9e15, live: 600_000_000 } as const;
/** An access unit with a time before an earlier one's (a B-frame) is at most this far back … */
const REORDER_US = 2_000_000;
/** … or as many distances as H.264 and H.265 can reorder pictures. */
const REORDER_TIMES = 16;

/** Options of the rule. */
export interface MediaTimeOptions {
  /** Added to each time, µs. */
  readonly offset?: number;
  readonly live: boolean;
}

/** The rule for times in µs; NaN stands for a picture without a time. */
export class MediaTime {
  #shift: number;
  /** The shift if the clock has moved with the last picture. */
  #candidate = NaN;
  /** The shift before the clock moved: it may come back. */
  #left = NaN;
  /** The last two regular distances. */
  #distance = FIRST_US;
  #before = UNKNOWN_US;
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
    // A possible outlier among reordered pictures must not delay those with correct times.
    if (Number.isNaN(this.#highest) || (time > this.#highest && (isLater || Number.isNaN(this.#candidate)))) this.#highest = time;
    return time;
  }

  #later(given: number, isLater: boolean): number {
    const expected = (isLater ? Math.max(this.#highest, this.#last) : this.#last) + Math.min(this.#distance, this.#before);
    if (Number.isNaN(given)) return expected;
    const longest = Math.max(this.#distance, this.#before);
    const kind = this.options.live ? 'live' : 'file';
    const most = this.#highest + Math.min(FEWEST_US[kind], Math.max(REGULAR_US[kind], REGULAR_TIMES * longest));
    const least = isLater ? this.#highest + 1 : this.#highest - Math.max(REORDER_US, REORDER_TIMES * this.#distance);
    const isRegular = (time: number) => time >= least && time <= most && given !== this.#lastGiven;
    const [stays, moves, returns] = [given + this.#shift, given + this.#candidate, given + this.#left];
    const isMoved = isRegular(moves) && Math.abs(moves - expected) < Math.abs(stays - expected);
    if (isRegular(stays) && !isMoved) return this.#stay(stays);
    // The second jump ahead in a row is accepted: the source has a low rate.
    if (isRegular(moves) || (moves > most && moves - this.#highest <= FEWEST_US[kind])) return this.#move(given, stays, moves);
    if (isRegular(returns)) return this.#return(returns);
    this.#candidate = expected - given;
    return expected;
  }

  #stay(time: number): number {
    this.#candidate = NaN;
    this.#measure(Math.abs(time - this.#last));
    return time;
  }

  #move(given: number, stays: number, moves: number): number {
    this.#measure(Math.abs(given - this.#lastGiven));
    const isGap = stays > moves && (!this.options.live || stays - moves <= GAP_US);
    if (!isGap) [this.#left, this.#shift] = [this.#shift, this.#candidate];
    this.#candidate = NaN;
    return isGap ? stays : moves;
  }

  #return(time: number): number {
    [this.#left, this.#shift] = [this.#shift, this.#left];
    this.#candidate = NaN;
    return time;
  }

  #measure(distance: number): void {
    if (distance > 0) [this.#before, this.#distance] = [this.#distance, distance];
  }
}

/**
 * The same rule as an expression for `setpts` in a time base of 1/1000000, for pictures in the order in which they are shown.
 * Variables: 0 the shift, 1 and 9 the last two distances, 2 the time, 3 the candidate, 4 the shift that was left; 5, 6 and 7
 * how far the picture would be from the last one if the clock stays, moves and returns; 8 the longest regular distance.
 */
export function mediaTimeExpression({ offset = 0, live }: MediaTimeOptions): string {
  const isRegular = (variable: number) => `between(ld(${variable}),1,ld(8))*not(eq(PTS,PREV_INPTS))`;
  const [forget, least, at] = ['st(3,0/0)', 'min(ld(1),ld(9))', (variable: number) => `st(2,PREV_OUTPTS+ld(${variable}))`];
  const first = `st(0,${offset});st(1,${FIRST_US});st(9,${UNKNOWN_US});${forget};st(4,0/0);st(2,if(isnan(PTS),0,PTS)+${offset})`;
  const kind = live ? 'live' : 'file';
  const distances = [
    ...([[5, 0], [6, 3], [7, 4]] as const).map(([variable, shift]) => `st(${variable},PTS+ld(${shift})-PREV_OUTPTS)`),
    `st(8,min(${FEWEST_US[kind]},max(${REGULAR_US[kind]},${REGULAR_TIMES}*max(ld(1),ld(9)))))`,
  ].join(';');
  const isMoved = `${isRegular(6)}*lt(abs(ld(6)-${least}),abs(ld(5)-${least}))`;
  const measure = (distance: string) => `if(gt(${distance},0),st(9,ld(1));st(1,${distance}))`;
  const isGap = `gt(ld(5),ld(6))${live ? `*lte(ld(5)-ld(6),${GAP_US})` : ''}`;
  const stay = `${at(5)};${measure('ld(5)')};${forget}`;
  const move = `${measure('abs(PTS-PREV_INPTS)')};if(${isGap},${at(5)},${at(6)};st(4,ld(0));st(0,ld(3)));${forget}`;
  const back = `${at(7)};st(8,ld(0));st(0,ld(4));st(4,ld(8));${forget}`;
  const follow = `st(2,PREV_OUTPTS+${least});st(3,ld(2)-PTS)`;
  const rule = `if(${isRegular(5)}*not(${isMoved}),${stay},if(${isRegular(6)}+gt(ld(6),ld(8))*lte(ld(6),${FEWEST_US[kind]}),${move},if(${isRegular(7)},${back},${follow})))`;
  return `if(isnan(PREV_OUTPTS),${first},if(isnan(PTS),st(2,PREV_OUTPTS+${least}),${distances};${rule}));ld(2)`;
}
