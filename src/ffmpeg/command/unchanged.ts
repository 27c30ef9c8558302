/**
 * The lines that the graph of `skipUnchanged` writes on stderr. One thread runs the graph, picture after picture: of a picture
 * whose line stands there without the other before the next picture's, it is certain that it was left out, whatever the
 * encoders and the muxers, which have threads of their own, have still to write.
 */

/** blackframe's line: all pixels of a picture that was decoded are below its threshold, and none of one that was kept. */
const LINE = /frame:\d+ pblack:(0|100) pts:(\d+) t:/;

/** What a line of stderr says of a picture. */
export type PictureLine = { readonly kind: 'seen' | 'kept'; readonly pts: number };

/** Reads such a line; undefined for any other. */
export function pictureLine(line: string): PictureLine | undefined {
  const [, black, pts] = LINE.exec(line) ?? [];
  return black === undefined ? undefined : { kind: black === '0' ? 'kept' : 'seen', pts: Number(pts) };
}
