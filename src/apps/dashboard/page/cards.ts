/** The page of all cameras, those in trouble first. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { memo } from 'preact/compat';
import type { BrokerWire, CardWire, StreamWire } from '../page-data.js';
import { Failure, Picture, StateMark, TryNow, html, store, useCard, useStore } from './components.js';
import { brokerState, byteSize, cameraState, clockTime, countText, fps, impairment, latency, pictureText, stateDuration, stateHint } from './text/index.js';

type Order = 'trouble' | 'name' | 'fps' | 'latency';
const COLLATOR = new Intl.Collator('en', { numeric: true });
const ORDERS: Readonly<Record<Order, (a: CardWire, b: CardWire) => number>> = {
  trouble: (a, b) => a.trouble - b.trouble,
  name: () => 0,
  fps: (a, b) => a.fpsOut - b.fpsOut,
  latency: (a, b) => (b.latencyMs ?? -1) - (a.latencyMs ?? -1),
};
const GROUPS = ['down', 'impaired', 'well', 'off'] as const;
const GROUP_NAMES = { down: 'Down', impaired: 'Impaired', well: 'Streaming', off: 'Not running' } as const;

export function Cards(): VNode {
  useStore();
  const [words, setWords] = useState('');
  const [group, setGroup] = useState<number | undefined>(undefined);
  const [order, setOrder] = useState<Order>('trouble');
  const [isCompact, setIsCompact] = useState(false);
  const all = [...store.cards.values()];
  const counts = GROUPS.map((_, trouble) => all.filter((card) => card.trouble === trouble).length);
  const wanted = words.toLowerCase().split(/\s+/);
  const shown = all.filter((card) => (group === undefined || card.trouble === group) && wanted.every((word) => card.id.toLowerCase().includes(word)))
    .sort((a, b) => ORDERS[order](a, b) || COLLATOR.compare(a.id, b.id));
  return html`<main>
    <h1 class="hidden">Cameras</h1>
    <${Brokers} brokers=${store.brokers} streams=${store.streams} />
    <form class="tools" role="search" onSubmit=${(event: Event) => { event.preventDefault(); }}>
      <label>Find <input type="search" value=${words} onInput=${(event: Event) => { setWords((event.target as HTMLInputElement).value); }} placeholder="name of a camera" /></label>
      <div class="groups" role="group" aria-label="Show">
        <button type="button" aria-pressed=${group === undefined} onClick=${() => { setGroup(undefined); }}>All ${all.length}</button>
        ${GROUPS.map((name, trouble) => html`<button type="button" key=${name} class=${counts[trouble] === 0 ? '' : name} aria-pressed=${group === trouble} onClick=${() => { setGroup(group === trouble ? undefined : trouble); }}>
          ${GROUP_NAMES[name]} ${counts[trouble]}</button>`)}
      </div>
      <label>Sort <select value=${order} onChange=${(event: Event) => { setOrder((event.target as HTMLSelectElement).value as Order); }}>
        <option value="trouble">trouble first</option><option value="name">by name</option><option value="fps">fewest fps first</option><option value="latency">longest latency first</option>
      </select></label>
      <label><input type="checkbox" checked=${isCompact} onChange=${(event: Event) => { setIsCompact((event.target as HTMLInputElement).checked); }} /> Small</label>
    </form>
    ${shown.length === 0 && html`<p class="nothing">${!store.hasState ? 'Waiting for rxcam …' : all.length === 0 ? 'There are no cameras.' : words === '' ? 'No camera matches.' : `No camera has “${words}” in its name. Is it in the configuration?`}</p>`}
    <ul class=${isCompact ? 'cards compact' : 'cards'}>${shown.map(({ id, trouble, state, impaired }) => html`<${Card} key=${id} id=${id} state=${`${trouble} ${state} ${impaired ?? ''}`} />`)}</ul>
  </main>`;
}

/** Draws pictures and figures only of visible cards: three hundred cameras are ten screens. The state is always drawn. */
const Card = memo(({ id }: { id: string; state: string }) => {
  const element = useRef<HTMLLIElement>(null);
  const [isSeen, setIsSeen] = useState(false);
  useCard(id, isSeen);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => { setIsSeen(entry?.isIntersecting === true); }, { rootMargin: '100px' });
    if (element.current !== null) observer.observe(element.current);
    return () => { observer.disconnect(); };
  }, []);
  const card = store.cards.get(id);
  const shown = card === undefined ? undefined : cameraState(card);
  if (card === undefined || shown === undefined) return html`<li ref=${element}></li>`;
  return html`<li ref=${element} class=${`card ${shown.tone}`}>
    <a class="whole" href=${`#/camera/${encodeURIComponent(id)}`}>
      <${Picture} id=${id} wish="card" label=${`Last picture of ${id}`} isOn=${isSeen} none=${pictureText(card)} />
      <h2>${id}</h2>
    </a>
    <p><${StateMark} shown=${shown} /> ${isSeen && html`<span class="since">${stateDuration(card, store.now())}</span>`}</p>
    ${isSeen && html`
      <${Figures} card=${card} />
      ${card.error !== undefined && html`<${Failure} error=${card.error} />`}
      ${card.impaired !== undefined && html`<p class="failure">${impairment(card)}</p>`}
      ${stateHint(card, store.now()) !== '' && html`<p class="hint">${stateHint(card, store.now())}</p>`}
      ${card.nextAttemptAt !== undefined && html`<${TryNow} id=${id} nextAttemptAt=${card.nextAttemptAt} />`}`}
  </li>`;
});

export function Figures({ card }: { card: CardWire }): VNode {
  const { fpsIn, fpsOut, fpsWanted, latencyMs, droppedTotal, lastFrameAt, trouble } = card;
  if (trouble === 0 || trouble === 3) {
    if (lastFrameAt === undefined) return html`<p class="hidden">No picture so far</p>`;
    return html`<p class="figures">Last picture at <time>${clockTime(lastFrameAt)}</time>${droppedTotal > 0 && `, ${countText(droppedTotal)} dropped`}</p>`;
  }
  return html`<dl class="figures">
    <div><dt>in</dt><dd>${fps(fpsIn)} fps</dd></div>
    <div><dt>out</dt><dd>${fps(fpsOut)}${fpsWanted === undefined ? '' : ` of ${fps(fpsWanted)}`} fps</dd></div>
    <div><dt>latency</dt><dd>${latencyMs === undefined ? '–' : latency(latencyMs)}</dd></div>
    <div><dt>dropped</dt><dd>${countText(droppedTotal)}</dd></div>
  </dl>`;
}

export function Brokers({ brokers, streams }: { brokers: readonly BrokerWire[]; streams: readonly StreamWire[] }): VNode {
  return html`<section class="brokers" aria-label="Brokers and streams">
    ${brokers.map((broker) => html`<div key=${broker.id} class=${`broker ${brokerState(broker).tone}`}>
      <p><strong>${broker.id}</strong> <${StateMark} shown=${brokerState(broker)} /></p>
      <p>Outbox: ${broker.outboxMessages === 0 ? 'empty' : `${countText(broker.outboxMessages)} messages, ${byteSize(broker.outboxBytes)}`}${broker.throttledMs !== undefined && `, throttled for ${latency(broker.throttledMs)}`}</p>
      ${broker.waiting.map(({ topic, message }) => html`<p key=${topic} class="failure">Topic ${topic} waits: ${message}</p>`)}
      ${broker.error !== undefined && (broker.trouble < 2 ? html`<${Failure} error=${broker.error} />` : html`<p class="past">Last error at <time>${clockTime(broker.error.at)}</time>: ${broker.error.message}</p>`)}
    </div>`)}
    ${streams.map((stream) => html`<div key=${stream.id} class=${`broker ${stream.status === 'unavailable' ? 'bad' : 'good'}`}>
      <p><strong>Reads ${stream.id}</strong> ${stream.status}</p>
      <p>${fps(stream.messagesPerSecond)} messages a second, ${byteSize(stream.bytesPerSecond)}/s, latency ${latency(stream.latencyMs)}, ${countText(stream.inboxMessages)} waiting, ${countText(stream.missing)} missing, ${countText(stream.torn)} torn</p>
    </div>`)}
  </section>`;
}
