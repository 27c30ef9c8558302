/** The page: selects the part that is shown, and warns if the server does not answer. */
import { type VNode, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CameraPage } from './camera.js';
import { Cards } from './cards.js';
import { html, pictures, store, useStore } from './parts.js';
import { clock } from './words.js';

/** `#/camera/<id>`. */
function cameraInAddress(): string | undefined {
  const id = /^#\/camera\/(.+)$/.exec(location.hash)?.[1];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function Page(): VNode {
  const [id, setId] = useState(cameraInAddress);
  useEffect(() => {
    const moved = () => {
      setId(cameraInAddress());
      scrollTo(0, 0);
    };
    addEventListener('hashchange', moved);
    return () => { removeEventListener('hashchange', moved); };
  }, []);
  store.open(id);
  return html`<${Head} />${id === undefined ? html`<${Cards} />` : html`<${CameraPage} key=${id} id=${id} />`}`;
}

/** The most important facts, also in the tab's title. */
function Head(): VNode {
  useStore();
  const [, tick] = useState(0);
  useEffect(() => {
    // Without events, nothing else redraws it.
    const timer = setInterval(() => { tick((n) => n + 1); }, 1_000);
    return () => { clearInterval(timer); };
  }, []);
  const cards = [...store.cards.values()];
  const [down, impaired, well] = [0, 1, 2].map((trouble) => cards.filter((card) => card.trouble === trouble).length);
  const brokers = store.brokers.filter(({ trouble }) => trouble === 0).length;
  const isGone = store.hasState && !store.isFresh;
  const trouble = [down === 0 ? '' : `${down} down`, impaired === 0 ? '' : `${impaired} impaired`, brokers === 0 ? '' : `${brokers} ${brokers === 1 ? 'broker' : 'brokers'} unavailable`].filter((word) => word !== '');
  const words = isGone ? 'No connection' : trouble.join(', ') || (cards.length === 0 ? 'No cameras' : 'All well');
  useEffect(() => { document.title = `${isGone ? '✕ ' : trouble.length > 0 ? '▲ ' : ''}${words} · rxcam`; }, [words]);
  useEffect(() => { document.body.classList.toggle('gone', isGone); }, [isGone]);
  return html`<header class=${isGone || (down ?? 0) + brokers > 0 ? 'bad' : trouble.length > 0 ? 'warn' : ''}>
    <a class="skip" href="#page" onClick=${(event: Event) => { event.preventDefault(); document.querySelector<HTMLElement>('main a, main input, main button')?.focus(); }}>Skip to the cameras</a>
    <a class="brand" href="#/">rxcam</a>
    <p role="status" class="summary"><strong>${words}</strong>${!isGone && cards.length > 0 && ` · ${well} of ${cards.length} well`}</p>
    ${isGone && html`<p class="old-news" role="alert">rxcam has not answered since ${clock(store.lastEventAt)}: this page shows old data. rxcam has ended, or this computer can't reach it.</p>`}
  </header>`;
}

const place = document.querySelector('#page');
if (place !== null) {
  place.textContent = '';
  render(html`<${Page} />`, place);
}
void pictures.start();
