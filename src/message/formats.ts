/** The wire formats by name, and the options of `toMessage`. A new format is a folder here and a line in FORMATS. */
import { z } from 'zod';
import { withJsonSchema, isAbsent, isSet, options as object, texts } from '../core/options.js';
import { cloudevents } from './cloudevents/index.js';
import type { MessageFormatter } from './format.js';
import { matrice } from './matrice/index.js';

/** Every format that `toMessage({ format })` knows. */
export const FORMATS = { cloudevents, matrice } as const satisfies Record<string, MessageFormatter>;

/** Name of a format. */
export type FormatName = keyof typeof FORMATS;

/** Options of `toMessage` that only one format accepts, with that format. */
export const ONLY_IN: Readonly<Record<string, FormatName>> = {
  headers: 'cloudevents', serviceId: 'matrice', stripInputContent: 'matrice',
};

/** Names of headers that only the format sets. */
const RESERVED = /^(ce_|content-type$)/i;

/** Options of `toMessage`. */
export const TO_MESSAGE_SCHEMA = withJsonSchema(object({
  format: z.enum(Object.keys(FORMATS) as [FormatName, ...FormatName[]]).default('cloudevents'),
  location: z.string().optional(),
  group: z.string().optional(),
  name: z.string().optional(),
  key: z.string().optional(),
  serviceId: z.string().min(1).optional(),
  stripInputContent: z.boolean().optional(),
  unchanged: z.enum(['skip', 'reference']).default('skip'),
  headers: withJsonSchema(
    texts().refine((headers) => !Object.keys(headers).some((name) => RESERVED.test(name)), "expected names other than 'content-type' and 'ce_…'"),
    { type: 'object', additionalProperties: { type: 'string' }, propertyNames: { not: { pattern: '^([cC][eE]_|[cC][oO][nN][tT][eE][nN][tT]-[tT][yY][pP][eE]$)' } } },
  ).optional(),
}), {
  allOf: Object.entries(ONLY_IN).map(([name, format]) => ({ anyOf: [isSet('format', format), ...(format === 'cloudevents' ? [isAbsent('format')] : []), isAbsent(name)] })),
});
