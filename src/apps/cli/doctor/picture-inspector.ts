/** Inspects the pictures of a source: whether they are black, and whether they change. */

/** The result for grey pictures that are some seconds apart. */
export interface PictureInspection {
  readonly pictures: number;
  /** Brightness of the darkest and the brightest places, 0 (black) to 255, without the outermost hundredth of the places. */
  readonly darkest: number;
  readonly brightest: number;
  /** Whether all of them look the same: an encoder refines a still picture. */
  readonly isStill: boolean;
}

/** Places of a picture that are looked at. */
const PLACES = 10_000;
/** Levels of brightness, of 255: an encoder makes smaller differences. */
const CHANGED = 8;
/** Fewer pictures may be the same by chance. */
const LEAST = 3;

export class PictureInspector {
  #pictures = 0;
  #last: Buffer | undefined;
  #isStill = true;
  #seen: Uint32Array | undefined;

  add(data: Buffer): void {
    const step = Math.max(1, Math.floor(data.length / PLACES));
    const places = Buffer.from(Uint8Array.from({ length: Math.floor(data.length / step) }, (_, index) => data[index * step] ?? 0));
    const counts = new Uint32Array(256);
    for (const level of places) counts[level] = (counts[level] ?? 0) + 1;
    this.#isStill &&= this.#last === undefined || isAlike(this.#last, places);
    this.#pictures++;
    this.#last = places;
    this.#seen = counts;
  }

  /** Undefined before there is a picture. */
  get inspection(): PictureInspection | undefined {
    if (this.#seen === undefined) return undefined;
    const { darkest, brightest } = rangeOf(this.#seen);
    return { pictures: this.#pictures, darkest, brightest, isStill: this.#isStill && this.#pictures >= LEAST };
  }
}

/** At most one place of a hundred has changed, as a clock in the picture does. */
function isAlike(one: Buffer, other: Buffer): boolean {
  const changed = other.reduce((sum, level, index) => sum + (Math.abs(level - (one[index] ?? 0)) > CHANGED ? 1 : 0), 0);
  return one.length === other.length && changed <= other.length / 100;
}

/** A clock or a name in a black picture is a hundredth of it. */
function rangeOf(counts: Uint32Array): Pick<PictureInspection, 'darkest' | 'brightest'> {
  const outside = counts.reduce((sum, count) => sum + count, 0) / 100;
  const levels = [...counts.keys()];
  const first = (order: readonly number[]) => {
    let passed = 0;
    return order.find((level) => {
      passed += counts[level] ?? 0;
      return passed > outside;
    }) ?? 0;
  };
  return { darkest: first(levels), brightest: first(levels.toReversed()) };
}
