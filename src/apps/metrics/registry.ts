/** Registers families in the user's prom-client registry. */
import type { Section } from './exposition.js';
import type { Family } from './family.js';
import { joinedLabels } from './labels.js';

/** The part of prom-client's `Registry` that is used. */
export interface MetricsRegistry {
  /** Adds a metric. */
  registerMetric(metric: never): void;
  /** Removes the metric of this name. */
  removeSingleMetric(name: string): void;
}

/** Registers families; prom-client collects their samples at every scrape. Returns a function that removes them. */
export function registerFamilies(registry: MetricsRegistry, sections: readonly (() => Section<never>)[]): () => void {
  const names = sections.flatMap((section) => section().families.map((family) => {
    const { name, help, type } = family;
    registry.registerMetric({ name, help, type, get: () => Promise.resolve(values(family, section())) } as never);
    return name;
  }));
  return () => { for (const name of names) registry.removeSingleMetric(name); };
}

function values(family: Family<never>, { targets }: Section<never>): object {
  const { name, help, type } = family;
  const all = targets.flatMap(({ target, own }) => {
    const each: { metricName: string; value: number; labels: Readonly<Record<string, string>> }[] = [];
    family.samples(target, (value, more, suffix = '') => {
      each.push({ metricName: name + suffix, value, labels: more === undefined ? own.pairs : joinedLabels(own, more).pairs });
    });
    return each;
  });
  return { name, help, type, aggregator: 'sum', values: all };
}
