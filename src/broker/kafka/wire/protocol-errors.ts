/**
 * The errors of Kafka's protocol by their codes, from kafkajs's private table. The module that loads a client library provides
 * the table, so that importing rxcam does not load it.
 */
type Create = (code: number) => Error;

let create: Create = (code) => new Error(`Kafka answered with the error code ${code}`);

export function provideErrors(table: { readonly createErrorFromCode: Create }): void {
  create = table.createErrorFromCode;
}

/** The error of a code, with its name as `type`; undefined for code 0. */
export function errorOf(code: number): Error | undefined {
  return code === 0 ? undefined : create(code);
}
