/** Restricts the hosts to which a camera may connect. */
export { canonicalHost, parsePattern } from './canonical-host.js';
export { HOSTS_SCHEMA } from './options.js';
export { HostRules, type HostsConfig } from './rules.js';
