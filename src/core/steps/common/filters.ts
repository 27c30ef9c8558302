/** Filters of ffmpeg that several steps use. */

/** Even sides, as 4:2:0 needs. A scale filter stays even if it changes nothing: it keeps the size when the source's changes. */
export const EVEN = "scale=w='max(2,trunc(iw/2)*2)':h='max(2,trunc(ih/2)*2)':flags=bilinear";

/** A corner of a picture, enough for a heartbeat. `exact`, or its width is 0 where four columns share their colour. */
export const CORNER = "crop=w='min(2,iw)':h='min(2,ih)':x=0:y=0:exact=1";

/**
 * A picture of its own before a margin: swscale converts NV12 with instructions that crash ffmpeg where the picture in front of
 * it starts within a wider one. Without conversion, it replaces the copy that `pad` would make.
 */
export const OWN_PICTURE = 'copy';
