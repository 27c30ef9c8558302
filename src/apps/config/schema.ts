/** The JSON schema of a configuration file, for editors; generated from the schemas that check it. */
import { z } from 'zod';
import { BROKERS, BROKER_NAMES } from '../../broker/index.js';
import { CAMERA_SCHEMA } from '../../camera/index.js';
import { type JsonSchema, REFERENCE, isAbsent, isCodeOnly, jsonSchemaOf } from '../../core/options.js';
import { RECONNECT_SCHEMA } from '../../core/plan/reconnect-policy.js';
import { STEPS, STEP_KINDS } from '../../core/steps/index.js';
import { optionsOf } from './check-value.js';
import { CAMERA_OPTIONS, FILE_STEPS, aboutStep, brokerSchema, aboutBroker } from './vocabulary.js';

/** Steps that need no options. */
const PLAIN = new Set(Object.entries(FILE_STEPS)
  .flatMap(([name, { schema }]) => (optionsOf(schema) !== undefined && schema.safeParse({}).success ? [name] : [])));

const TEXT: JsonSchema = { type: 'string', minLength: 1 };
const NAMES: JsonSchema = { anyOf: [TEXT, { type: 'array', items: TEXT }] };

/** Sources other than devices: only devices take a rate and a size to request. */
const NO_DEVICE: JsonSchema = { required: ['source'], properties: { source: { type: 'string', pattern: '^(?:(?:rtsps?|https?|file)://|test:)' } } };

/** Returns the JSON schema of a configuration file, draft 2020-12. */
export function configSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of rxcam',
    type: 'object',
    properties: {
      brokers: { description: 'Brokers by name: an address, or the options of its kind.', type: ['object', 'null'], additionalProperties: { $ref: '#/$defs/broker' } },
      defaults: { description: 'Settings that every camera starts with.', anyOf: [{ $ref: '#/$defs/template' }, { type: 'null' }] },
      templates: { description: 'Settings that cameras may extend, by name.', type: ['object', 'null'], additionalProperties: { $ref: '#/$defs/template' } },
      cameras: { description: 'Cameras by name.', type: ['object', 'null'], additionalProperties: { $ref: '#/$defs/camera' } },
    },
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    required: ['cameras'],
    $defs: {
      broker: brokerForm(),
      template: cameraForm(),
      camera: { $ref: '#/$defs/template', if: NO_DEVICE, then: isAbsent('fps', 'size') },
      steps: stepsForm(),
      step: stepForm(),
      ...Object.fromEntries(Object.entries(FILE_STEPS).map(([name, { schema }]) => [name, described(formOf(schema), aboutStep(name))])),
    },
  };
}

function brokerForm(): JsonSchema {
  const forms = BROKER_NAMES.map((name) => BROKERS[name].form).join(', ');
  return {
    anyOf: [
      { description: forms, type: 'string', pattern: `^(?:(?:${BROKER_NAMES.flatMap((name) => BROKERS[name].schemes).join('|')}):|.*\\$\\{)` },
      ...BROKER_NAMES.map((name) => {
        const form = described(formOf(brokerSchema(name)), aboutBroker(name));
        return oneKey(name, brokerSchema(name).safeParse({}).success ? optional(form) : form);
      }),
    ],
  };
}

function cameraForm(): JsonSchema {
  const { properties = {} } = formOf(CAMERA_SCHEMA) as { properties?: Readonly<Record<string, JsonSchema>> };
  return {
    type: 'object',
    properties: {
      source: { description: 'rtsp(s)://…, http(s)://…, a path, a device (/dev/video0, 0), or test:', type: ['string', 'integer', 'null'] },
      extends: { description: 'A template, or several: later ones take precedence.', anyOf: [NAMES, { type: 'null' }] },
      labels: { description: 'Labels that a worker of a fleet must have to run it.', anyOf: [NAMES, { type: 'null' }] },
      enabled: { description: 'false: the camera does not run. Default true.', type: ['boolean', 'null'] },
      pipeline: { description: 'The steps, in their order.', anyOf: [pipelineForm(), { type: 'null' }] },
      steps: { description: 'Options for steps of the inherited pipeline, by their names.', anyOf: [{ $ref: '#/$defs/steps' }, { type: 'null' }] },
      retry: { description: 'How to reconnect; false: not at all. Default true.', anyOf: [formOf(RECONNECT_SCHEMA), { type: ['boolean', 'null'] }] },
      ...Object.fromEntries(CAMERA_OPTIONS.map((name) => [name, optional(properties[name] ?? {})])),
    },
    additionalProperties: false,
  };
}

/** One of each kind of step that every pipeline has; their order can't be expressed. */
function pipelineForm(): JsonSchema {
  const needed = (['access units', 'messages', 'acknowledgements'] as const).map((flow) => Object.keys(FILE_STEPS).filter((name) => FILE_STEPS[name]?.gives === flow));
  const some = (names: readonly string[]) => ({ contains: { anyOf: [{ enum: names }, ...names.map((name) => ({ type: 'object', required: [name] }))] } });
  const kinds = (gives: string) => STEP_KINDS.filter((kind) => Object.hasOwn(FILE_STEPS, kind) && STEPS[kind].gives === gives);
  // If pictures are not decoded, they can't be changed or skipped.
  const undecoded = { anyOf: [{ not: some(kinds('copied')) }, { not: some(kinds('pictures')) }] };
  return { type: 'array', items: { $ref: '#/$defs/step' }, allOf: [...needed.map((names) => ({ ...some(names), minContains: 1, maxContains: 1 })), undecoded] };
}

function stepForm(): JsonSchema {
  return { anyOf: [
    ...Object.keys(FILE_STEPS).map((name) => oneKey(name, PLAIN.has(name) ? optional({ $ref: `#/$defs/${name}` }) : { $ref: `#/$defs/${name}` })),
    { enum: Object.keys(FILE_STEPS).filter((name) => PLAIN.has(name)) },
  ] };
}

/** Options within `steps` are partial: the pipeline has the others. */
function stepsForm(): JsonSchema {
  const part = (name: string): JsonSchema => {
    const { required: _, anyOf: __, allOf: ___, ...form } = formOf((FILE_STEPS[name] as { schema: z.ZodType }).schema);
    return 'properties' in form ? form : { $ref: `#/$defs/${name}` };
  };
  return { type: 'object', properties: Object.fromEntries(Object.keys(FILE_STEPS).map((name) => [name, optional(part(name))])), additionalProperties: false };
}

function oneKey(name: string, form: JsonSchema): JsonSchema {
  return { type: 'object', properties: { [name]: form }, required: [name], additionalProperties: false };
}

/** Adds the descriptions of the command line's help. */
function described(form: JsonSchema, about: ReadonlyMap<string, string>): JsonSchema {
  const properties = form['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties === undefined) return form;
  const all = Object.entries(properties).map(([name, inner]) => [name, about.has(name) ? { description: about.get(name), ...inner } : inner]);
  return { ...form, properties: Object.fromEntries(all) };
}

/** Allows `null`, which cancels an inherited value. */
function optional(form: JsonSchema): JsonSchema {
  return { anyOf: [form, { type: 'null' }] };
}

/** The schema without options that only code can set, and with references allowed for strings that have a pattern. */
function formOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...plain } = z.toJSONSchema(givenInFile(schema), {
    io: 'input', unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => { adapt(zodSchema, jsonSchema); },
  });
  // The rules for several options together.
  return { ...plain, ...jsonSchemaOf(schema) };
}

/** Removes options that only code can set: their defaults may not be representable in JSON. */
function givenInFile(schema: z.ZodType): z.ZodType {
  const { shape } = schema as { readonly shape?: Readonly<Record<string, z.ZodType>> };
  return shape === undefined ? schema : z.strictObject(Object.fromEntries(Object.entries(shape).filter(([, inner]) => !isCodeOnly(inner))));
}

function adapt(zodSchema: unknown, form: Record<string, unknown>): void {
  const known = jsonSchemaOf(zodSchema);
  if (known !== undefined) Object.assign(form, known);
  const { shape, options } = (zodSchema as { _zod: { def: { shape?: Readonly<Record<string, unknown>>; options?: readonly unknown[] } } })._zod.def;
  const properties = form['properties'] as Record<string, Record<string, unknown>> | undefined;
  for (const name of Object.keys(shape ?? {})) {
    const isRequired = (form['required'] as string[] | undefined)?.includes(name) === true;
    if (properties?.[name] !== undefined && !isRequired) properties[name] = optional(properties[name]);
  }
  if (Array.isArray(form['anyOf']) && options !== undefined) form['anyOf'] = (form['anyOf'] as unknown[]).filter((_, index) => !isCodeOnly(options[index]));
  // Any string may be a reference.
  if (form['type'] === 'string' && ['enum', 'pattern', 'const'].some((name) => name in form)) {
    const own = { ...form };
    for (const name of Object.keys(form)) Reflect.deleteProperty(form, name);
    form['anyOf'] = [own, REFERENCE];
  }
}
