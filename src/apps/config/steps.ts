/** The pipeline of a camera in a file: a list of steps, each a name, or a map of one name and its options. */
import { probableName } from '../../core/errors/suggestion.js';
import { type ValueKind, FILE_STEPS, whyOnlyInCode } from './vocabulary.js';
import { type ReadContext, checkValue, optionsOf, shownValue, unknownKey } from './check-value.js';
import { type Named, withStepOptions } from './inherit.js';
import { type Located, itemsOf, membersOf, shownName } from './reading/index.js';

/** One step. If it has no options, their position is that of its name. */
export interface PipelineItem extends Named {
  /** Its options, checked; undefined if they have mistakes. */
  readonly given: unknown;
}

const NAMES = Object.keys(FILE_STEPS);

/**
 * The steps in order, with the options of `steps` merged; adds mistakes to the problems.
 * @param steps - `{ toMessage: { location: Yard } }`
 */
export function readPipeline(node: Located | undefined, steps: Located | undefined, reading: ReadContext): readonly PipelineItem[] {
  const { problems } = reading;
  if (steps !== undefined && steps.value !== null && membersOf(steps) === undefined) problems.add(steps, `${shownValue(steps)} given, expected a map of options by step: { toMessage: { location: Yard } }`);
  if (node === undefined || node.value === null) return [];
  const items = itemsOf(node);
  if (items === undefined) {
    problems.add(node, `${shownValue(node)} given, expected a list of steps: ${NAMES.join(', ')}`);
    return [];
  }
  const named = items.flatMap((item) => namedStep(item, reading));
  if (named.length === items.length) checkOrder(named, node, reading);
  return withStepOptions(named, steps, problems).map(({ kind, options }) => ({ kind, options, given: optionsIn(kind, options, reading) }));
}

function namedStep(item: Located, { problems }: ReadContext): Named[] {
  const [entry, ...others]: (readonly [string, Located])[] = typeof item.value === 'string' ? [[item.value, { ...item, value: null }]] : [...membersOf(item) ?? []];
  if (entry === undefined || others.length > 0) {
    problems.add(item, `${entry !== undefined ? `a map with the keys ${[entry, ...others].map(([name]) => shownName(name)).join(', ')}` : shownValue(item)} given, expected one step: ${NAMES.join(', ')}; each is a separate item, '- resize: { width: 640 }'`);
    return [];
  }
  const [kind, options] = entry;
  if (Object.hasOwn(FILE_STEPS, kind)) return [{ kind, options }];
  const why = whyOnlyInCode(kind);
  problems.addAtKey(options, why === undefined ? unknownKey(kind, NAMES) : `${shownName(kind)} given, which is available only in code, because ${why}; allowed: ${NAMES.join(', ')}`);
  return [];
}

/** `- encodeH265` and `- encodeH265:` have no options. */
function optionsIn(kind: string, node: Located, reading: ReadContext): unknown {
  const schema = FILE_STEPS[kind]?.schema;
  if (schema === undefined) return undefined;
  const given = node.value === null && optionsOf(schema) !== undefined ? { ...node, value: new Map<string, Located>() } : node;
  if (kind === 'publish') checkBroker(membersOf(node)?.get('broker'), reading);
  return checkValue(schema, given, reading);
}

function checkBroker(node: Located | undefined, { problems, brokerNames = [] }: ReadContext): void {
  if (typeof node?.value !== 'string' || brokerNames.includes(node.value) || node.value.includes('${')) return;
  const near = probableName(node.value, brokerNames);
  const allowed = brokerNames.length === 0 ? 'there are none: write them under brokers' : `allowed: ${brokerNames.map((name) => shownName(name)).join(', ')}`;
  problems.add(node, `unknown broker ${shownName(node.value)}${near === undefined ? ';' : `, did you mean ${shownName(near)}?`} ${allowed}`);
}

/** Checks the order: pictures, access units, messages, acknowledgements. */
function checkOrder(items: readonly Named[], node: Located, { problems }: ReadContext): void {
  let flow = 'pictures' as ValueKind;
  for (const { kind, options } of items) {
    const { takes, gives } = FILE_STEPS[kind] ?? {};
    if (takes !== undefined && takes !== flow) {
      problems.addAtKey(options, `${kind} takes ${takes}, and gets ${flow}; expected ${neededFor(takes)} before it: pictures are thinned and resized, then encoded, then put into messages, then published`);
      return;
    }
    flow = gives ?? flow;
  }
  if (flow !== 'acknowledgements') problems.addAtKey(node, `it ends with ${flow}; expected ${flow === 'pictures' ? 'an encoder or passthrough, toMessage, then publish' : flow === 'access units' ? 'toMessage, then publish' : 'publish'} at the end`);
}

function neededFor(flow: ValueKind): string {
  const givers = NAMES.filter((name) => FILE_STEPS[name]?.gives === flow);
  return flow === 'pictures' ? 'no encoder, toMessage or publish' : givers.join(' or ');
}
