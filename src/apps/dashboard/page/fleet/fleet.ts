/** The page of the whole fleet: unplaced cameras first, then workers, then all cameras, those in trouble first. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { CONDITIONS, type Condition, type FleetCameraWire } from '../../page-data.js';
import { html, store, useStore } from '../components.js';
import { clockTime, duration, filterLabel } from '../text/index.js';
import { FleetRow } from './row.js';
import { Workers } from './workers.js';

/** Number of cameras that are drawn before the button for more is pressed. */
const FIRST = 200;
/** Maximum number of cameras that the alarm names. */
const NAMED = 12;
/** Interval at which the times of rows in trouble are updated; ms. */
const TICK_MS = 5_000;

export function FleetPage(): VNode {
  useStore();
  const [words, setWords] = useState('');
  const [condition, setCondition] = useState<Condition | undefined>(undefined);
  const [worker, setWorker] = useState<string | undefined>(undefined);
  const [isLong, setIsLong] = useState(false);
  const { fleet } = store;
  if (fleet.facts === undefined || !fleet.isKnown) {
    return html`<main><h1 class="hidden">Fleet</h1><p class="nothing" role="status">${fleet.facts?.answers === false ? 'The coordinator of the fleet does not answer: look at the brokers on the page of this worker.' : 'Reading the state of the fleet …'}</p></main>`;
  }
  const all = fleet.sorted();
  const wanted = words.toLowerCase().split(/\s+/);
  const here = all.filter((camera) => worker === undefined || camera.worker === worker);
  const isAsked = (camera: FleetCameraWire) => condition === undefined || camera.condition === condition;
  const shown = here.filter((camera) => isAsked(camera) && wanted.every((word) => camera.id.toLowerCase().includes(word)));
  const drawn = isLong ? shown : shown.slice(0, FIRST);
  const tick = Math.floor(store.now() / TICK_MS);
  return html`<main>
    <h1 class="hidden">Fleet</h1>
    ${!fleet.facts.answers && html`<p class="alarm" role="alert">The coordinator does not answer: this is how the fleet was at ${clockTime(fleet.facts.heardAt)}, ${duration(store.now() - fleet.facts.heardAt)} ago. Cameras keep running, and their messages wait.</p>`}
    <${Unplaced} cameras=${all.filter((camera) => camera.condition === 'unplaced')} />
    <${Workers} chosen=${worker} choose=${setWorker} />
    <form class="tools" role="search" onSubmit=${(event: Event) => { event.preventDefault(); }}>
      <label>Find <input type="search" value=${words} onInput=${(event: Event) => { setWords((event.target as HTMLInputElement).value); }} placeholder="name of a camera" /></label>
      <div class="groups" role="group" aria-label="Show">
        <button type="button" aria-pressed=${condition === undefined} onClick=${() => { setCondition(undefined); }}>All ${here.length}</button>
        ${CONDITIONS.map((one) => {
          const count = here.filter((camera) => camera.condition === one).length;
          if (count === 0 && condition !== one) return undefined;
          const tone = count === 0 ? '' : one === 'impaired' ? 'impaired' : ['unplaced', 'unowned', 'down'].includes(one) ? 'down' : '';
          return html`<button type="button" key=${one} class=${tone} aria-pressed=${condition === one} onClick=${() => { setCondition(condition === one ? undefined : one); }}>${filterLabel(one)} ${count}</button>`;
        })}
      </div>
      ${worker !== undefined && html`<button type="button" onClick=${() => { setWorker(undefined); }}>Only worker ${worker} ✕</button>`}
    </form>
    ${shown.length === 0 && html`<p class="nothing">${all.length === 0 ? 'The fleet has no cameras: add some by rxcam fleet apply.' : 'No camera matches.'}</p>`}
    ${drawn.length > 0 && html`<div class="row heads" aria-hidden="true"><span>Camera</span><span>State</span><span>Worker</span><span>In</span><span>Out</span><span>Dropped</span><span>Cores</span><span>Reported</span></div>`}
    <ul class="fleet">${drawn.map((camera) => html`<${FleetRow} key=${camera.id} camera=${camera} tick=${camera.condition === 'well' && fleet.facts?.answers === true ? 0 : tick} link=${fleet.liveAt(camera)} />`)}</ul>
    ${drawn.length < shown.length && html`<p class="more"><button type="button" onClick=${() => { setIsLong(true); }}>Show ${shown.length - drawn.length} more</button></p>`}
  </main>`;
}

/** The alarm about cameras that no worker can run: they send nothing until an operator acts. */
function Unplaced({ cameras }: { cameras: readonly FleetCameraWire[] }): VNode | false {
  if (cameras.length === 0) return false;
  const reasons = [...new Set(cameras.map(({ error }) => error ?? 'no reason is known'))];
  const names = cameras.slice(0, NAMED).map(({ id }) => id).join(', ');
  return html`<section class="alarm" role="alert">
    <h2>${cameras.length === 1 ? '1 camera is' : `${cameras.length} cameras are`} unplaced</h2>
    <p><strong>${names}</strong>${cameras.length > NAMED ? ` and ${cameras.length - NAMED} more` : ''}: ${reasons.slice(0, 3).join('; ')}.</p>
    <p class="advice">What to do: start another worker, or give one the --capacity or the --label that they need.</p>
  </section>`;
}
