/** The page of a camera that this program does not run: its report, a link to its live view, and its configuration. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { FleetCameraWire } from '../../page-data.js';
import { StateMark, html, store, useStore } from '../components.js';
import { clockTime, countText, duration, fleetCameraState, fps, troubleText } from '../text/index.js';

export function FleetCameraPage({ id }: { id: string }): VNode {
  useStore();
  const [config, setConfig] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    store.loadConfig(id).then((text) => { if (!isOver) setConfig(text); }, () => undefined);
    return () => { isOver = true; };
  }, [id]);
  const camera = store.fleet.cameras.get(id);
  if (camera === undefined) return html`<main><p><a href="#/">Fleet</a></p><h1>${id}</h1><p>The fleet has no camera of this name.</p></main>`;
  const { worker, heardAt, downSince, fpsIn, fpsOut, fpsWanted, published, droppedTotal, cost, epoch, slot, error, errorAt } = camera;
  const now = store.now();
  const why = troubleText(camera, store.fleet, now);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['worker', worker], ['reported', heardAt === undefined ? 'never' : `${duration(Math.max(0, now - heardAt))} ago`],
    ['pictures in', fpsIn === undefined ? undefined : `${fps(fpsIn)} a second`],
    ['pictures out', fpsOut === undefined ? undefined : `${fps(fpsOut)}${fpsWanted === undefined ? '' : ` of ${fps(fpsWanted)}`} a second`],
    ['published', published === undefined ? undefined : countText(published)], ['dropped', countText(droppedTotal)],
    ['last error', error === undefined ? undefined : `${error}${errorAt === undefined ? '' : ` (${clockTime(errorAt)})`}`],
    ['cost', cost === undefined ? undefined : `${cost.toFixed(2)} cores`], ['slot, epoch', slot === undefined ? undefined : `${slot}, ${epoch ?? '–'}`],
  ];
  return html`<main class="camera">
    <p><a href="#/">Fleet</a></p>
    <h1>${id}</h1>
    <p class="now"><${StateMark} shown=${fleetCameraState(camera)} />${downSince !== undefined && html` <span class="since">for ${duration(now - downSince)}</span>`}</p>
    ${why !== '' && html`<p class="failure">${why}</p>`}
    <${Elsewhere} camera=${camera} />
    <section><h2>Report of its worker</h2><dl class="settings">${facts.map(([name, value]) => value !== undefined && html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>
    ${config !== undefined && html`<section><h2>Configuration</h2><pre class="scroll" tabindex="0" role="region" aria-label="Configuration">${config}</pre></section>`}
  </main>`;
}

/** A link to the live view on the dashboard of the camera's worker, or the reason why there is none. */
function Elsewhere({ camera }: { camera: FleetCameraWire }): VNode | false {
  const owner = store.fleet.worker(camera.worker);
  const link = store.fleet.liveAt(camera);
  if (owner === undefined || owner.status === 'gone' || ['unplaced', 'unowned'].includes(camera.condition)) return false;
  if (link !== undefined) {
    return html`<p><a href=${`${link}#/camera/${encodeURIComponent(camera.id)}`} rel="noreferrer">Live view and the last 24 hours: on the dashboard of ${owner.id} ↗</a></p>`;
  }
  if (owner.id === store.fleet.facts?.self) return html`<p>This worker owns the camera, but does not run it now.</p>`;
  if (owner.isLocal === true) return html`<p>Live view: the dashboard of ${owner.id} listens only on its own machine${owner.host === undefined ? '' : `, ${owner.host}`}. Connect through ssh, or start it with --dashboard-host.</p>`;
  return html`<p>Live view: worker ${owner.id} has no dashboard. Start it with --dashboard.</p>`;
}
