/** Keeps credentials out of every text that leaves rxcam: errors, log lines, events. The host stays readable. */

const HIDDEN = '***';
/** Shorter secrets stand in too many other words; they are hidden inside addresses only. */
const SHORTEST = 3;
/** Names of query parameters that carry secrets. */
const SECRET_PARAMETER = /([?&;](?:[\w-]*(?:token|password|passwd|pwd|secret|signature)|api[_-]?key|key|auth|sig|pass)=)([^&\s'"#;]+)/gi;
const AUTHORIZATION = /((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest)\s+)?[^\r\n"']+/gi;
/** A host, with a port perhaps, up to where the path begins or the address ends. */
const HOST = String.raw`(?:\[[0-9a-f:.%]+\]|[a-z0-9_](?:[\w.-]*[a-z0-9_])?\.?)(?::\d{1,5})?(?=[\/?#\s'"<>),;\\]|$)`;
/** `scheme://user:password@`, where the password may hold anything but a line break. */
const CREDENTIALS = new RegExp(String.raw`([a-z][a-z0-9+.-]*:\/\/)(?!${HOST}(?![^\s'"<>]*@))([^\s/@:'"<>]*(?::[^\r\n]*?)?)@(?=${HOST})`, 'gi');

/** An address in its parts; `rest` starts with the host. */
export interface SplitAddress {
  /** With `://`. */
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  readonly rest: string;
}

/**
 * Parts of an address that a user wrote, whatever characters stand unencoded in its password. Where it can be read as a
 * proper URL, that reading is taken; else the credentials end at the last `@` that a host follows.
 */
export function splitCredentials(url: string): SplitAddress {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url);
  if (found === null) return { scheme: '', rest: url };
  const [, scheme = '', after = ''] = found;
  const authority = /^[^/?#]*/.exec(after)?.[0] ?? '';
  const at = lastAt(after, authority.length) ?? (isHostAndPort(authority) ? undefined : lastAt(after, after.length));
  if (at === undefined) return { scheme, rest: after };
  const credentials = after.slice(0, at);
  const colon = credentials.indexOf(':');
  const rest = after.slice(at + 1);
  return colon === -1 ? { scheme, user: credentials, rest } : { scheme, user: credentials.slice(0, colon), password: credentials.slice(colon + 1), rest };
}

/** The address with its credentials hidden: `rtsp://***@camera.example.com/stream`. */
export function redactUrl(url: string): string {
  const { scheme, user, rest } = splitCredentials(url);
  const shown = rest.replace(SECRET_PARAMETER, `$1${HIDDEN}`);
  return user === undefined ? scheme + shown : `${scheme}${HIDDEN}@${shown}`;
}

/** The address with user and password percent-encoded, as URL parsers want it; what is encoded already is left. */
export function normalizeUrl(url: string): string {
  const { scheme, user, password, rest } = splitCredentials(url);
  if (user === undefined) return url;
  return `${scheme}${encodeOnce(user)}${password === undefined ? '' : `:${encodeOnce(password)}`}@${rest}`;
}

/** What must not be shown of an address, in every form in which it could turn up. */
export function secretsOf(url: string): string[] {
  const { scheme, user = '', password, rest } = splitCredentials(url);
  const secrets = new Set<string>();
  for (const one of [password, widestPassword(scheme, url)]) if (one !== undefined) forms(one).forEach((form) => secrets.add(form));
  if (password !== undefined) secrets.add(Buffer.from(`${decode(user)}:${decode(password)}`).toString('base64'));
  for (const [, , value = ''] of rest.matchAll(SECRET_PARAMETER)) forms(value).forEach((form) => secrets.add(form));
  return [...secrets].filter((secret) => secret.length >= SHORTEST);
}

/**
 * The text without credentials.
 * @param secrets - known secrets, hidden wherever they stand
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  const known = [...secrets].filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)
    .replace(CREDENTIALS, `$1${HIDDEN}@`)
    .replace(SECRET_PARAMETER, `$1${HIDDEN}`)
    .replace(AUTHORIZATION, `$1${HIDDEN}`);
}

/** The last `@` before `end` that a host follows. */
function lastAt(text: string, end: number): number | undefined {
  for (let at = text.lastIndexOf('@', end - 1); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('@', at - 1)) {
    if (new RegExp(`^${HOST}`, 'i').test(text.slice(at + 1))) return at;
  }
  return undefined;
}

function isHostAndPort(authority: string): boolean {
  return !authority.includes(':') || /^(\[[^\]]*\]|[^:@]*):\d*$/.test(authority);
}

/** The password if it holds both `@` and `/`: as a URL it would end sooner, but all of it must be hidden. */
function widestPassword(scheme: string, url: string): string | undefined {
  const after = url.slice(scheme.length);
  const at = lastAt(after, after.length);
  const colon = after.indexOf(':');
  return at === undefined || colon === -1 || colon > at || isHostAndPort(/^[^/?#]*/.exec(after)?.[0] ?? '') ? undefined : after.slice(colon + 1, at);
}

function forms(secret: string): string[] {
  const plain = decode(secret);
  return [secret, plain, encodeURIComponent(plain), encodeOnce(secret), encodeURI(plain)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeOnce(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=%-]/giu, (character) => encodeURIComponent(character));
}
