/** Filters of ffmpeg that several steps use. */

/** The filter after which media time is in µs. */
export const MICROSECONDS = 'settb=1/1000000';

/** Makes sides even, as 4:2:0 needs. The filter is needed even if it changes nothing: it keeps the size if the source's size changes. */
export const EVEN_SIDES = "scale=w='max(2,trunc(iw/2)*2)':h='max(2,trunc(ih/2)*2)':flags=bilinear";

/** Cuts out a corner of a picture, enough for a heartbeat. `exact`: otherwise the width would be 0 if four columns share their colour. */
export const CROP_CORNER = "crop=w='min(2,iw)':h='min(2,ih)':x=0:y=0:exact=1";

/**
 * Copies the picture before a margin is added: swscale converts NV12 with instructions that crash ffmpeg if the picture starts
 * within a wider one. If no conversion is needed, this copy replaces the one that `pad` would make.
 */
export const COPY_PICTURE = 'copy';
