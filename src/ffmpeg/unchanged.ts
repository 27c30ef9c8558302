/**
 * `skipUnchanged` in ffmpeg: mpdecimate leaves pictures out, and says of none that it did. So the graph itself writes a line
 * on stderr for each picture decoded, and one for each that mpdecimate kept. One thread runs the graph, picture after
 * picture: of a picture whose line stands there without the other before the next picture's, it is certain that it was left
 * out, whatever the encoders and the muxers, which have threads of their own, have still to write.
 */
import { MARGIN, blockLimits } from '../comparison.js';
import type { UnchangedStep } from '../plan.js';

/** Formats that mpdecimate, pad and drawbox of every version take. */
const FORMATS = ['420', '422', '444'].flatMap((form) => [`yuv${form}p`, `yuvj${form}p`]).join('|');

/** Size of the pictures that go through the heartbeat where the likeness of pictures is asked for: grey, of 16:9. */
export const THUMBNAIL = { width: 32, height: 18 } as const;

/** A corner of a picture: all that a heartbeat needs. `exact`, or its width is 0 where four columns share their colour. */
export const CORNER = "crop=w='min(2,iw)':h='min(2,ih)':x=0:y=0:exact=1";

/**
 * A picture of its own before a margin: swscale converts NV12 with instructions that crash ffmpeg where the picture in front of
 * it starts within a wider one. Where nothing is converted, it is the copy that `pad` would make.
 */
export const OWN_PICTURE = 'copy';

/** For the heartbeat's branch: small pictures, and the line of each picture decoded. */
export function seenFilters(step: UnchangedStep): string[] {
  const { width, height } = THUMBNAIL;
  return step.references
    ? [`scale=${width}:${height}:flags=area`, 'format=yuv420p', "lutyuv=y='min(val,254)'", 'blackframe=0:255']
    : [CORNER, 'format=yuv420p', 'lutyuv=y=0', 'blackframe=0:255'];
}

/** For the pictures: a margin, mpdecimate, the line of each picture kept, and the margin is off again. */
export function unchangedFilters({ threshold, maxGapMs }: UnchangedStep): string[] {
  const { left, right, bottom } = MARGIN;
  const { hi, lo, frac } = blockLimits(threshold);
  return [
    `format=${FORMATS}`,
    OWN_PICTURE,
    `pad=iw+${left + right}:ih+${bottom}:${left}:0`,
    `drawbox=y=ih-${bottom}:h=${bottom}:color=white:t=fill:enable='${toggled(maxGapMs)}'`,
    `mpdecimate=hi=${hi}:lo=${lo}:frac=${frac}`,
    `split[kept][line];[line]${CORNER},format=yuv420p,blackframe=0:0,nullsink;`
    + `[kept]crop=iw-${left + right}:ih-${bottom}:${left}:0`,
  ];
}

/** 1 or 0, the other one with each picture that stands in another slot than the one before it. Variables: 0 slot, 1 result. */
function toggled(maxGapMs: number): string {
  const slot = `floor(t*1000/${maxGapMs})`;
  return `if(eq(${slot},ld(0)),ld(1),st(0,${slot});st(1,1-ld(1)))`;
}

/** blackframe's line: all pixels of a picture that was decoded are below its threshold, and none of one that was kept. */
const LINE = /frame:\d+ pblack:(0|100) pts:(\d+) t:/;

/** What a line of stderr says of a picture. */
export type PictureLine = { readonly kind: 'seen' | 'kept'; readonly pts: number };

/** Reads such a line; undefined for any other. */
export function pictureLine(line: string): PictureLine | undefined {
  const [, black, pts] = LINE.exec(line) ?? [];
  return black === undefined ? undefined : { kind: black === '0' ? 'kept' : 'seen', pts: Number(pts) };
}
