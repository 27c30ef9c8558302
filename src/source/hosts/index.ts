/** Which hosts a camera may lead to. */
export { canonicalHost, parsePattern } from './address.js';
export { HostRules, type HostsConfig } from './rules.js';
