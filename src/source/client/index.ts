/** An HTTP client for cameras: requests with logins and redirects, to allowed hosts. */
export { type Validators, checkAnswer, conditionalHeaders, lengthOf, natureOfContent, noVideoError, rangeOf, validatorsOf } from './answer.js';
export { type Challenge, type Credentials, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from './challenge.js';
export { diskFullError, silenceTimeout, storageFailure } from './http-failures.js';
export { HOSTS_SCHEMA, HostRules, type HostsConfig, canonicalHost } from './hosts/index.js';
export { Login, credentialsIn } from './login.js';
export { type Reasons, networkFailure } from './network.js';
export { type HttpResponse, type RequestTarget, getWithRedirects, redirectOf, redirectTarget, requestWithLogin, withoutCredentials } from './request.js';
export { type Stream, sniff } from './sniff.js';
export { type HttpHeaders, headersOf } from './wire/index.js';
