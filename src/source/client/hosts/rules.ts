/**
 * Restricts the hosts to which a camera may connect, by its own address, redirects, segments and keys. rxcam connects to exactly the
 * address that it has checked, so that a name that later resolves to another host (DNS rebinding) has no effect.
 */
import { type LookupAddress, type LookupAllOptions } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { open } from 'node:fs/promises';
import { isIP } from 'node:net';
import { devNull } from 'node:os';
import { InvalidOption, SourceRefused } from '../../../core/errors/errors.js';
import { exhaustedResource } from '../../../core/errors/exhausted.js';
import { type Pattern, canonicalHost, matchesHost, parsePattern } from './canonical-host.js';

/** Hosts that a camera may and may not lead to. */
export interface HostsConfig {
  /** Names, `*.names`, addresses or networks in CIDR: the only ones allowed. Default: all that are not denied. */
  readonly allow?: readonly string[] | undefined;
  /** The same notation: never allowed, even if `allow` has it. */
  readonly deny?: readonly string[] | undefined;
}

/** Link-local addresses, and the metadata services of clouds, which give a machine's own credentials to any client. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10', '2002:a9fe::/32'].flatMap(patternOf);
const METADATA = ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'].flatMap(patternOf);
const METADATA_NAMES = ['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal'].flatMap(patternOf);

/** Resolves a name to all of its addresses. */
export type Lookup = (host: string, options: LookupAllOptions) => Promise<LookupAddress[]>;

/** The rules of one camera. */
export class HostRules {
  readonly #allow: readonly Pattern[] | undefined;
  readonly #deny: readonly Pattern[];
  readonly #own: string;

  /** @param own - the host of the camera's address, which may resolve to any address, because the user named it */
  constructor({ allow, deny = [] }: HostsConfig, own: string, readonly lookup: Lookup = systemLookup) {
    this.#allow = allow?.flatMap(patternOf);
    this.#deny = deny.flatMap(patternOf);
    this.#own = canonicalHost(own);
  }

  /** Refuses the camera's own address at composition, if no DNS lookup is needed to decide. @throws InvalidOption */
  checkOwn(shown: string): void {
    const host = this.#own;
    const needsLookup = isIP(host) === 0 && this.#allow?.some(({ kind }) => kind === 'network') === true;
    if (this.#denied(host)) throw new InvalidOption(`camera: option 'hosts': '${host}' of ${shown} given, which is in 'deny'`);
    if (!needsLookup && !this.#allowed(host)) throw new InvalidOption(`camera: option 'hosts': '${host}' of ${shown} given, which is not in 'allow'`);
  }

  /**
   * The addresses of a host that may be connected to, at least one.
   * @throws SourceRefused for a host that is not allowed; the resolver's own error for an unknown name
   */
  async resolve(host: string): Promise<readonly LookupAddress[]> {
    const name = canonicalHost(host);
    if (name === '') throw new SourceRefused(`the host '${host}' is neither a name nor an address`);
    if (this.#denied(name)) throw refused(name, 'hosts.deny contains it');
    const family = isIP(name);
    const found = family === 0 ? await this.#lookUp(name) : [{ address: name, family }];
    const why = found.map(({ address }) => this.#refusal(name, canonicalHost(address)));
    const open = found.filter((_, index) => why[index] === undefined);
    if (open.length === 0) throw why[0] ?? refused(name, 'it has no address');
    return open;
  }

  /** Resolves a name. If no file descriptor is left, the resolver reports an unknown name, so that is checked. */
  async #lookUp(name: string): Promise<LookupAddress[]> {
    try {
      return await this.lookup(name, { all: true });
    } catch (error) {
      await openDescriptor().catch((short: unknown) => { throw exhaustedResource(short) === undefined ? error : short; });
      throw error;
    }
  }

  /** Whether an address is allowed regardless of its name. */
  allowsAddress(address: string): boolean {
    const name = canonicalHost(address);
    return !this.#denied(name) && this.#refusal(name, name) === undefined;
  }

  /** Why an address of a host is refused; undefined if it is allowed. */
  #refusal(name: string, address: string): SourceRefused | undefined {
    if (this.#denied(address)) return refused(name, 'hosts.deny contains its address', address);
    if (this.#allow !== undefined && !this.#allowed(name) && !this.#allowed(address)) return refused(name, 'hosts.allow does not contain it', address);
    const isOwnAddress = name === this.#own && isIP(name) !== 0;
    // A name in `allow` may resolve to any address, so addresses that are denied by default need an address or a network in `allow`.
    if (isOwnAddress || this.#allow?.some((one) => one.kind === 'network' && matchesHost(one, address)) === true) return undefined;
    if (matchesAny(METADATA, address) || (matchesAny(METADATA_NAMES, name) && name !== this.#own)) {
      return refused(name, `a cloud's metadata; hosts: { allow: ['${address}'] } allows it`, address);
    }
    // Cameras without DHCP have a link-local address, and a name by mDNS.
    const isMdnsName = name === this.#own && name.endsWith('.local');
    if (!matchesAny(LINK_LOCAL, address) || isMdnsName) return undefined;
    return refused(name, `a link-local address; hosts: { allow: ['${address}'] } allows it`, address);
  }

  #denied(host: string): boolean {
    return matchesAny(this.#deny, host);
  }

  #allowed(host: string): boolean {
    return this.#allow === undefined || matchesAny(this.#allow, host);
  }
}

/** Opens and closes a file descriptor. */
async function openDescriptor(): Promise<void> {
  await (await open(devNull)).close();
}

function matchesAny(patterns: readonly Pattern[], host: string): boolean {
  return patterns.some((one) => matchesHost(one, host));
}

function patternOf(text: string): Pattern[] {
  const pattern = parsePattern(text);
  return pattern === undefined ? [] : [pattern];
}

function refused(name: string, why: string, address = name): SourceRefused {
  const shown = address === name ? `'${name}'` : `'${name}' (${address})`;
  return new SourceRefused(`no connection to the host ${shown} is allowed: ${why}`);
}
