/** The keys of a configuration, from the tables of steps, of brokers and of camera's options: a new entry there needs no change here. */
import { z } from 'zod';
import { BROKERS, BROKER_NAMES, type BrokerFlag, type BrokerName, PUBLISH_SCHEMA } from '../../broker/index.js';
import { CAMERA_SCHEMA } from '../../camera/index.js';
import { RECONNECT_SCHEMA } from '../../core/plan/reconnect-policy.js';
import { STEPS, STEP_KINDS, type Step, type StepRule } from '../../core/steps/index.js';
import { TO_MESSAGE_SCHEMA } from '../../message/index.js';
import { optionsOf } from './check-value.js';

/** The kind of values between two steps. */
export type ValueKind = 'pictures' | 'access units' | 'messages' | 'acknowledgements';

/** A step of a pipeline in a file: an operator that needs no code. */
interface FileStep {
  readonly schema: z.ZodType;
  /** Its input; absent: any. */
  readonly takes?: ValueKind;
  /** Its output; absent: the same as its input. */
  readonly gives?: ValueKind;
}

/** `publish` names its broker; its topic may be in the broker's address. */
const PUBLISH_IN_FILE = PUBLISH_SCHEMA.extend({ broker: z.string().min(1).optional(), topic: PUBLISH_SCHEMA.shape.topic.optional() });

/** Steps by the names of their operators. */
export const FILE_STEPS: Readonly<Record<string, FileStep>> = {
  ...Object.fromEntries(STEP_KINDS.flatMap((kind): [string, FileStep][] => {
    const { schema, gives, onlyInCode }: Pick<StepRule<Step>, 'schema' | 'gives' | 'onlyInCode'> = STEPS[kind];
    return onlyInCode === undefined ? [[kind, { schema, takes: 'pictures', gives: gives === 'pictures' ? 'pictures' : 'access units' }]] : [];
  })),
  toMessage: { schema: TO_MESSAGE_SCHEMA, takes: 'access units', gives: 'messages' },
  publish: { schema: PUBLISH_IN_FILE, takes: 'messages', gives: 'acknowledgements' },
  retry: { schema: RECONNECT_SCHEMA },
};

/** Why a step is not for files, if only code can give it. */
export function whyOnlyInCode(name: string): string | undefined {
  return STEP_KINDS.flatMap((kind) => (kind === name ? [STEPS[kind].onlyInCode] : []))[0];
}

/** Options of camera() that a file can set. */
export const CAMERA_OPTIONS = optionsOf(CAMERA_SCHEMA) ?? [];

/** Keys of a camera that are not options of camera(). */
const CAMERA_WORDS = ['source', 'extends', 'enabled', 'labels', 'pipeline', 'steps', 'retry'] as const;

/** Keys of a camera, of a template, and of the defaults. */
export const CAMERA_KEYS: readonly string[] = [...CAMERA_WORDS, ...CAMERA_OPTIONS];

/** Keys of a file; those that begin with `x-` may hold anything, for anchors. */
export const FILE_KEYS = ['brokers', 'defaults', 'templates', 'cameras'] as const;

/** Schema of the options of a kind of broker. */
export function brokerSchema(kind: BrokerName): z.ZodType {
  return BROKERS[kind].schema;
}

/** A kind of broker by its name. */
export function brokerKindOf(name: string): BrokerName | undefined {
  return BROKER_NAMES.find((kind) => kind === name);
}

/** Help texts of the command line for a step's options. */
export function aboutStep(name: string): ReadonlyMap<string, string> {
  const flags = STEP_KINDS.flatMap((kind) => STEPS[kind].cli.flags);
  return new Map(flags.flatMap(({ sets, about }): [string, string][] => (sets.startsWith(`${name}.`) ? [[sets.slice(name.length + 1), about]] : [])));
}

/** Help texts of the command line for a broker's options. */
export function aboutBroker(name: BrokerName): ReadonlyMap<string, string> {
  return new Map((BROKERS[name].flags as readonly BrokerFlag[]).map(({ option, about }) => [option, about]));
}
