/** Restricts the hosts that a camera may lead to. */
export { canonicalHost, parsePattern } from './address.js';
export { HOSTS_SCHEMA } from './options.js';
export { HostRules, type HostsConfig } from './rules.js';
