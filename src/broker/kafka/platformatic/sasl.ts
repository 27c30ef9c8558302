/** Converts the option `sasl` from the form of kafkajs to that of @platformatic/kafka. */
import type { SASLOptions as PlatformaticSasl } from '@platformatic/kafka';
import type { SASLOptions } from 'kafkajs';
import { InvalidOption } from '../../../core/errors/errors.js';

const MECHANISMS = {
  'plain': 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512', 'oauthbearer': 'OAUTHBEARER',
} as const;

type Known = keyof typeof MECHANISMS;

/** @throws InvalidOption for a mechanism that @platformatic/kafka does not support */
export function checkSasl(sasl: SASLOptions | undefined): void {
  if (sasl === undefined || sasl.mechanism in MECHANISMS) return;
  const allowed = Object.keys(MECHANISMS).map((name) => `'${name}'`).join(', ');
  throw new InvalidOption(`kafka: option 'sasl.mechanism': '${sasl.mechanism}' given, expected one of ${allowed} with the driver 'platformatic'`);
}

export function saslOf(sasl: SASLOptions): PlatformaticSasl {
  const mechanism = MECHANISMS[sasl.mechanism as Known];
  if ('oauthBearerProvider' in sasl) return { mechanism, token: async () => (await sasl.oauthBearerProvider()).value };
  const { username, password } = sasl as { readonly username: string; readonly password: string };
  return { mechanism, username, password };
}
