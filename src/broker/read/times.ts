/** Times among the places where a reading begins and ends. */

/** A time in ms since 1970; undefined for a place that is none. */
export function timeOf(place: unknown): number | undefined {
  if (place instanceof Date) return place.getTime();
  return typeof place === 'number' ? place : undefined;
}
