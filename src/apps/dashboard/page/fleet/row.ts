/** One camera of the fleet in the list: redrawn at each of its reports, and when its condition changes. */
import type { VNode } from 'preact';
import { memo } from 'preact/compat';
import type { FleetCameraWire } from '../../page-data.js';
import { StateMark, html, store } from '../components.js';
import { countText, duration, fleetCameraState, fps, troubleText } from '../text/index.js';

/** Age of a report from which a row shows it: twice the interval of reports; ms. */
const OLD_MS = 11_000;

export const FleetRow = memo(({ camera, link }: { camera: FleetCameraWire; tick: number; link: string | undefined }): VNode => {
  const { condition, worker, fpsIn, fpsOut, fpsWanted, droppedTotal, cost, downSince, heardAt } = camera;
  const now = store.now();
  const shown = fleetCameraState(camera);
  // A camera without pictures has a reason in place of figures.
  const isDark = condition === 'unplaced' || condition === 'unowned' || condition === 'down';
  const why = troubleText(camera, store.fleet, now);
  const age = heardAt === undefined ? undefined : Math.max(0, now - heardAt);
  const reported = age === undefined ? 'never' : age > OLD_MS ? `${duration(age)} ago` : 'now';
  return html`<li class=${`row ${shown.tone}${isDark ? ' dark' : ''}`}>
    <${Name} camera=${camera} link=${link} />
    <span class="is"><${StateMark} shown=${shown} />${downSince !== undefined && condition === 'down' && html` <span class="since">for ${duration(now - downSince)}</span>`}</span>
    <span class="owner">${worker ?? '–'}</span>
    ${isDark ? html`<p class="why">${why}${age !== undefined && age > OLD_MS && html` <span class="stale">Reported ${reported}</span>`}</p>` : html`<dl class="figures">
      <div><dt>in</dt><dd>${fpsIn === undefined ? '–' : `${fps(fpsIn)} fps`}</dd></div>
      <div><dt>out</dt><dd>${fpsOut === undefined ? '–' : `${fps(fpsOut)}${fpsWanted === undefined ? '' : ` of ${fps(fpsWanted)}`}`}</dd></div>
      <div><dt>dropped</dt><dd>${countText(droppedTotal)}</dd></div>
      <div><dt>cores</dt><dd>${cost === undefined ? '–' : cost.toFixed(2)}</dd></div>
      <div class=${age !== undefined && age > OLD_MS ? 'stale' : ''}><dt>reported</dt><dd>${reported}</dd></div>
    </dl>
    ${why !== '' && html`<p class="why">${why}</p>`}`}
  </li>`;
});

/** The name of a camera, with a link to its live view on the dashboard of its worker. */
function Name({ camera: { id, worker }, link }: { camera: FleetCameraWire; link: string | undefined }): VNode {
  const page = `#/camera/${encodeURIComponent(id)}`;
  if (store.cards.has(id) || link === undefined) return html`<a class="name" href=${page}>${id}</a>`;
  return html`<span class="name"><a href=${link + page} rel="noreferrer" title=${`Live view on the dashboard of ${worker ?? ''}`}>${id}<span aria-hidden="true"> ↗</span><span class="hidden"> on the dashboard of ${worker}</span></a> <a class="details" href=${page} aria-label=${`Details of ${id}`}>details</a></span>`;
}
