/** Playlists on their way through the gate: one variant of a master list, and https: links in a form that the gate sees. */
import type { StreamChoice } from '../source.js';
import type { Headers } from '../wire/index.js';

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
 * that is asked for by its number is counted by ffmpeg, in all of them.
 */
export function oneVariant(text: string, choice: StreamChoice): string {
  if (typeof choice === 'number') return text;
  const lines = text.split(/\r?\n/);
  const variants = lines.flatMap((line, at) => (line.startsWith('#EXT-X-STREAM-INF:') ? [variantOf(line, at)] : []));
  const seen = variants.filter(({ hasVideo }) => hasVideo);
  const chosen = chooseFrom(seen.length === 0 ? variants : seen, choice);
  if (variants.length < 2 || chosen === undefined) return text;
  const address = (at: number) => lines.findIndex((line, index) => index > at && line.trim() !== '' && !line.startsWith('#'));
  const left = new Set(variants.filter((one) => one !== chosen).flatMap(({ at }) => [at, address(at)]));
  // Sound, subtitles and lists of keyframes are not wanted in any case.
  return lines.filter((line, at) => !left.has(at) && !/^#EXT-X-(MEDIA|I-FRAME-STREAM-INF):(?!.*TYPE=VIDEO)/.test(line)).join('\n');
}

function chooseFrom(variants: readonly Variant[], choice: 'first' | 'largest'): Variant | undefined {
  if (choice === 'first') return variants[0];
  return variants.reduce<Variant | undefined>((best, one) => (isLarger(one, best) ? one : best), undefined);
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
