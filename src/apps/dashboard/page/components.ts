/** Components of several pages. */
import { type ComponentChildren, type VNode, h } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import htm from 'htm';
import type { TroubleText, Wish } from '../page-data.js';
import { PictureStream } from './picture-stream.js';
import { Store } from './store.js';
import { type StateLabel, clockTime, duration, lowerFirst } from './text/index.js';

export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
export const store = new Store();
export const pictures = new PictureStream();

/** Redraws the component at every event from the server. */
export function useStore(): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => store.subscribe(() => { again(0); }), []);
}

/** Redraws the component at every event while `isOn` is true. */
export function useCard(id: string, isOn: boolean): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => (isOn ? store.subscribeCard(id, () => { again(0); }) : undefined), [id, isOn]);
}

export function StateMark({ shown, children }: { shown: StateLabel; children?: ComponentChildren }): VNode {
  return html`<span class=${`state ${shown.tone}`}><span class="shape" aria-hidden="true">${shown.shape}</span> ${shown.word}${children}</span>`;
}

export function Failure({ error }: { error: TroubleText }): VNode {
  return html`<div class="failure">
    <p><strong>${error.code}</strong> at <time>${clockTime(error.at)}</time>: ${error.message}</p>
    ${error.advice !== '' && html`<p class="advice">What to do: ${lowerFirst(error.advice)}</p>`}
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

/** Time without a change after which a picture is labelled as still, because the camera may hang; ms. */
const STILL_MS = 60_000;

/** Pictures of a camera while they are visible, with their age if they are old. */
export function Picture({ id, wish, label, onHow, isOn = true, none = 'No picture yet' }: {
  id: string; wish: Wish; label: string; none?: string; onHow?: (how: string, why: string) => void; isOn?: boolean;
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawnAt = useRef<number | undefined>(undefined);
  const lookedAt = useRef(-Infinity);
  const still = useRef<{ colours?: Uint8ClampedArray; since: number }>({ since: performance.now() });
  const [hasPicture, setHasPicture] = useState(false);
  const [isBlack, setIsBlack] = useState(false);
  const age = drawnAt.current === undefined ? 0 : store.now() - drawnAt.current;
  const stillMs = performance.now() - still.current.since;
  const looks = isBlack ? wish === 'card' ? 'Almost black' : 'Almost black: a cap, no light, or a broken sensor' : stillMs > STILL_MS ? `No change for ${duration(stillMs)}` : '';
  useEffect(() => {
    const element = canvas.current;
    if (element === null || !isOn) return undefined;
    return pictures.show(id, {
      wish, canvas: element, ...(onHow !== undefined && { how: onHow }),
      drawn: (at) => {
        drawnAt.current = at;
        setHasPicture(true);
        // One change a second is enough for a viewer.
        if (performance.now() - lookedAt.current < 900) return;
        lookedAt.current = performance.now();
        const colours = coloursOf(element);
        setIsBlack(isAlmostBlack(colours));
        if (!hasChanged(still.current.colours, colours)) return;
        still.current = { colours, since: performance.now() };
      },
    });
  }, [id, wish, isOn]);
  return html`<div class="picture">
    <canvas ref=${canvas} width="16" height="9" role="img" aria-label=${label} class=${hasPicture ? '' : 'empty'}></canvas>
    ${!hasPicture && html`<span class="none">${none}</span>`}
    ${hasPicture && age <= 5_000 && looks !== '' && html`<span class="old">${looks}</span>`}
    ${hasPicture && age > 5_000 && html`<span class="old">Picture is ${duration(age)} old</span>`}
  </div>`;
}

const SMALL = { width: 32, height: 18 };
/** Highest level of a dark place, of 255: black is 0 or 16, plus some noise. */
const DARK = 40;
/** Smallest change of a level, of 255: an encoder causes smaller ones in a still scene. */
const CHANGED = 8;
let small: OffscreenCanvasRenderingContext2D | null | undefined;

/** Samples the colours of a picture at a few places. */
function coloursOf(picture: HTMLCanvasElement): Uint8ClampedArray {
  small ??= new OffscreenCanvas(SMALL.width, SMALL.height).getContext('2d', { willReadFrequently: true });
  if (small === null) return new Uint8ClampedArray();
  small.drawImage(picture, 0, 0, SMALL.width, SMALL.height);
  return small.getImageData(0, 0, SMALL.width, SMALL.height).data;
}

/** Whether 99 of 100 places are dark: a picture may show a name or a clock. */
function isAlmostBlack(colours: Uint8ClampedArray): boolean {
  let bright = 0;
  for (let at = 0; at < colours.length; at += 4) if (Math.max(colours[at] ?? 0, colours[at + 1] ?? 0, colours[at + 2] ?? 0) > DARK) bright++;
  return bright <= colours.length / 400;
}

function hasChanged(before: Uint8ClampedArray | undefined, now: Uint8ClampedArray): boolean {
  return before === undefined || now.some((value, at) => Math.abs(value - (before[at] ?? 0)) > CHANGED);
}
