/** Reads a page of metrics as its format is specified, by other code than what writes it. */

export interface Sample { readonly labels: Readonly<Record<string, string>>; readonly value: number }

/** The samples of one name. */
export function samplesOf(page: string, name: string): Sample[] {
  return page.split('\n').flatMap((line) => {
    const match = /^([a-z_:]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match?.[1] !== name) return [];
    const labels = [...(match[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => (
      [label, text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))]
    ));
    return [{ labels: Object.fromEntries(labels) as Record<string, string>, value: Number(match[3]) }];
  });
}

/** The value of the first sample of a name. */
export function valueOf(page: string, name: string): number | undefined {
  return samplesOf(page, name)[0]?.value;
}
