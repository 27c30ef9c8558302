/** Keeps credentials out of every text that leaves rxcam: errors, log lines, events. Hosts stay readable. */

const HIDDEN = '***';
/** Shorter secrets stand in too many other words; they are hidden inside addresses only. */
const SHORTEST = 3;
/** Names of query parameters that carry secrets. */
const NAMES = String.raw`[\w-]*(?:token|password|passwd|pwd|secret|signature)|api[_-]?key|key|auth|sig|pass`;
const SECRET_PARAMETER = new RegExp(String.raw`([?&;](?:${NAMES})=)([^&\s'"#;]+)`, 'gi');
/** `Authorization:` in JSON or in a printed object: up to the closing quote. */
const HEADER = String.raw`((?:proxy-)?authorization["']?[ \t]*[:=][ \t]*`;
const AUTHORIZATION_QUOTED = new RegExp(String.raw`${HEADER}(["']))(?:(?!\2)[^\\\r\n]|\\.)*`, 'gi');
/** `Authorization:` in a header: where the scheme has one word, that word; else all of the line. */
const AUTHORIZATION = new RegExp(
  String.raw`${HEADER})(?!["']|\*\*\*)(?:(?:basic|bearer)[ \t]+[^\s"',]+|\S[^\r\n]*)`, 'gi');
const SCHEME_END = /(?<=[a-z0-9+.-]):\/\//gi;
const HOST = String.raw`(?:\[[0-9a-f:.%]+\]|[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?)(?::\d{1,5})?`;
/** An `@` that a host follows: in an address by itself, and in a text where anything may stand behind it. */
const MARK_IN_ADDRESS = new RegExp(`@(?=${HOST}(?:[/?#]|$))`, 'giu');
const MARK_IN_TEXT = new RegExp(`@(?=${HOST}(?:[^\\p{L}\\p{N}_@-]|$))`, 'giu');

/** An address in its parts; `rest` starts with the host. */
export interface SplitAddress {
  /** With `://`. */
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  readonly rest: string;
}

/**
 * Parts of an address that a user wrote, whatever characters stand unencoded in its password. Where it can be
 * read as a proper URL, that reading is taken; else the credentials end at the last `@` that a host follows.
 */
export function splitCredentials(url: string): SplitAddress {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url);
  if (found === null) return { scheme: '', rest: url };
  const [, scheme = '', after = ''] = found;
  const authority = /^[^/?#]*/.exec(after)?.[0] ?? '';
  const marks = marksOf(after, MARK_IN_ADDRESS);
  const later = isHostAndPort(authority) ? undefined : marks.at(-1);
  const at = lastIn(marks, 0, authority.length) ?? later ?? lastAt(after, 0, authority.length);
  if (at === undefined) return { scheme, rest: after };
  const credentials = after.slice(0, at);
  const rest = after.slice(at + 1);
  const colon = credentials.indexOf(':');
  if (colon === -1) return { scheme, user: credentials, rest };
  return { scheme, user: credentials.slice(0, colon), password: credentials.slice(colon + 1), rest };
}

/**
 * The address with its credentials hidden: `rtsp://***@camera.example.com/stream`.
 * A password that holds an unencoded `@` and then `/`, `?` or `#` may read as a host and a path: what seems to be
 * the host is shown then.
 */
export function redactUrl(url: string): string {
  const { scheme, user, rest } = splitCredentials(url);
  const shown = rest.replace(SECRET_PARAMETER, `$1${HIDDEN}`);
  return user === undefined ? scheme + shown : `${scheme}${HIDDEN}@${shown}`;
}

/** The address with user and password percent-encoded, as URL parsers want it; what is encoded is left. */
export function normalizeUrl(url: string): string {
  const { scheme, user, password, rest } = splitCredentials(url);
  if (user === undefined) return url;
  return `${scheme}${encodeOnce(user)}${password === undefined ? '' : `:${encodeOnce(password)}`}@${rest}`;
}

/** What must not be shown of an address, in every form in which it could turn up. */
export function secretsOf(url: string): string[] {
  const { scheme, user = '', password, rest } = splitCredentials(url);
  const secrets: string[] = [];
  if (password !== undefined) {
    secrets.push(...forms(password), ...forms(widestPassword(url.slice(scheme.length)) ?? password));
    secrets.push(Buffer.from(`${decode(user)}:${decode(password)}`).toString('base64'));
  }
  for (const [, , value = ''] of rest.matchAll(SECRET_PARAMETER)) secrets.push(...forms(value));
  return longEnough(new Set(secrets));
}

/**
 * The text without credentials.
 * @param secrets - known secrets, hidden wherever they stand
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  const known = longEnough(secrets).sort((a, b) => b.length - a.length);
  return known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)
    .replace(/[^\r\n]+/g, hideCredentials)
    .replace(SECRET_PARAMETER, `$1${HIDDEN}`)
    .replace(AUTHORIZATION_QUOTED, `$1${HIDDEN}`)
    .replace(AUTHORIZATION, `$1${HIDDEN}`);
}

function longEnough(secrets: Iterable<string>): string[] {
  return [...secrets].filter((secret) => secret.length >= SHORTEST);
}

/** Addresses in a line that nothing else is known of. Each character is looked at a few times at most. */
function hideCredentials(line: string): string {
  const marks = marksOf(line, MARK_IN_TEXT);
  let shown = '';
  let done = 0;
  for (const { 0: end, index } of line.matchAll(SCHEME_END)) {
    const from = index + end.length;
    const at = index < done ? undefined : endInText(line, from, marks);
    if (at === undefined) continue;
    shown += line.slice(done, from) + HIDDEN;
    done = at;
  }
  return shown + line.slice(done);
}

/** The `@` that ends the credentials of an address in a text; undefined if it has none. */
function endInText(line: string, from: number, marks: readonly number[]): number | undefined {
  const end = endOfWord(line, from);
  const at = lastIn(marks, from, end);
  if (at !== undefined) return at;
  // `rtsp://host: Connection refused` is a host and a colon, `rtsp://user:/secret@host` is not.
  const word = line.slice(from, end);
  if (isHostAndPort(/[/?#]/.test(line.charAt(end)) ? word : word.replace(/[:.,;)]+$/, ''))) return undefined;
  const next = marks[firstFrom(marks, end)];
  return next === undefined ? lastAt(line, from, end) : lastIn(marks, next, endOfWord(line, next));
}

/** Where a run of characters ends that could all be an address before its path. */
function endOfWord(line: string, from: number): number {
  const delimiter = /[/?#\s'"<>]/g;
  delimiter.lastIndex = from;
  return delimiter.exec(line)?.index ?? line.length;
}

function marksOf(text: string, mark: RegExp): number[] {
  return Array.from(text.matchAll(mark), ({ index }) => index);
}

/** The last mark of a part. */
function lastIn(marks: readonly number[], from: number, end: number): number | undefined {
  const mark = marks[firstFrom(marks, end) - 1];
  return mark !== undefined && mark >= from ? mark : undefined;
}

/** The last `@` of a part, though no host follows: what is before it is hidden all the same. */
function lastAt(text: string, from: number, end: number): number | undefined {
  const at = text.slice(from, end).lastIndexOf('@');
  return at === -1 ? undefined : from + at;
}

/** The index of the first mark that is not before `from`. */
function firstFrom(marks: readonly number[], from: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isHostAndPort(authority: string): boolean {
  return /^(?:\[[^\]]*\]|[^:@[\]]*)(?::\d+)?$/.test(authority);
}

/** The password up to the last `@` that a host follows: as a URL it may end sooner, yet all must be hidden. */
function widestPassword(after: string): string | undefined {
  const colon = after.indexOf(':');
  const at = marksOf(after, MARK_IN_ADDRESS).at(-1);
  return at === undefined || colon === -1 || colon > at ? undefined : after.slice(colon + 1, at);
}

/** A secret as it stands, decoded, encoded in the usual ways, and inside JSON. */
function forms(secret: string): string[] {
  const plain = decode(secret);
  const inJson = JSON.stringify(plain).slice(1, -1);
  return [secret, plain, encode(plain), encodeOnce(secret), encodeURI(wellFormed(plain)), inJson];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function encodeOnce(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=%-]/giu, encode);
}

/** Half a surrogate pair has no encoding, and makes the encoders throw. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
