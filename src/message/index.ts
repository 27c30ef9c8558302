/** The wire formats by name: one more is a file here and a line in FORMATS. */
import { cloudevents } from './cloudevents.js';
import type { MessageFormatter } from './format.js';

export type { MessageFormatter, MessageContext } from './format.js';

/** Every format that `toMessage({ format })` knows. */
export const FORMATS = { cloudevents } as const satisfies Record<string, MessageFormatter>;

/** Name of a format. */
export type FormatName = keyof typeof FORMATS;
