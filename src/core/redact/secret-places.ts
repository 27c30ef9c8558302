/**
 * The places of secrets: for each kind of source and broker, where its addresses may contain logins, besides the login before an `@`.
 */

/** Names are compared in lower case, letters and digits only: `X-Amz-Signature` is `xamzsignature`. */
interface Places {
  /** Parameters of a query with exactly this name. */
  readonly parameters: readonly string[];
  /** Parameters whose name ends like this. */
  readonly endings: readonly string[];
  /** Names of `name=value` within a path, from one `_` to the next: `/user=admin_password=x_channel=1`. */
  readonly path: readonly string[];
}

const LOGIN = ['user', 'username', 'usr', 'usernm', 'login', 'loginuse', 'account', 'u', 'p', 'pw', 'psw', 'pswd', 'pas', 'pass', 'loginpas', 'loginpass', 'userpass'];
const ENDINGS = ['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'secret', 'token', 'signature', 'credential', 'credentials'];

const PLACES = {
  rtsp: { parameters: LOGIN, endings: ENDINGS, path: ['user', 'username', 'usr', 'password', 'passwd', 'pwd', 'pass'] },
  http: {
    parameters: [
      ...LOGIN, 'key', 'auth', 'sig', 'sign', 'authsign', 'wmsauthsign', 'sid', 'sessid', 'session', 'sessionid', 'pin', 'psk', 'otp', 'hmac', 'bearer',
      'cred', 'creds', 'hdnts', 'hdnea', 'hdntl', 'cookie', 'authorization', 'keypairid',
    ],
    endings: [...ENDINGS, 'apikey', 'accesskey', 'accesskeyid', 'authkey', 'privatekey', 'secretkey', 'sessionkey', 'jwt', 'ticket', 'sessionid'],
    path: ['token', 'sid', 'session', 'auth'],
  },
  redis: { parameters: ['username', 'user'], endings: ['password'], path: [] },
  kafka: { parameters: ['saslusername', 'sasljaasconfig'], endings: ['password', 'passphrase', 'secretaccesskey', 'sessiontoken'], path: [] },
} as const satisfies Readonly<Record<string, Places>>;

/** A row of the table, declared by a kind of source or broker. */
export type SecretPlaces = keyof typeof PLACES;

const ALL: readonly Places[] = Object.values(PLACES);
const SECRET_PARAMETERS = new Set(ALL.flatMap(({ parameters }) => parameters));
const SECRET_ENDING = new RegExp(`(?:${ALL.flatMap(({ endings }) => endings).join('|')})$`);
const SECRET_PATH_NAMES = new Set(ALL.flatMap(({ path }) => path));
/** Options of brokers, members of what is logged, flags of the command line. */
const SECRET_OPTION = /pass|secret|token|sasl|credential|auth/i;
/** Names that announce a secret in any text; only unambiguous ones. */
export const SECRET_NAMES = ['password', 'passwd', 'passphrase', 'pwd', 'secret', 'token'].join('|');

/** Whether the value of a parameter in a query is hidden; the name may be percent-encoded, even twice. */
export function isSecretParameter(name: string): boolean {
  const plain = plainOf(name);
  return SECRET_PARAMETERS.has(plain) || SECRET_ENDING.test(plain);
}

/** Whether the value of `name=value` within a path is hidden. */
export function isSecretInPath(name: string): boolean {
  return SECRET_PATH_NAMES.has(plainOf(name));
}

/** Whether an option or a flag of this name is never shown with its value. */
export function isSecretOption(name: string): boolean {
  return SECRET_OPTION.test(name);
}

function plainOf(name: string): string {
  return percentDecoded(percentDecoded(name)).toLowerCase().replace(/[^a-z0-9]+/g, '');
}

/** The text with valid percent-encoding decoded. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
