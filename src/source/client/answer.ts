/** Reads facts from an HTTP answer: whether it has an end, its length, and the validators of its version. */
import { NoVideo } from '../../core/errors/errors.js';
import { statusFailure } from './http-failures.js';
import type { HttpResponse } from './request.js';
import type { HttpHeaders } from './wire/index.js';

/**
 * `file` has a length; `multipart`, `playlist`, `transport` (MPEG-TS) and any other `stream` (no length) are live; `page` is
 * HTML, not video.
 */
export type Nature = 'file' | 'multipart' | 'playlist' | 'transport' | 'stream' | 'page';

const PLAYLIST_TYPES = /^(application\/(vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)|audio\/(x-)?mpegurl)$/;

/** The nature of a successful answer. */
export function natureOf({ headers, status, url }: HttpResponse): Nature {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('multipart/') && status !== 206) return 'multipart';
  if (PLAYLIST_TYPES.test(type) || /\.(m3u8|mpd)$/i.test(url.pathname)) return 'playlist';
  if (type === 'text/html') return 'page';
  return lengthOf(headers) === undefined ? 'stream' : 'file';
}

/**
 * The nature of an answer. Closes the connection before it throws.
 * @throws the failure of an unsuccessful status; NoVideo for a page
 */
export async function checkAnswer(answer: HttpResponse, shown: string): Promise<Exclude<Nature, 'page'>> {
  if (answer.status !== 200 && answer.status !== 206) {
    await answer.close();
    throw statusFailure(answer.status, shown);
  }
  const nature = natureOf(answer);
  if (nature !== 'page') return nature;
  await answer.close();
  throw noVideoError(shown, 'page');
}

/** The error for an address that is not video. @param shown - the redacted address */
export function noVideoError(shown: string, what: 'page' | 'list'): NoVideo {
  return new NoVideo(`'${shown}' is ${what === 'page' ? 'a page (text/html)' : 'a list of other addresses'}, not video`);
}

/** The nature of a body, by its first bytes, because servers also send playlists as text/plain. */
export function natureOfContent(head: Buffer): 'file' | 'playlist' | 'list' | 'page' {
  const text = head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  if (text.startsWith('#EXTM3U') || (text.startsWith('<') && /<MPD[\s>]/.test(text))) return 'playlist';
  if (/^<(!doctype html|html|head|body)\b/i.test(text)) return 'page';
  if (/^(ffconcat\b|\[playlist\]|v=0\r?\n|<|RTSPtext)/i.test(text)) return 'list';
  return 'file';
}

/** Length of the body in bytes, if known; unknown for an encoded body. */
export function lengthOf(headers: HttpHeaders): number | undefined {
  const { 'content-length': length, 'content-encoding': encoding, 'transfer-encoding': transfer } = headers;
  if (length === undefined || !/^\d+$/.test(length) || transfer !== undefined) return undefined;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return undefined;
  return Number(length);
}

/** `bytes first-last/total` of a 206. */
export function rangeOf(headers: HttpHeaders): { first: number; last: number; total: number } | undefined {
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '');
  return found === null ? undefined : { first: Number(found[1]), last: Number(found[2]), total: Number(found[3]) };
}

/** Validators of a version, which show whether a copy is still the server's. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  /** A strong validator, which allows joining two parts; undefined if there is none. */
  readonly strong?: string | undefined;
}

/** The validators in an answer's head. */
export function validatorsOf(headers: HttpHeaders): Validators {
  const { etag, 'last-modified': lastModified, date } = headers;
  return { etag, lastModified, strong: etag !== undefined && !etag.startsWith('W/') ? etag : strongDate(lastModified, date) };
}

/** RFC 9110, 8.8.2.2: a date in seconds is a strong validator only if it was in the past when it was sent. */
function strongDate(lastModified: string | undefined, date: string | undefined): string | undefined {
  if (lastModified === undefined || date === undefined) return undefined;
  return Date.parse(date) - Date.parse(lastModified) >= 1_000 ? lastModified : undefined;
}

/** Headers that request the body only if a copy is no longer valid. */
export function conditionalHeaders({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { 'If-None-Match': etag }),
    ...(lastModified !== undefined && { 'If-Modified-Since': lastModified }),
  };
}
