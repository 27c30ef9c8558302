/** An HLS playlist (RFC 8216) of the files of one key: each file is a segment, whose header is its map (`EXT-X-MAP`). */

/** A file in a playlist. */
export interface PlaylistFile {
  readonly file: string;
  /** Wall clock of the first picture, in ms since 1970. */
  readonly from: number;
  readonly durationMs: number;
  readonly bytes: number;
  /** Bytes of the header before the first fragment. */
  readonly initBytes: number;
}

/** The text of a playlist. @param isOver - whether the list is complete; a player reloads an incomplete one */
export function playlistText(files: readonly PlaylistFile[], isOver: boolean): string {
  const longest = Math.max(1, ...files.map(({ durationMs }) => Math.ceil(durationMs / 1000)));
  return [
    '#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${longest}`, '#EXT-X-PLAYLIST-TYPE:EVENT', '#EXT-X-INDEPENDENT-SEGMENTS',
    ...files.flatMap((one, index) => segment(one, index === 0)), ...(isOver ? ['#EXT-X-ENDLIST'] : []), '',
  ].join('\n');
}

function segment({ file, from, durationMs, bytes, initBytes }: PlaylistFile, isFirst: boolean): string[] {
  const uri = encodeURIComponent(file);
  return [
    ...(isFirst ? [] : ['#EXT-X-DISCONTINUITY']),
    `#EXT-X-MAP:URI="${uri}",BYTERANGE="${initBytes}@0"`,
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(from).toISOString()}`,
    `#EXTINF:${(durationMs / 1000).toFixed(3)},`,
    `#EXT-X-BYTERANGE:${bytes - initBytes}@${initBytes}`,
    uri,
  ];
}

/** The number of bytes before the first fragment of an MP4 (ISO/IEC 14496-12); undefined if the fragment does not begin within `head`. */
export function initBytesOf(head: Buffer): number | undefined {
  let at = 0;
  while (at + 8 <= head.length) {
    if (head.toString('latin1', at + 4, at + 8) === 'moof') return at;
    const size = head.readUInt32BE(at);
    if (size < 8) return undefined;
    at += size;
  }
  return undefined;
}
