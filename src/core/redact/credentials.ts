/** Splits addresses as people write them: finds the end of the login, even if the password has unencoded characters. */
import { percentDecoded } from './secret-places.js';

/** A host name or address, and perhaps a port. */
const HOST = String.raw`(?:\[[0-9a-f:.%]+\]|[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?)(?::\d{1,5})?`;
/** An `@` before a host, a mark: in an address alone, and in a text where any characters may follow. */
const MARK_IN_ADDRESS = new RegExp(`@(?=${HOST}(?:[/?#]|$))`, 'giu');
export const MARK_IN_TEXT = new RegExp(`@(?=${HOST}(?:[^\\p{L}\\p{N}_@-]|$))`, 'giu');

/** The parts of an address. */
export interface SplitAddress {
  /** Including `://`. */
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  /** The address from its host on. */
  readonly rest: string;
  /** Set if the apparent path may be part of the password: then no part of the address may be used as a host. */
  readonly isAmbiguous?: true;
}

/**
 * Splits an address that a user wrote, possibly with unencoded characters in its password. If it is a proper URL, it is read as
 * one; otherwise the credentials end at the last `@` before a host.
 */
export function splitCredentials(url: string): SplitAddress {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url);
  if (found === null) return { scheme: '', rest: url };
  const [, scheme = '', after = ''] = found;
  const authority = /^[^/?#]*/.exec(after)?.[0] ?? '';
  const marks = positionsOf(after, MARK_IN_ADDRESS);
  const inAuthority = lastMarkIn(marks, 0, authority.length);
  const beyond = inAuthority !== undefined ? markAfterAuthority(after, authority.length, marks) : markAfterPort(after, authority, marks);
  const last = isHostAndPort(authority) ? undefined : marks.at(-1);
  const at = beyond ?? inAuthority ?? last ?? lastAtSignIn(after, 0, authority.length);
  if (at === undefined) return { scheme, rest: after };
  const credentials = after.slice(0, at);
  const colon = credentials.indexOf(':');
  return {
    scheme, rest: after.slice(at + 1),
    ...(colon === -1 ? { user: credentials } : { user: credentials.slice(0, colon), password: credentials.slice(colon + 1) }),
    ...(beyond !== undefined && after.charAt(authority.length) !== '#' && { isAmbiguous: true as const }),
  };
}

/**
 * The mark after the authority at which a login could end instead. Cameras' addresses have no fragment: text after a `#` may be part
 * of the password. A query may contain a mail address, but a path before another host could be a password with a slash in it.
 */
function markAfterAuthority(after: string, authorityEnd: number, marks: readonly number[]): number | undefined {
  const query = after.charAt(authorityEnd) === '/' ? after.indexOf('?', authorityEnd) : -1;
  const end = query === -1 || after.charAt(authorityEnd) === '#' ? after.length : query;
  return lastMarkIn(marks, authorityEnd, end);
}

/** `user:123/x@host/path` may begin with a host and its port: after a path, only another host with a port or path contradicts that. */
function markAfterPort(after: string, authority: string, marks: readonly number[]): number | undefined {
  if (!/^[^[\]@]+:\d+$/.test(authority)) return undefined;
  const mark = markAfterAuthority(after, authority.length, marks);
  const isPlain = after.charAt(authority.length) === '/' && !/^@[^/?#]+(?::\d+|\/)/.test(after.slice(mark ?? 0));
  return isPlain ? undefined : mark;
}

/** The address with user and password percent-encoded, as URL parsers require; encoded characters stay as they are. */
export function normalizeUrl(url: string): string {
  const { scheme, user, password, rest } = splitCredentials(url);
  if (user === undefined) return url;
  return `${scheme}${encodeOnce(user)}${password === undefined ? '' : `:${encodeOnce(password)}`}@${rest}`;
}

/** The password up to the last `@` before a host. As part of a URL it may end earlier, but all of it must be hidden. */
export function widestPassword(after: string): string | undefined {
  const colon = after.indexOf(':');
  const at = positionsOf(after, MARK_IN_ADDRESS).at(-1);
  return at === undefined || colon === -1 || colon > at ? undefined : after.slice(colon + 1, at);
}

/** The forms of a secret: as written, decoded, encoded in the usual ways, and inside JSON. */
export function formsOf(secret: string): string[] {
  const plain = percentDecoded(secret);
  const jsonForm = JSON.stringify(plain).slice(1, -1);
  // A program that mistakes an encoded secret for plain text encodes it again.
  const encoded = [plain, secret].flatMap((text) => [encode(text), encodeURI(wellFormed(text))]);
  return [secret, plain, encodeOnce(secret), ...encoded, jsonForm];
}

/** The positions of all marks in a text. */
export function positionsOf(text: string, mark: RegExp): number[] {
  return Array.from(text.matchAll(mark), ({ index }) => index);
}

/** The last of these marks from `from` up to `end`. */
export function lastMarkIn(marks: readonly number[], from: number, end: number): number | undefined {
  const mark = marks[indexOfMarkFrom(marks, end) - 1];
  return mark !== undefined && mark >= from ? mark : undefined;
}

/** The last `@` from `from` up to `end`, even without a host after it: the text before such an `@` is hidden as well. */
export function lastAtSignIn(text: string, from: number, end: number): number | undefined {
  const at = text.slice(from, end).lastIndexOf('@');
  return at === -1 ? undefined : from + at;
}

/** The index of the first mark at or after `from`. */
export function indexOfMarkFrom(marks: readonly number[], from: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an authority is a host, perhaps with a port, without a login. */
export function isHostAndPort(authority: string): boolean {
  return /^(?:\[[^\]]*\]|[^:@[\]]*)(?::\d+)?$/.test(authority);
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

/** Encodes the characters that a login can't contain, except those that are encoded already. */
function encodeOnce(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=%-]/giu, encode);
}

/** The text without halves of surrogate pairs: they have no encoding, and make the encoders throw. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
