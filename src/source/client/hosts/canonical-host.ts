/** Canonical form of hosts: a name in lower case, or an address in its usual notation, with embedded IPv4 extracted from IPv6. */
import { BlockList, isIP } from 'node:net';

/** The form in which hosts are compared: `0xA9FEA9FE`, `[::ffff:169.254.169.254]` and `169.254.169.254` are the same. */
export function canonicalHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/s, '$1');
  // In an IPv6 address, a `%` begins the zone; in a name, an encoded character.
  const inBrackets = bare.includes(':') ? `[${bare.replace(/%.*$/s, '')}]` : bare;
  // URL reads decimal, octal and hexadecimal forms as the system's resolver does.
  const parsed = URL.canParse(`http://${inBrackets}/`) ? new URL(`http://${inBrackets}/`).hostname : inBrackets.toLowerCase();
  return embeddedIpv4(parsed.replace(/^\[(.*)\]$/s, '$1').replace(/\.$/, ''));
}

/** The IPv4 address in an IPv6 one: mapped, compatible, translated or of NAT64 (RFC 4291 2.5.5, RFC 2765, RFC 6052); otherwise unchanged. */
function embeddedIpv4(address: string): string {
  const [, high, low] = /^(?:::ffff:|::ffff:0:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** A rule: a name, `*.name` for its subdomains, an address, or a network in CIDR. */
export type Pattern =
  | { readonly kind: 'name'; readonly name: string; readonly isWildcard: boolean }
  | { readonly kind: 'network'; readonly network: BlockList };

/** Reads a rule; undefined for an invalid one. */
export function parsePattern(text: string): Pattern | undefined {
  const [, host = '', length] = /^([^/\s]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = canonicalHost(host);
  const family = isIP(address);
  if (family !== 0) {
    const bits = family === 4 ? 32 : 128;
    const prefix = Number(length ?? bits);
    if (prefix > bits) return undefined;
    const network = new BlockList();
    network.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
    return { kind: 'network', network };
  }
  const [, star, name = ''] = /^(\*\.)?([\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?)$/u.exec(host) ?? [];
  return name === '' || length !== undefined ? undefined : { kind: 'name', name: canonicalHost(name), isWildcard: star !== undefined };
}

/** Whether a rule applies to a host, both in canonical form: a name by name, an address by network. */
export function matchesHost(pattern: Pattern, host: string): boolean {
  const family = isIP(host);
  if (pattern.kind === 'network') return family !== 0 && pattern.network.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return pattern.isWildcard ? host.endsWith(`.${pattern.name}`) : host === pattern.name;
}
