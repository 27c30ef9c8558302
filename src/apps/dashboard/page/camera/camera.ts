/** A camera's own page: live view, its last 24 hours, figures, the ledger of its pictures, its settings. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CameraWire, EventWire, LedgerWire, SpanWire } from '../../page-data.js';
import { Charts } from './charts.js';
import { Brokers, Figures } from '../cards.js';
import { Failure, Picture, StateMark, TryNow, html, store, useStore } from '../components.js';
import { cameraState, clockTime, countText, duration, hourAndMinute, impairment, isHeld, pictureText, stateDuration, stateHint } from '../text/index.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SCALES = [[HOUR_MS, 'Last hour'], [6 * HOUR_MS, 'Last 6 hours'], [DAY_MS, 'Last 24 hours']] as const;
/** Interval of the series; ms. */
const RELOAD_MS = 10_000;

export function CameraPage({ id }: { id: string }): VNode {
  useStore();
  const [page, setPage] = useState<CameraWire | undefined>(undefined);
  const [how, setHow] = useState('Waiting for a picture …');
  const version = store.camera?.id === id ? store.camera.version : 0;
  const isKnown = store.cards.has(id);
  useEffect(() => {
    if (!isKnown) return undefined;
    let isOver = false;
    const load = () => { void store.load(id).then((loaded) => { if (!isOver) setPage(loaded); }, () => undefined); };
    load();
    const timer = setInterval(load, RELOAD_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [id, version, isKnown]);
  const card = store.cards.get(id);
  if (card === undefined) {
    return html`<main><p><a href="#/">All cameras</a></p><h1>${id}</h1><p>${store.hasState ? 'There is no camera of this name.' : 'Waiting for rxcam …'}</p></main>`;
  }
  const ailing = isHeld(card) ? store.brokers.filter(({ trouble }) => trouble < 2) : [];
  const ledger = store.camera?.id === id ? store.camera.ledger : undefined;
  return html`<main class="camera">
    <p><a href="#/">All cameras</a></p>
    <h1>${id}</h1>
    ${ailing.length > 0 && html`<${Brokers} brokers=${ailing} streams=${[]} />`}
    <p class="now"><${StateMark} shown=${cameraState(card)} /> <span class="since">${stateDuration(card, store.now())}</span></p>
    ${card.error !== undefined && html`<${Failure} error=${card.error} />`}
    ${card.impaired !== undefined && html`<p class="failure">${impairment(card)}</p>`}
    ${stateHint(card, store.now()) !== '' && html`<p class="hint">${stateHint(card, store.now())}</p>`}
    ${card.nextAttemptAt !== undefined && html`<${TryNow} id=${id} nextAttemptAt=${card.nextAttemptAt} />`}
    <${Figures} card=${card} />
    <section aria-label="Live view" class=${card.trouble === 0 || card.trouble === 3 ? 'away' : ''}>
      <${Picture} id=${id} wish="live" label=${`Live view of ${id}`} none=${pictureText(card)} onHow=${(_: string, why: string) => { setHow(why); }} />
      <p class="how">${card.trouble === 0 ? 'There are no new pictures while the camera is down.' : card.state === 'disabled' ? 'The configuration file has enabled: false for this camera.' : card.trouble === 3 ? 'The camera is not running.' : how}</p>
    </section>
    ${page !== undefined && html`<${Timeline} spans=${page.spans} now=${page.now} />`}
    ${ledger !== undefined && html`<${Ledger} ledger=${ledger} />`}
    ${page !== undefined && html`<${Charts} hour=${page.hour} day=${page.day} wanted=${card.fpsWanted} />`}
    ${page !== undefined && html`<${Events} events=${page.events} />`}
    ${page !== undefined && html`<section><h2>Settings</h2><dl class="settings">${page.settings.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`}
  </main>`;
}

const STATUS = { up: 'up', down: 'down', off: 'not running' } as const;

function Timeline({ spans, now }: { spans: readonly SpanWire[]; now: number }): VNode {
  const watched = Math.min(DAY_MS, now - (spans[0]?.from ?? now));
  // The scale grows with the data: one minute would be invisible in a day.
  const scale = SCALES.find(([length]) => watched <= length) ?? SCALES[2];
  const [length, title] = scale;
  const from = now - length;
  const parts = spans.map((span, index) => ({ ...span, from: Math.max(from, span.from), to: spans[index + 1]?.from ?? now }))
    .filter((span) => span.to > from);
  const total = (status: SpanWire['status']) => parts.reduce((sum, part) => sum + (part.status === status ? part.to - part.from : 0), 0);
  const downs = parts.filter((part, index) => part.status === 'down' && parts[index - 1]?.status !== 'down').length;
  const words = `${watched < DAY_MS - 60_000 ? `Watched since ${clockTime(now - watched)}, when the dashboard or this camera was started` : title}: up ${duration(total('up'))}, down ${duration(total('down'))}${downs > 0 ? ` in ${downs} ${downs === 1 ? 'outage' : 'outages'}` : ''}`;
  const hours = Array.from({ length: 9 }, (_, index) => from + (index * length) / 8);
  return html`<section><h2>${title}</h2><p>${words}</p>
    <div class="timeline" role="img" aria-label=${words}>
      ${parts.map((part) => html`<span key=${part.from} class=${part.status} title=${`${clockTime(part.from)} to ${clockTime(part.to)}: ${STATUS[part.status]}${part.code === undefined ? '' : `, ${part.code}`}`}
        style=${{ left: `${((part.from - from) / length) * 100}%`, width: `${((part.to - part.from) / length) * 100}%` }}></span>`)}
    </div>
    <div class="hours" aria-hidden="true">${hours.map((at) => html`<span key=${at}>${hourAndMinute(at)}</span>`)}</div>
    <p class="legend"><span class="up"></span> up <span class="down"></span> down <span class="off"></span> not running <span class="unknown"></span> not watched</p>
  </section>`;
}

/** The ledger: its parts add up to the captured pictures. */
function Ledger({ ledger: { captured, parts } }: { ledger: LedgerWire }): VNode {
  const shown = parts.filter(({ pictures }) => pictures > 0);
  const sum = parts.reduce((total, { pictures }) => total + pictures, 0);
  const share = (pictures: number) => (captured === 0 ? 0 : (pictures / captured) * 100);
  const words = `${countText(captured)} captured = ${shown.map(({ name, pictures }) => `${countText(pictures)} ${name}`).join(' + ') || '0'}`;
  return html`<section><h2>Where every picture went</h2>
    <div class="ledger" role="img" aria-label=${words}>${shown.map(({ name, kind, pictures }) => html`<span key=${name} class=${kind} title=${`${name}: ${countText(pictures)}`} style=${{ flexGrow: pictures }}></span>`)}</div>
    <table><caption class="hidden">Pictures by account</caption><tbody>
      ${shown.map(({ name, kind, pictures }) => html`<tr key=${name}><th scope="row"><span class=${`swatch ${kind}`} aria-hidden="true"></span> ${name}</th><td>${countText(pictures)}</td><td>${share(pictures).toFixed(1)} %</td></tr>`)}
      <tr class="sum"><th scope="row">captured</th><td>${countText(captured)}</td><td>${sum === captured ? 'adds up' : `${countText(Math.abs(captured - sum))} are unaccounted for: please report it`}</td></tr>
    </tbody></table></section>`;
}

function Events({ events }: { events: readonly EventWire[] }): VNode {
  return html`<section><h2>Events</h2>${events.length === 0 ? html`<p>Nothing since the dashboard was started.</p>` : html`
    <div class="scroll" tabindex="0" role="region" aria-label="Events"><table class="events"><thead><tr><th scope="col">When</th><th scope="col">Event</th><th scope="col">Remedy</th></tr></thead><tbody>
      ${events.map(({ at, lastAt, times, what, text, code, advice }) => html`<tr key=${`${at} ${what} ${text}`} class=${code === undefined ? '' : 'bad'}>
        <td><time>${clockTime(lastAt)}</time>${times > 1 && html`<br /><small>${countText(times)} times since ${clockTime(at)}</small>`}</td>
        <td><strong>${code ?? what}</strong>${text !== '' && `: ${text}`}</td><td>${advice ?? ''}</td></tr>`)}
    </tbody></table></div>`}</section>`;
}
