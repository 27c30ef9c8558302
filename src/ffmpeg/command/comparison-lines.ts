/**
 * Reads the lines by which the graph of `skipUnchanged` reports each picture on stderr, because mpdecimate drops pictures
 * silently: one line before mpdecimate, and another after it. One thread runs the graph, picture after picture, so a picture
 * with only the first line was dropped, even if encoders and muxers, which run in other threads, have not yet written earlier ones.
 */

/** blackframe's line: before mpdecimate its threshold makes all pixels count as black, after it none. */
const LINE = /frame:\d+ pblack:(0|100) pts:(\d+) t:/;

/** A picture was `seen` before the comparison, or `kept` after it; `pts` in µs. */
export type PictureLine = { readonly kind: 'seen' | 'kept'; readonly pts: number };

/** Reads such a line; undefined for any other. */
export function pictureLine(line: string): PictureLine | undefined {
  const [, black, pts] = LINE.exec(line) ?? [];
  return black === undefined ? undefined : { kind: black === '0' ? 'kept' : 'seen', pts: Number(pts) };
}
