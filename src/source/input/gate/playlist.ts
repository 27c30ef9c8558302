/** Playlists on their way through the gate: one variant of a master list, and https: links in a form that the gate sees. */
import type { StreamChoice } from '../../../core/source.js';
import type { Headers } from '../../client/index.js';

/** A larger one is no playlist. */
export const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;

/** Whether a body that begins like this is a playlist of HLS or DASH; only lists are changed, so that a wrong guess changes nothing. */
export function isPlaylist(begin: Buffer, headers: Headers): boolean {
  const text = begin.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  return text.startsWith('#EXTM3U') || (text.startsWith('<') && (/<MPD[\s>]/.test(text) || /dash\+xml/i.test(headers['content-type'] ?? '')));
}

/**
 * The list as ffmpeg gets it. `mapped` is told each https: origin and gives the http: one that stands for it at the gate.
 */
export function throughGate(text: string, choice: StreamChoice, mapped: (origin: string) => string): string {
  return oneVariant(text, choice).replace(/https:\/\/[^/\s"'<>?#&]+/gi, (origin) => (URL.canParse(origin) ? mapped(origin) : origin));
}

interface Variant { readonly at: number; readonly pixels: number; readonly bandwidth: number; readonly hasVideo: boolean }

/**
 * A master list with one variant: ffmpeg looks into all that it is shown, before it leaves out what is not wanted. A stream
 * that is asked for by its number is counted by ffmpeg: it is shown those up to it, and a list of thousands costs no more.
 */
export function oneVariant(text: string, choice: StreamChoice): string {
  const lines = text.split(/\r?\n/);
  const variants = lines.flatMap((line, at) => (line.startsWith('#EXT-X-STREAM-INF:') ? [variantOf(line, at)] : []));
  const seen = variants.filter(({ hasVideo }) => hasVideo);
  const addresses = addressesBehind(lines);
  const address = (at: number) => addresses[at] ?? -1;
  const chosen = typeof choice === 'number'
    ? upTo(choice, seen, ({ at }) => lines[address(at)] ?? '')
    : chooseFrom(seen.length === 0 ? variants : seen, choice);
  if (variants.length < 2 || chosen.length === 0) return text;
  const kept = new Set(chosen);
  const left = new Set(variants.filter((one) => !kept.has(one)).flatMap(({ at }) => [at, address(at)]));
  // Sound, subtitles and lists of keyframes are not wanted in any case.
  return lines.filter((line, at) => !left.has(at) && !/^#EXT-X-(MEDIA|I-FRAME-STREAM-INF):(?!.*TYPE=VIDEO)/.test(line)).join('\n');
}

/** For each line the next that is an address, or -1. A hostile list has a million lines: each is looked at once. */
function addressesBehind(lines: readonly string[]): readonly number[] {
  const found = Array<number>(lines.length);
  let next = -1;
  for (let at = lines.length - 1; at >= 0; at--) {
    found[at] = next;
    const line = lines[at] ?? '';
    if (line.trim() !== '' && !line.startsWith('#')) next = at;
  }
  return found;
}

function chooseFrom(variants: readonly Variant[], choice: 'first' | 'largest'): readonly Variant[] {
  if (choice === 'first') return variants.slice(0, 1);
  const largest = variants.reduce<Variant | undefined>((best, one) => (isLarger(one, best) ? one : best), undefined);
  return largest === undefined ? [] : [largest];
}

/** The variants that hold the streams 0 to `number`. One that is named twice, with other sound, is one stream; one without a size may be none. */
function upTo(number: number, variants: readonly Variant[], addressOf: (variant: Variant) => string): readonly Variant[] {
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
