/** Finds values in the query of an address that must be redacted: secrets, and addresses that may contain secrets. */
import { percentDecoded, isSecretParameter } from './secret-places.js';

/** A parameter's name, perhaps percent-encoded, between its separators. */
const NAME = /[?&;#]((?:[\w.~[\]-]|%[0-9a-f]{2})+)=/gi;
const SCHEME = /[a-z][a-z0-9+.-]{0,15}:\/\//iy;
/** The same, encoded once or twice, as in `?src=rtsp%3A%2F%2F…`. */
const ENCODED_SCHEME = /[a-z][a-z0-9+.-]{0,15}(?::|%(?:25)?3a)(?:\/|%(?:25)?2f){2}/iy;

/** The position of a parameter's value. */
interface Parameter {
  readonly from: number;
  readonly to: number;
  /** The decoded value, if it is an address; absent for a secret. */
  readonly address?: string;
}

/** The parameters of a text whose value is a secret or an address, in order; `end` finds the end of a value. */
export function *sensitiveParameters(text: string, end: RegExp): Generator<Parameter> {
  const names = new RegExp(NAME);
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const from = names.lastIndex;
    const isSecret = isSecretParameter(found[1] ?? '');
    // The value of another parameter may contain secret ones: `?a=b?password=x`.
    if (!isSecret && !startsAt(text, from, ENCODED_SCHEME)) continue;
    end.lastIndex = from;
    const to = end.exec(text)?.index ?? text.length;
    names.lastIndex = to;
    const address = isSecret ? undefined : addressOf(text.slice(from, to));
    yield { from, to, ...(address !== undefined && { address }) };
  }
}

/** A value that looks like an address and can't be decoded counts as a secret. */
function addressOf(value: string): string | undefined {
  return [value, percentDecoded(value), percentDecoded(percentDecoded(value))].find((one) => startsAt(one, 0, SCHEME));
}

function startsAt(text: string, from: number, pattern: RegExp): boolean {
  pattern.lastIndex = from;
  return pattern.test(text);
}
