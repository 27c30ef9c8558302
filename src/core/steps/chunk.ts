/** How access units are grouped into one message. */
export type Chunk = { readonly frames: number } | { readonly ms: number } | 'gop';
