/** Changes playlists on their way through the gate: reduces a master list to the variants that are needed, and maps https: links to http: ones. */
import type { StreamChoice } from '../../../core/source.js';
import type { HttpHeaders } from '../../client/index.js';

/** Largest playlist in bytes. */
export const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;

/** Whether a body that begins with these bytes is a playlist of HLS or DASH. */
export function isPlaylist(begin: Buffer, headers: HttpHeaders): boolean {
  const text = begin.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  return text.startsWith('#EXTM3U') || (text.startsWith('<') && (/<MPD[\s>]/.test(text) || /dash\+xml/i.test(headers['content-type'] ?? '')));
}

/**
 * The list for ffmpeg.
 * @param mapped - returns the http: origin that stands for an https: one at the gate
 */
export function listThroughGate(text: string, choice: StreamChoice, mapped: (origin: string) => string): string {
  return reduceVariants(text, choice).replace(/https:\/\/[^/\s"'<>?#&]+/gi, (origin) => (URL.canParse(origin) ? mapped(origin) : origin));
}

interface Variant { readonly at: number; readonly pixels: number; readonly bandwidth: number; readonly hasVideo: boolean }

/**
 * Reduces a master list to the chosen variant, because ffmpeg would open all of them. If a stream is chosen by its number, ffmpeg itself
 * counts streams: the variants up to that one are kept, so that a list of thousands costs no more.
 */
export function reduceVariants(text: string, choice: StreamChoice): string {
  const lines = text.split(/\r?\n/);
  const variants = lines.flatMap((line, at) => (line.startsWith('#EXT-X-STREAM-INF:') ? [variantOf(line, at)] : []));
  const withVideo = variants.filter(({ hasVideo }) => hasVideo);
  const addresses = nextAddresses(lines);
  const address = (at: number) => addresses[at] ?? -1;
  const chosen = typeof choice === 'number'
    ? variantsUpTo(choice, withVideo, ({ at }) => lines[address(at)] ?? '')
    : chosenVariant(withVideo.length === 0 ? variants : withVideo, choice);
  if (variants.length < 2 || chosen.length === 0) return text;
  const kept = new Set(chosen);
  const removed = new Set(variants.filter((one) => !kept.has(one)).flatMap(({ at }) => [at, address(at)]));
  // Lists of audio, subtitles and keyframes are never needed.
  return lines.filter((line, at) => !removed.has(at) && !/^#EXT-X-(MEDIA|I-FRAME-STREAM-INF):(?!.*TYPE=VIDEO)/.test(line)).join('\n');
}

/** For each line, the index of the next line that is an address, or -1. Each line is read once, for hostile lists of a million lines. */
function nextAddresses(lines: readonly string[]): readonly number[] {
  const found = Array<number>(lines.length);
  let next = -1;
  for (let at = lines.length - 1; at >= 0; at--) {
    found[at] = next;
    const line = lines[at] ?? '';
    if (line.trim() !== '' && !line.startsWith('#')) next = at;
  }
  return found;
}

function chosenVariant(variants: readonly Variant[], choice: 'first' | 'largest'): readonly Variant[] {
  if (choice === 'first') return variants.slice(0, 1);
  const largest = variants.reduce<Variant | undefined>((best, one) => (isLarger(one, best) ? one : best), undefined);
  return largest === undefined ? [] : [largest];
}

/** The variants with streams 0 to `number`. A variant listed twice with different audio is one stream; one without a size may have none. */
function variantsUpTo(number: number, variants: readonly Variant[], addressOf: (variant: Variant) => string): readonly Variant[] {
  const addresses = new Set<string>();
  return variants.filter((one) => {
    const isWanted = addresses.size <= number;
    if (isWanted && one.pixels > 0) addresses.add(addressOf(one));
    return isWanted;
  });
}

function isLarger(one: Variant, best: Variant | undefined): boolean {
  if (best === undefined) return true;
  return one.pixels === best.pixels ? one.bandwidth > best.bandwidth : one.pixels > best.pixels;
}

function variantOf(line: string, at: number): Variant {
  const [, width = '0', height = '0'] = /[:,]RESOLUTION=(\d{1,5})x(\d{1,5})/.exec(line) ?? [];
  const codecs = /[:,]CODECS="([^"]*)"/.exec(line)?.[1];
  const isSound = (codec: string) => /^(mp4a|ac-3|ec-3|opus|flac|mp3)/i.test(codec.trim());
  return {
    at, pixels: Number(width) * Number(height), bandwidth: Number(/[:,]BANDWIDTH=(\d{1,12})/.exec(line)?.[1] ?? 0),
    hasVideo: width !== '0' || !codecs?.split(',').every(isSound),
  };
}
