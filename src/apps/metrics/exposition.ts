/** The page: families as text, in the Prometheus format or in OpenMetrics. */
import type { Family } from './family.js';
import { type Labels, NO_LABELS } from './labels.js';

/** The text formats that Prometheus reads. */
export type TextFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPE: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** A target with the labels that all its samples have. */
export interface Labelled<T> { readonly target: T; readonly own: Labels }

/** Families with their targets. */
export interface Section<T> { readonly families: readonly Family<T>[]; readonly targets: readonly Labelled<T>[] }

/** The text of sections. Each family is written once, with the samples of all targets. */
export class Page {
  #text = '';

  constructor(readonly format: TextFormat) {}

  add<T>({ families, targets }: Section<T>): this {
    for (const family of families) this.#family(family, targets);
    return this;
  }

  get text(): string {
    return this.format === 'openmetrics' ? `${this.#text}# EOF\n` : this.#text;
  }

  #family<T>(family: Family<T>, targets: readonly Labelled<T>[]): void {
    if (targets.length === 0) return;
    const { name, type, help } = family;
    // OpenMetrics names a family of counters without the suffix of its samples.
    const shown = this.format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
    let text = `# HELP ${shown} ${help}\n# TYPE ${shown} ${type}\n`;
    for (const { target, own } of targets) {
      family.samples(target, (value, more = NO_LABELS, suffix = '') => {
        const between = own.text === '' || more.text === '' ? '' : ',';
        const both = own.text + between + more.text;
        text += both === '' ? `${name}${suffix} ${value}\n` : `${name}${suffix}{${both}} ${value}\n`;
      });
    }
    this.#text += text;
  }
}

/** The format that an `Accept` header prefers: OpenMetrics only if it is named, and not ranked below plain text. */
export function formatFor(accept: string | undefined): TextFormat {
  const ranks = new Map((accept ?? '').split(',').map((one) => {
    const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    return [type, q === undefined ? 1 : Number(q.slice(2))] as const;
  }));
  const wanted = ranks.get('application/openmetrics-text') ?? 0;
  return wanted > 0 && wanted >= (ranks.get('text/plain') ?? 0) ? 'openmetrics' : 'prometheus';
}
