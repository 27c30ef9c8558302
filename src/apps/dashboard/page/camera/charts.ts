/** Sparklines of the last hour, or the last day. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { SeriesName, SeriesWire } from '../../page-data.js';
import { html } from '../components.js';
import { byteSize, fps, hourAndMinute, latency } from '../text/index.js';

interface Chart { readonly title: string; readonly columns: readonly SeriesName[]; readonly say: (value: number) => string }
const CHARTS: readonly Chart[] = [
  { title: 'Pictures a second', columns: ['fpsIn', 'fpsOut'], say: (value) => `${fps(value)} fps` },
  { title: 'Latency', columns: ['latencyMs'], say: latency },
  { title: 'Published', columns: ['bytesPerSecond'], say: (value) => `${byteSize(value)}/s` },
  { title: 'Pictures in the outbox', columns: ['outbox'], say: (value) => value.toFixed(0) },
];
const HEIGHT = 120;

export function Charts({ hour, day }: { hour: SeriesWire; day: SeriesWire }): VNode {
  const [isDay, setIsDay] = useState(false);
  const series = isDay ? day : hour;
  return html`<section><h2>Figures</h2>
    <div class="groups" role="group" aria-label="Time">
      <button type="button" aria-pressed=${!isDay} onClick=${() => { setIsDay(false); }}>Last hour</button>
      <button type="button" aria-pressed=${isDay} onClick=${() => { setIsDay(true); }}>Last 24 hours</button>
    </div>
    <div class="charts">${CHARTS.map((chart) => html`<${Plot} key=${chart.title} chart=${chart} series=${series} />`)}</div>
  </section>`;
}

function Plot({ chart: { title, columns, say }, series }: { chart: Chart; series: SeriesWire }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const rows = series.columns[columns[0] as SeriesName];
  const times = rows.map((_, index) => (series.until - (rows.length - 1 - index) * series.stepMs) / 1_000);
  const range = useRef<[number, number]>([0, 1]);
  const length = (series.stepMs < 60_000 ? 1 : 24) * 3_600;
  range.current = series.until === 0 ? [Date.now() / 1_000 - length, Date.now() / 1_000] : [series.until / 1_000 - length, series.until / 1_000];
  const data = [times, ...columns.map((name) => series.columns[name])] as uPlot.AlignedData;
  useEffect(() => {
    if (place.current === null) return undefined;
    plot.current = new uPlot(optionsOf(place.current, columns, say, () => range.current), data, place.current);
    const observer = new ResizeObserver(() => { plot.current?.setSize({ width: place.current?.clientWidth ?? 300, height: HEIGHT }); });
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => { plot.current?.setData(data); }, [series]);
  const known = columns.flatMap((name) => series.columns[name]).filter((value) => value !== null);
  const last = columns.map((name) => series.columns[name].at(-1)).filter((value) => value !== null && value !== undefined);
  const words = known.length === 0 ? 'nothing measured yet' : `${columns.length > 1 ? `in and out: ${last.map(say).join(' and ') || '–'}` : last.map(say).join('') || '–'} now, ${say(Math.min(...known))} to ${say(Math.max(...known))}`;
  return html`<figure><figcaption><strong>${title}</strong> ${columns.length > 1 && html`<span class="swatch in" aria-hidden="true"></span>in <span class="swatch out" aria-hidden="true"></span>out · `}${words}</figcaption><div ref=${place} class="plot" role="img" aria-label=${`${title}: ${words}`}></div></figure>`;
}

function optionsOf(
  element: HTMLElement, columns: readonly SeriesName[], say: (value: number) => string, range: () => [number, number],
): uPlot.Options {
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--quiet'), grid, ticks: grid };
  return {
    width: Math.max(200, element.clientWidth), height: HEIGHT, legend: { show: false }, cursor: { show: false },
    scales: { x: { time: true, range: () => range() }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    series: [{}, ...columns.map((_, index) => ({ stroke: colour(index === 0 ? '--line-1' : '--line-2'), width: 1.5, points: { show: false } }))],
    axes: [
      { ...axis, values: (_, values) => values.map((at) => hourAndMinute(at * 1_000)) },
      { ...axis, size: 70, values: (_, values) => values.map((value) => say(value)) },
    ],
  };
}
