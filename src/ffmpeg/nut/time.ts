/** Exact arithmetic on time stamps: in plain numbers if those are exact, otherwise in bigints. */

/** The length of a tick is `num / den` seconds. Both are at least 1 and below 2^31. */
export interface TimeBase {
  readonly num: number;
  readonly den: number;
}

/** Converts a time stamp to another time base, rounded down, as the format requires at a syncpoint. */
export function rescale(value: number, from: TimeBase, to: TimeBase): number {
  if (from === to) return value;
  const mul = from.num * to.den;
  const div = from.den * to.num;
  const product = value * mul;
  if (Math.max(product, div) <= Number.MAX_SAFE_INTEGER) return (product - (product % div)) / div;
  return Number((BigInt(value) * BigInt(from.num) * BigInt(to.den)) / (BigInt(from.den) * BigInt(to.num)));
}

/** A time stamp in whole microseconds, rounded to the nearest. */
export function microseconds(value: number, base: TimeBase): number {
  const ticks = value * base.num;
  if (ticks > Number.MAX_SAFE_INTEGER) {
    const den = BigInt(base.den);
    return Number((BigInt(value) * BigInt(base.num) * 2_000_000n + den) / (2n * den));
  }
  // Seconds and fraction separately: the fraction's product stays below 2^53, since den is below 2^31.
  const fraction = ticks % base.den;
  return ((ticks - fraction) / base.den) * 1e6 + Math.floor((fraction * 2e6 + base.den) / (2 * base.den));
}

/** The time stamp nearest to `last` that ends in the bits `low`; `shift` is their number, below 16. */
export function fullTimestamp(low: number, last: number, shift: number): number {
  const range = 2 ** shift;
  const from = last - Math.floor((range - 1) / 2);
  return from + ((((low - from) % range) + range) % range);
}
