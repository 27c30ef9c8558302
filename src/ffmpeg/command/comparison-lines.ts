/**
 * mpdecimate drops frames silently, so the graph of `skipUnchanged` logs each one on stderr: a line before mpdecimate, and
 * another after it. One thread runs the graph, picture after picture. A picture with the first line only was therefore dropped,
 * even if encoders and muxers, which have threads of their own, have not yet written earlier ones.
 */

/** blackframe's line: before mpdecimate its threshold makes all pixels count as black, after it none. */
const LINE = /frame:\d+ pblack:(0|100) pts:(\d+) t:/;

/** The facts about a picture in a line of stderr. */
export type PictureLine = { readonly kind: 'seen' | 'kept'; readonly pts: number };

/** Reads such a line; undefined for any other. */
export function pictureLine(line: string): PictureLine | undefined {
  const [, black, pts] = LINE.exec(line) ?? [];
  return black === undefined ? undefined : { kind: black === '0' ? 'kept' : 'seen', pts: Number(pts) };
}
