/** Keeps credentials out of every text that leaves rxcam: errors, log lines, events. Hosts stay readable. */
import {
  MARK_IN_TEXT, formsOf, indexOfMarkFrom, isHostAndPort, lastAtSignIn, lastMarkIn, normalizeUrl, positionsOf, splitCredentials, wellFormed,
  widestPassword,
} from './credentials.js';
import { sensitiveParameters } from './parameters.js';
import { SECRET_NAMES, percentDecoded, isSecretInPath, isSecretOption } from './secret-places.js';

export { isSecretOption, normalizeUrl, splitCredentials, wellFormed };

const HIDDEN = '***';
/** Minimum length of a secret that is hidden everywhere. Shorter ones occur in other words, and are hidden only within addresses. */
const MIN_SECRET_LENGTH = 3;

/** End of a parameter's value: in an address alone, and in a text. */
const END_IN_ADDRESS = /&/g;
const END_IN_TEXT = /[&\s'"#;<>]/g;
/** The place of a login in the forms of addresses that messages show. */
const LOGIN_PLACEHOLDER = '[user:password@]';
/** Levels of addresses within addresses that are parsed; a deeper one is hidden completely. */
const MAX_NESTING = 3;
/** `name=value` in a path; a value ends where the next name of such an address begins. */
const PATH_PARAMETER = /([/_&])((?:[a-z]|%[0-9a-f]{2}){1,24})=((?:(?!_(?:user|username|password|channel|stream|onvif|proto)=)[^&/?#\s'"<>])*)/gi;
/** A login in the path, such as `/admin:x/` or `/token/x/`. */
const PATH_LOGIN = /(\/(?:(?:admin\w{0,20}|root|user|guest|viewer|operator|service|onvif):|(?:password|passwd|pwd|token)\/))([^/?#\s'"<>]+)/gi;
/** A user, and text after the colon that is not a port, in an invalid address. */
const NO_PORT = /^([^/?#:[\]]*:)(?!\d{1,5}(?:[/?#]|$))[^/?#]+/;
/** `password=x`, `--sasl-password=x`, `"password":"x"`. */
const NAMED_SECRET = new RegExp(String.raw`((?:${SECRET_NAMES})["']?[ \t]{0,4}(?:=|:[ \t]{0,4}(?=["'])))("(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?|[^\s&'"#;,]+)`, 'gi');
/** `Authorization:` or `proxy-authorization=`, at the beginning of a group that the next two patterns close. */
const AUTHORIZATION_NAME = String.raw`((?:proxy-)?authorization["']?[ \t]*[:=][ \t]*`;
/** The header in JSON or in a printed object: up to the closing quote. */
const AUTHORIZATION_QUOTED = new RegExp(String.raw`${AUTHORIZATION_NAME}(["']))(?:(?!\2)[^\\\r\n]|\\.)*`, 'gi');
/** The header itself: the credentials if they are one word (Basic, Bearer), otherwise the whole line. */
const AUTHORIZATION = new RegExp(
  String.raw`${AUTHORIZATION_NAME})(?!["']|\*\*\*)(?:(?:basic|bearer)[ \t]+[^\s"',]+|\S[^\r\n]*)`, 'gi');
const SCHEME_END = /(?<=[a-z0-9+.-]):\/\//gi;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** A text that can only be the path of a file. */
const FILE_PATH = /^(?:\.{0,2}[\\/]|~)/;
/** A login in a text without a proper scheme: `user:password@host`, `rtsp//user:password@host`. */
const NO_SCHEME = /((?:^|[\s"'<(])(?:[a-z]{2,8}(?::\/|\/\/?))?)[^\s"'<>(:/@]+:(?!\/\/)[^\s"'<>@]+(?=@[\w[])/gi;
/** A user and a password without a host after them. */
const BARE_LOGIN = /^(?!test:|file:)([\w.-]{2,}:)(?!\d+(?:[/?#]|$)|\/|.*\.\w{2,5}$)[^/]+$/;

/**
 * The address without credentials: `rtsp://***@camera.example.com/stream`. A mistyped one (a leading blank, a missing slash, no
 * scheme) is not parsed: all text before its last `@` is hidden.
 */
export function redactUrl(url: string): string {
  return shownUrl(url, 0);
}

function shownUrl(url: string, depth: number): string {
  const outer = /^[^\p{L}\p{N}/.~\\]*/u.exec(url)?.[0] ?? '';
  const inner = url.slice(outer.length);
  if (!SCHEME.test(inner)) return hideInAddress(hideWithoutScheme(url), depth);
  const { scheme, user, rest } = splitCredentials(inner);
  const shown = hideInAddress(rest, depth);
  return `${hideWithoutScheme(outer)}${scheme}${user === undefined ? '' : `${HIDDEN}@`}${shown}`;
}

/** An invalid address without credentials. It is not parsed: all text before its last `@` may be a password, and is hidden. */
export function redactInvalidUrl(url: string): string {
  const [, before = '', scheme = ''] = /^([^\p{L}\p{N}/.~\\]*)([a-z][a-z0-9+.-]*:\/\/)/iu.exec(url) ?? [];
  if (scheme === '') return hideInAddress(hideWithoutScheme(url), 0);
  const rest = url.slice(before.length + scheme.length);
  const at = rest.lastIndexOf('@');
  const shown = `${scheme}${hideInAddress(at === -1 ? rest.replace(NO_PORT, `$1${HIDDEN}`) : HIDDEN + rest.slice(at), 0)}`;
  return before.includes('@') ? shown : before + shown;
}

/** A text without a scheme: it may be a mistyped address, a login alone, or the path of a file. */
function hideWithoutScheme(text: string): string {
  const at = text.lastIndexOf('@');
  if (at === -1) return text.replace(BARE_LOGIN, `$1${HIDDEN}`).replace(NAMED_SECRET, hideNamedSecret);
  const isPath = FILE_PATH.test(text) && !text.slice(0, at).includes(':');
  return isPath ? text : `${HIDDEN}${text.slice(at)}`;
}

/** Hides secrets in the query and the path of an address. */
function hideInAddress(text: string, depth: number): string {
  return hideParameters(text, END_IN_ADDRESS, depth).replace(PATH_PARAMETER, hidePathParameter).replace(PATH_LOGIN, `$1${HIDDEN}`);
}

function hideParameters(text: string, end: RegExp, depth: number): string {
  let shown = '';
  let done = 0;
  for (const { from, to, address } of sensitiveParameters(text, end)) {
    const inner = address === undefined || depth >= MAX_NESTING ? HIDDEN : shownUrl(address, depth + 1);
    // An address without secrets is shown unchanged.
    shown += text.slice(done, from) + (inner === address ? text.slice(from, to) : inner);
    done = to;
  }
  return shown + text.slice(done);
}

function hidePathParameter(whole: string, before: string, name: string): string {
  return isSecretInPath(name) ? `${before}${name}=${HIDDEN}` : whole;
}

/** The secrets of an address, in every form in which they could appear. */
export function secretsOf(url: string): string[] {
  return secretsInUrl(url, 0);
}

function secretsInUrl(url: string, depth: number): string[] {
  const inner = url.replace(/^[^\p{L}\p{N}]+/u, '');
  const { scheme, user = '', password, rest } = splitCredentials(inner);
  const secrets: string[] = [];
  if (password !== undefined) {
    secrets.push(...formsOf(password), ...formsOf(widestPassword(inner.slice(scheme.length)) ?? password));
    secrets.push(Buffer.from(`${percentDecoded(user)}:${percentDecoded(password)}`).toString('base64'));
  }
  if (scheme === '') secrets.push(...formsOf(widestPassword(inner.replace(/^[a-z]+:?\/{1,3}(?=.*@)/i, '')) ?? ''));
  for (const { from, to, address } of sensitiveParameters(rest, END_IN_ADDRESS)) {
    if (address === undefined || depth >= MAX_NESTING) secrets.push(...formsOf(rest.slice(from, to)));
    else secrets.push(...secretsInUrl(address, depth + 1));
  }
  for (const [, , value = ''] of rest.matchAll(PATH_LOGIN)) secrets.push(...formsOf(value));
  for (const [, , name = '', value = ''] of rest.matchAll(PATH_PARAMETER)) if (isSecretInPath(name)) secrets.push(...formsOf(value));
  return longEnough(new Set(secrets));
}

/**
 * The text without credentials.
 * @param secrets - known secrets, hidden at every occurrence
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  const known = longEnough(secrets).sort((a, b) => b.length - a.length);
  return known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)
    .replace(/[^\r\n]+/g, (line) => hideParameters(hideLogins(line), END_IN_TEXT, 0))
    .replace(PATH_PARAMETER, hidePathParameter)
    .replace(NAMED_SECRET, hideNamedSecret)
    .replace(AUTHORIZATION_QUOTED, `$1${HIDDEN}`)
    .replace(AUTHORIZATION, `$1${HIDDEN}`);
}

function hideNamedSecret(_: string, name: string, value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  return `${name}${quote}${HIDDEN}${quote}`;
}

/** A user's value as JSON, in which addresses and secrets by name are redacted. Undefined if JSON can't express it. */
export function redactValue(value: unknown): string | undefined {
  const text = toJsonText(value, (name, inner) => {
    if (isSecretOption(name)) return '(hidden)';
    return typeof inner === 'string' ? redactInvalidUrl(inner) : inner;
  });
  return text === undefined ? undefined : redact(text);
}

/** The value as JSON; undefined also for a bigint and for an object that contains itself, which JSON.stringify refuses. */
function toJsonText(value: unknown, replace: (name: string, inner: unknown) => unknown): string | undefined {
  try {
    return JSON.stringify(value, replace);
  } catch {
    return undefined;
  }
}

function longEnough(secrets: Iterable<string>): string[] {
  return [...secrets].filter((secret) => secret.length >= MIN_SECRET_LENGTH);
}

/** Hides the logins of addresses in a line of any text. Takes linear time: each character is read a few times at most. */
function hideLogins(line: string): string {
  const marks = positionsOf(line, MARK_IN_TEXT);
  let shown = '';
  let done = 0;
  for (const { 0: end, index } of line.matchAll(SCHEME_END)) {
    const from = index + end.length;
    const at = index < done || line.startsWith(LOGIN_PLACEHOLDER, from) ? undefined : endOfLogin(line, from, marks);
    if (at === undefined) continue;
    shown += line.slice(done, from) + HIDDEN;
    done = at;
  }
  return (shown + line.slice(done)).replace(NO_SCHEME, `$1${HIDDEN}`);
}

/** The `@` that ends the credentials of an address in a text; undefined if it has none. */
function endOfLogin(line: string, from: number, marks: readonly number[]): number | undefined {
  const end = endOfWord(line, from);
  const at = lastMarkIn(marks, from, end);
  if (at !== undefined) return at;
  // `rtsp://host: Connection refused` is a host and a colon, `rtsp://user:/secret@host` is not.
  const word = line.slice(from, end);
  if (isHostAndPort(/[/?#]/.test(line.charAt(end)) ? word : word.replace(/[:.,;)]+$/, ''))) return undefined;
  const next = marks[indexOfMarkFrom(marks, end)];
  return next === undefined ? lastAtSignIn(line, from, end) : lastMarkIn(marks, next, endOfWord(line, next));
}

/** End of a run of characters that could all be an address before its path. */
function endOfWord(line: string, from: number): number {
  const delimiter = /[/?#\s'"<>]/g;
  delimiter.lastIndex = from;
  return delimiter.exec(line)?.index ?? line.length;
}
