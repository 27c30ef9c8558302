/** The page: selects the part to show, and warns if the server does not answer. */
import { type VNode, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CameraPage } from './camera/index.js';
import { Cards } from './cards.js';
import { FleetCameraPage, FleetPage } from './fleet/index.js';
import { html, pictures, store, useStore } from './components.js';
import { clockTime, headline } from './text/index.js';

/** `#/camera/<id>`. */
function cameraInAddress(): string | undefined {
  const id = /^#\/camera\/(.+)$/.exec(location.hash)?.[1];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/** `#/here`: the cameras of this worker. */
const isHereInAddress = () => location.hash === '#/here';

function Page(): VNode {
  const [id, setId] = useState(cameraInAddress);
  const [isHere, setIsHere] = useState(isHereInAddress);
  useEffect(() => {
    const moved = () => {
      setId(cameraInAddress());
      setIsHere(isHereInAddress());
      scrollTo(0, 0);
    };
    addEventListener('hashchange', moved);
    return () => { removeEventListener('hashchange', moved); };
  }, []);
  store.open(id);
  return html`<${Head} isHere=${isHere} isCamera=${id !== undefined} />${id === undefined ? html`<${Start} isHere=${isHere} />` : html`<${One} key=${id} id=${id} />`}`;
}

/** The first page: the whole fleet on a worker's dashboard, otherwise the cards. */
function Start({ isHere }: { isHere: boolean }): VNode {
  useStore();
  return store.fleet.facts === undefined || isHere ? html`<${Cards} />` : html`<${FleetPage} />`;
}

/** The page of one camera, which may move from one worker to another while the page is open. */
function One({ id }: { id: string }): VNode {
  useStore();
  return !store.cards.has(id) && store.fleet.isKnown ? html`<${FleetCameraPage} id=${id} />` : html`<${CameraPage} id=${id} />`;
}

/** The most important facts, also in the tab's title. */
function Head({ isHere, isCamera }: { isHere: boolean; isCamera: boolean }): VNode {
  useStore();
  const [, tick] = useState(0);
  useEffect(() => {
    // Without events, only this timer redraws it.
    const timer = setInterval(() => { tick((n) => n + 1); }, 1_000);
    return () => { clearInterval(timer); };
  }, []);
  const { bad, warn, well, total } = summary();
  const isGone = store.hasState && !store.isFresh;
  const trouble = [...bad, ...warn];
  const words = isGone ? 'No connection' : trouble.join(', ') || (total === 0 ? 'No cameras' : 'All well');
  useEffect(() => { document.title = `${isGone ? '✕ ' : trouble.length > 0 ? '▲ ' : ''}${words} · rxcam`; }, [words]);
  useEffect(() => { document.body.classList.toggle('gone', isGone); }, [isGone]);
  return html`<header class=${isGone || bad.length > 0 ? 'bad' : trouble.length > 0 ? 'warn' : ''}>
    <a class="skip" href="#page" onClick=${(event: Event) => { event.preventDefault(); document.querySelector<HTMLElement>('main a, main input, main button')?.focus(); }}>Skip to the cameras</a>
    <a class="brand" href="#/">rxcam</a>
    <p role="status" class="summary"><strong>${words}</strong>${!isGone && total > 0 && ` · ${well} of ${total} well`}</p>
    ${store.fleet.facts !== undefined && html`<${Pages} current=${isHere ? 'here' : isCamera ? undefined : 'fleet'} />`}
    ${!isGone && store.notices.map((notice) => html`<p key=${notice} class="old-news" role="alert">${notice}</p>`)}
    ${isGone && html`<p class="old-news" role="alert">rxcam has not answered since ${clockTime(store.lastEventAt)}: this page shows old data. rxcam has ended, or this computer can't reach it.</p>`}
  </header>`;
}

/** Links to the pages. A program that only shows a fleet has no page for its own cameras. */
function Pages({ current }: { current: 'fleet' | 'here' | undefined }): VNode {
  const self = store.fleet.facts?.self;
  const currentIf = (page: typeof current) => (page === current ? 'page' : undefined);
  return html`<nav aria-label="Pages">
    <a href="#/" aria-current=${currentIf('fleet')}>Fleet</a>
    ${(self !== undefined || store.cards.size > 0) && html`<a href="#/here" aria-current=${currentIf('here')}>${self === undefined ? 'This program' : `This worker: ${self}`}</a>`}
  </nav>`;
}

/** The trouble of the whole fleet; without a fleet, that of the cards. */
function summary(): { readonly bad: readonly string[]; readonly warn: readonly string[]; readonly well: number; readonly total: number } {
  const unavailable = store.brokers.filter(({ trouble }) => trouble === 0).length;
  const brokers = unavailable === 0 ? [] : [`${unavailable} ${unavailable === 1 ? 'broker' : 'brokers'} unavailable`];
  if (store.fleet.isKnown) {
    const { bad, warn } = headline(store.fleet);
    return { bad: [...bad, ...brokers], warn, well: store.fleet.count('well'), total: store.fleet.cameras.size };
  }
  const cards = [...store.cards.values()];
  const [down = 0, impaired = 0, well = 0] = [0, 1, 2].map((trouble) => cards.filter((card) => card.trouble === trouble).length);
  return { bad: [...(down === 0 ? [] : [`${down} down`]), ...brokers], warn: impaired === 0 ? [] : [`${impaired} impaired`], well, total: cards.filter(({ trouble }) => trouble !== 3).length };
}

const place = document.querySelector('#page');
if (place !== null) {
  place.textContent = '';
  render(html`<${Page} />`, place);
}
void pictures.start();
