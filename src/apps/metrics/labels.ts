/** Labels of a sample, formatted for the page once if they never change. */

/** Labels, as the text between the braces and by name. */
export interface Labels {
  readonly text: string;
  readonly pairs: Readonly<Record<string, string>>;
}

/** No labels. */
export const NO_LABELS: Labels = { text: '', pairs: {} };

export function labels(pairs: Readonly<Record<string, string>>): Labels {
  return { text: Object.entries(pairs).map(([name, value]) => `${name}="${escaped(value)}"`).join(','), pairs };
}

/** The labels of both. */
export function joinedLabels(first: Labels, second: Labels): Labels {
  if (first === NO_LABELS) return second;
  if (second === NO_LABELS) return first;
  return { text: `${first.text},${second.text}`, pairs: { ...first.pairs, ...second.pairs } };
}

/** A value as the text formats require it. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
