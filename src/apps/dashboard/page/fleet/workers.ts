/** The workers of the fleet, those that are gone first. */
import type { VNode } from 'preact';
import type { FleetWorkerWire } from '../../page-data.js';
import { StateMark, html, store } from '../components.js';
import { countText, duration, workerState } from '../text/index.js';

/** Number of workers up to which all are shown; with more of them, those that are well are folded, so that cameras in trouble stay near the top. */
const FEW = 4;

export function Workers({ chosen, choose }: { chosen: string | undefined; choose: (worker: string | undefined) => void }): VNode {
  const { facts } = store.fleet;
  const workers = facts?.workers ?? [];
  const versions = new Set(workers.filter(({ status }) => status !== 'gone').map(({ version }) => version));
  const cards = (some: readonly FleetWorkerWire[]) => html`<ul class="workers">${some.map((worker) => html`<${Worker} key=${worker.id} worker=${worker}
    isSelf=${worker.id === facts?.self} isChosen=${worker.id === chosen} isMixed=${versions.size > 1} choose=${() => { choose(worker.id === chosen ? undefined : worker.id); }} />`)}</ul>`;
  const well = workers.filter(({ status }) => status === 'member');
  const others = workers.filter(({ status }) => status !== 'member');
  const isFew = workers.length <= FEW && !matchMedia('(max-width: 560px)').matches;
  const sum = (of: 'cameras' | 'load' | 'capacity') => well.reduce((total, worker) => total + worker[of], 0);
  return html`<section aria-label="Workers"><h2 class="hidden">Workers</h2>
    ${workers.length === 0 && html`<p class="nothing">There is no worker: start one by rxcam worker.</p>`}
    ${isFew ? cards(workers) : html`
      ${others.length > 0 && cards(others)}
      ${well.length > 0 && html`<details class="well"><summary>${well.length} ${well.length === 1 ? 'worker is' : 'workers are'} running: ${countText(sum('cameras'))} cameras, ${sum('load').toFixed(1)} of ${sum('capacity').toFixed(1)} cores</summary>${cards(well)}</details>`}`}
  </section>`;
}

interface Shown {
  readonly worker: FleetWorkerWire;
  readonly isSelf: boolean;
  readonly isChosen: boolean;
  /** Whether not all workers have the same version. */
  readonly isMixed: boolean;
  readonly choose: () => void;
}

function Worker({ worker, isSelf, isChosen, isMixed, choose }: Shown): VNode {
  const { id, status, isLeader, heardAt, load, capacity, cameras, version, labels, host } = worker;
  const shown = workerState(worker);
  const isGone = status === 'gone';
  const share = capacity > 0 ? Math.min(1, load / capacity) : 0;
  const roles = [...(isSelf ? ['this one'] : []), ...(isLeader ? ['leads'] : [])].join(', ');
  const age = store.now() - heardAt;
  return html`<li class=${`worker ${shown.tone}`}>
    <p><strong>${id}</strong>${roles !== '' && ` (${roles})`} <${StateMark} shown=${shown} /></p>
    <p>${isGone ? 'had ' : ''}${countText(cameras)} ${cameras === 1 ? 'camera' : 'cameras'}, ${load.toFixed(2)} of ${Number(capacity.toFixed(2))} cores</p>
    <div class=${share > 0.9 ? 'load full' : 'load'} aria-hidden="true"><span style=${{ width: `${share * 100}%` }}></span></div>
    <p class="past">${isGone ? `last heard of ${duration(age)} ago` : age > 11_000 ? `reported ${duration(age)} ago` : 'reported now'}${host !== undefined && host !== id ? `, on ${host}` : ''}${isMixed && version !== '' ? `, version ${version}` : ''}${labels.length > 0 ? `, ${labels.join(', ')}` : ''}</p>
    <p class="links"><button type="button" aria-pressed=${isChosen} onClick=${choose} aria-label=${`Its cameras: only those of ${id}`}>Its cameras</button> <${Link} worker=${worker} isSelf=${isSelf} /></p>
  </li>`;
}

function Link({ worker: { id, dashboard, isLocal, status }, isSelf }: { worker: FleetWorkerWire; isSelf: boolean }): VNode | false {
  if (isSelf) return html`<a href="#/here">Live</a>`;
  if (status === 'gone') return false;
  if (dashboard !== undefined) return html`<a href=${dashboard} rel="noreferrer" aria-label=${`Dashboard of ${id}`}>Dashboard ↗</a>`;
  return html`<span class="past">${isLocal === true ? 'its dashboard is for its own machine' : 'no dashboard'}</span>`;
}
