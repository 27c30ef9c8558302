/** Parses the address of a broker: `kafka://user:password@host:port,host/topic`. */
import { splitCredentials } from '../../core/redact/redact.js';

/** The form of a kind's addresses. */
export interface AddressForm {
  /** Schemes, without `:`. */
  readonly schemes: readonly string[];
  /** Number of hosts that an address names; `none` for a broker inside this program. */
  readonly hosts: 'none' | 'one' | 'many';
}

/** An address in its parts, decoded. */
export interface BrokerAddress {
  /** `redis://`, in lower case. */
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** `host:port`, as they were written. */
  readonly hosts: readonly string[];
  /** Parts of the path. */
  readonly path: readonly string[];
}

/** A host name, an IPv4 address, or an IPv6 address in brackets, with an optional port. */
const HOST = /^(\[[0-9a-f:.%]+\]|[\w.-]+)(:\d{1,5})?$/i;

/** The parts of an address, if it is of this form; undefined if it is not. */
export function addressOf(form: AddressForm, text: string): BrokerAddress | undefined {
  return form.hosts === 'none' ? withoutHosts(form, text) : withHosts(form, text);
}

/** The topic that the path names, from part `from`; undefined if it names none. */
export function topicOf({ path }: Pick<BrokerAddress, 'path'>, from = 0): string | undefined {
  return path.length > from ? path.slice(from).join('/') : undefined;
}

/** `memory:`, `memory:topic`, `memory://topic`. */
function withoutHosts({ schemes }: AddressForm, text: string): BrokerAddress | undefined {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(.*)$/i.exec(text) ?? [];
  if (!schemes.includes(scheme.toLowerCase())) return undefined;
  return { scheme: `${scheme.toLowerCase()}:`, user: undefined, password: undefined, hosts: [], path: pathOf(rest) };
}

function withHosts({ schemes, hosts: hostCount }: AddressForm, text: string): BrokerAddress | undefined {
  const { scheme, user, password, rest, isAmbiguous } = splitCredentials(text);
  const name = /^([a-z][a-z0-9+.-]*):\/\/$/i.exec(scheme)?.[1]?.toLowerCase();
  const [authority = '', ...path] = rest.split('/');
  const hosts = authority.split(',');
  if (isAmbiguous === true || name === undefined || !schemes.includes(name)) return undefined;
  if (!hosts.every((host) => HOST.test(host)) || /[?#]/.test(rest) || (hostCount === 'one' && hosts.length > 1)) return undefined;
  return { scheme: `${name}://`, user: decode(user), password: decode(password), hosts, path: pathOf(path.join('/')) };
}

function pathOf(text: string): string[] {
  return text.split('/').filter((part) => part !== '').map((part) => decode(part) ?? part);
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
