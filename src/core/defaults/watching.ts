/** Defaults of what watches cameras: spans, with their units and reasons. */

/** Spans of pictures. */
export const TRACING = {
  /** Share of the pictures: one in four seconds at 25 a second. */
  sample: 0.01,
  /** Spans of pictures that are open at a time: about 5 MB. */
  maxOpen: 10_000,
} as const;
