/** Inspects the pictures of a source: whether they are black, and whether they change. */

/** The result of inspecting grey pictures that are about a second apart. */
export interface PictureInspection {
  readonly pictures: number;
  /** Brightness of the darkest and the brightest places, 0 (black) to 255, without a hundredth of the places at either end. */
  readonly darkest: number;
  readonly brightest: number;
  /** Whether all pictures look the same, except for what an encoder changes in a still picture. */
  readonly isStill: boolean;
}

/** Number of places in a picture that are compared, approximately. */
const MAX_PLACES = 10_000;
/** Smallest difference of brightness that counts, of 255: an encoder causes smaller ones. */
const MIN_DIFFERENCE = 8;
/** Fewest pictures that count as still: fewer may be alike by chance. */
const MIN_PICTURES = 3;

export class PictureInspector {
  #pictures = 0;
  #last: Buffer | undefined;
  #isStill = true;
  #levelCounts: Uint32Array | undefined;

  add(data: Buffer): void {
    const step = Math.max(1, Math.floor(data.length / MAX_PLACES));
    const places = Buffer.from(Uint8Array.from({ length: Math.floor(data.length / step) }, (_, index) => data[index * step] ?? 0));
    const counts = new Uint32Array(256);
    for (const level of places) counts[level] = (counts[level] ?? 0) + 1;
    this.#isStill &&= this.#last === undefined || isAlike(this.#last, places);
    this.#pictures++;
    this.#last = places;
    this.#levelCounts = counts;
  }

  /** The result; undefined before the first picture. */
  get inspection(): PictureInspection | undefined {
    if (this.#levelCounts === undefined) return undefined;
    const { darkest, brightest } = rangeOf(this.#levelCounts);
    return { pictures: this.#pictures, darkest, brightest, isStill: this.#isStill && this.#pictures >= MIN_PICTURES };
  }
}

/** Whether at most one place in a hundred has changed, such as those of a clock in the picture. */
function isAlike(one: Buffer, other: Buffer): boolean {
  const changed = other.reduce((sum, level, index) => sum + (Math.abs(level - (one[index] ?? 0)) > MIN_DIFFERENCE ? 1 : 0), 0);
  return one.length === other.length && changed <= other.length / 100;
}

/** The darkest and the brightest level, without a hundredth of the places at either end, which may show a clock or a name. */
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
