/** Merges what a camera inherits, from defaults, templates and overrides, into one value whose parts keep their positions. */
import { type Located, type Problems, itemsOf, membersOf, shownName } from './reading/index.js';
import { probableName } from '../../core/errors/suggestion.js';

/** Keys that are not inherited. */
const OWN = ['extends'];

/** Templates by name, and the defaults that all cameras start with. */
export interface Inheritance {
  readonly defaults: Located | undefined;
  readonly templates: ReadonlyMap<string, Located>;
}

/** The camera with its inherited settings: the defaults, then its templates in order, then its own. */
export function withInherited(camera: Located, { defaults, templates }: Inheritance, problems: Problems): Located {
  const bases = [...(defaults === undefined ? [] : [defaults]), ...basesOf(camera, templates, problems, [])];
  return bases.reduceRight((over, base) => mergeLocated(base, over), camera);
}

/** The templates that a value extends, and those that they extend; the most general first. */
function basesOf(node: Located, templates: ReadonlyMap<string, Located>, problems: Problems, within: readonly string[]): Located[] {
  return namesIn(node, problems).flatMap(({ name, at }) => {
    const template = templates.get(name);
    if (template === undefined) {
      const near = probableName(name, [...templates.keys()]);
      problems.add(at, `unknown template ${shownName(name)}${near === undefined ? ';' : `, did you mean ${shownName(near)}?`} ${
        templates.size === 0 ? 'there are none: write them under templates' : `allowed: ${[...templates.keys()].map((one) => shownName(one)).join(', ')}`}`);
      return [];
    }
    if (within.includes(name)) {
      problems.add(at, `a template that extends itself: ${[...within, name].map((one) => shownName(one)).join(' → ')}`);
      return [];
    }
    return [...basesOf(template, templates, problems, [...within, name]), template];
  });
}

function namesIn(node: Located, problems: Problems): { readonly name: string; readonly at: Located }[] {
  const given = membersOf(node)?.get('extends');
  if (given === undefined || given.value === null) return [];
  return (itemsOf(given) ?? [given]).flatMap((at) => {
    if (typeof at.value === 'string') return [{ name: at.value, at }];
    problems.add(at, 'expected the name of a template, or a list of names');
    return [];
  });
}

/** Maps are merged key by key; any other value replaces the one before it. */
export function mergeLocated(base: Located, over: Located): Located {
  const [under, above] = [membersOf(base), membersOf(over)];
  if (under === undefined || above === undefined) return over;
  const all = new Map([...under].filter(([name]) => !OWN.includes(name)));
  for (const [name, value] of above) {
    const inner = all.get(name);
    all.set(name, inner === undefined ? value : mergeLocated(inner, value));
  }
  return { ...over, value: all };
}

/** A step by its name. */
export interface Named { readonly kind: string; readonly options: Located }

/**
 * The pipeline with the options of `steps` in place: `steps: { toMessage: { location: Yard } }`.
 * @param items - the steps of the pipeline
 */
export function withStepOptions<T extends Named>(items: readonly T[], steps: Located | undefined, problems: Problems): readonly T[] {
  const kinds = items.map(({ kind }) => kind);
  for (const [name, value] of membersOf(steps) ?? []) {
    if (!kinds.includes(name)) problems.addAtKey(value, `no ${shownName(name)} in the pipeline; there are ${kinds.join(', ')}`);
  }
  return items.map((item) => {
    const over = membersOf(steps)?.get(item.kind);
    return over === undefined || over.value === null ? item : { ...item, options: mergedOptions(item.options, over) };
  });
}

/** `null` means no options. */
function mergedOptions(options: Located, over: Located): Located {
  return options.value === null ? over : mergeLocated(options, over);
}
