/** Components of several pages. */
import { type ComponentChildren, type VNode, h } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import htm from 'htm';
import type { TroubleText, Wish } from '../wire.js';
import { Pictures } from './pictures.js';
import { Store } from './store.js';
import { type Shown, clock, duration, lowered } from './words.js';

export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
export const store = new Store();
export const pictures = new Pictures();

/** Redraws at every event from the server. */
export function useStore(): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => store.subscribe(() => { again(0); }), []);
}

/** Redraws at every event while `isOn`. */
export function useCard(id: string, isOn: boolean): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => (isOn ? store.subscribeCard(id, () => { again(0); }) : undefined), [id, isOn]);
}

export function State({ shown, children }: { shown: Shown; children?: ComponentChildren }): VNode {
  return html`<span class=${`state ${shown.tone}`}><span class="shape" aria-hidden="true">${shown.shape}</span> ${shown.word}${children}</span>`;
}

export function Failure({ error }: { error: TroubleText }): VNode {
  return html`<div class="failure">
    <p><strong>${error.code}</strong> at <time>${clock(error.at)}</time>: ${error.message}</p>
    ${error.advice !== '' && html`<p class="advice">What to do: ${lowered(error.advice)}</p>`}
  </div>`;
}

/** Ends a camera's wait before its next attempt. */
export function TryNow({ id, nextAttemptAt }: { id: string; nextAttemptAt: number }): VNode {
  const [asked, setAsked] = useState('');
  useEffect(() => { setAsked(''); }, [nextAttemptAt]);
  const press = (event: Event) => {
    event.preventDefault();
    setAsked('asked …');
    void store.retry(id).then((ok) => { if (!ok) setAsked('refused'); }, () => { setAsked('no connection'); });
  };
  const left = nextAttemptAt - store.now();
  return html`<p class="next"><span>${left > 0 ? `Next attempt in ${duration(left)}` : 'Next attempt is due'}</span>
    <button type="button" onClick=${press} aria-label=${`Try now: ${id}`}>Try now</button> <span role="status">${asked}</span></p>`;
}

/** Pictures of a camera while they are visible, with their age if they are old. */
export function Picture({ id, wish, label, onHow, isOn = true }: {
  id: string; wish: Wish; label: string; onHow?: (how: string, why: string) => void; isOn?: boolean;
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawnAt = useRef<number | undefined>(undefined);
  const [hasPicture, setHasPicture] = useState(false);
  const age = drawnAt.current === undefined ? 0 : store.now() - drawnAt.current;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || !isOn) return undefined;
    return pictures.show(id, {
      wish, canvas: element, ...(onHow !== undefined && { how: onHow }),
      drawn: (at) => {
        drawnAt.current = at;
        setHasPicture(true);
      },
    });
  }, [id, wish, isOn]);
  return html`<div class="picture">
    <canvas ref=${canvas} width="16" height="9" role="img" aria-label=${label} class=${hasPicture ? '' : 'empty'}></canvas>
    ${!hasPicture && html`<span class="none">No picture yet</span>`}
    ${hasPicture && age > 5_000 && html`<span class="old">Picture is ${duration(age)} old</span>`}
  </div>`;
}
