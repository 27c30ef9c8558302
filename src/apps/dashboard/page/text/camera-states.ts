/** Texts about a camera or a broker: its state, the reason for it, and what is shown in place of a picture. */
import type { BrokerWire, CardWire } from '../../page-data.js';
import { countText, duration, fps } from './figures.js';

/** A state as a word, a shape, and a class for its colour; each is sufficient alone. */
export interface StateLabel { readonly word: string; readonly shape: string; readonly tone: 'bad' | 'warn' | 'good' | 'off' }

const STATES: Readonly<Record<string, StateLabel>> = {
  streaming: { word: 'Streaming', shape: '●', tone: 'good' },
  connecting: { word: 'Connecting', shape: '◐', tone: 'warn' },
  waiting: { word: 'Down', shape: '▲', tone: 'bad' },
  failed: { word: 'Failed', shape: '■', tone: 'bad' },
  stopped: { word: 'Stopped', shape: '□', tone: 'off' },
  idle: { word: 'Not started', shape: '○', tone: 'off' },
  disabled: { word: 'Not enabled', shape: '○', tone: 'off' },
};
const DOWN: StateLabel = { word: 'Down', shape: '▲', tone: 'bad' };

export function cameraState({ state, trouble, impaired }: CardWire): StateLabel {
  if (trouble === 0) return state === 'failed' ? STATES['failed'] as StateLabel : DOWN;
  if (impaired === 'slow') return { word: 'Slow', shape: '◆', tone: 'warn' };
  if (impaired === 'frozen') return { word: 'Frozen', shape: '◆', tone: 'warn' };
  if (impaired === 'held') return { word: 'Held back', shape: '◆', tone: 'warn' };
  if (impaired === 'dropping') return { word: 'Dropping', shape: '◆', tone: 'warn' };
  return STATES[state] ?? { word: state, shape: '?', tone: 'warn' };
}

/** Duration of the condition; for an impaired camera, the time that it has been up. */
export function stateDuration({ state, trouble, since }: CardWire, now: number): string {
  if (state === 'disabled') return 'in the configuration file';
  return `${trouble === 0 || trouble === 3 ? '' : 'up '}for ${duration(now - since)}`;
}

export function brokerState({ status, trouble, waiting }: BrokerWire): StateLabel {
  if (trouble === 0) return { word: 'Unavailable', shape: '▲', tone: 'bad' };
  if (waiting.length > 0) return { word: 'Topics wait', shape: '◆', tone: 'warn' };
  if (status === 'connected') return { word: 'Connected', shape: '●', tone: 'good' };
  return status === 'closed' ? { word: 'Closed', shape: '□', tone: 'off' } : { word: 'Not used yet', shape: '○', tone: 'off' };
}

/** Explanations of causes of drops. */
const CAUSES: Readonly<Record<string, string>> = {
  'outbox': 'the outbox is full: the broker is slower than the camera', 'gop': 'their keyframe is missing', 'too-large': 'too large for the broker',
  'stdin': 'this machine is too slow', 'closed': 'the broker was closed', 'stopped': 'the run was stopped', 'capture-lost': 'the capture was lost',
  'filter': 'a filter of videoFilter leaves them out',
};
/** Why a streaming camera is impaired; empty if it is not. */
export function impairment({ impaired, dropping, fpsIn, fpsOut, fpsWanted = 0, stillMs = 0 }: CardWire): string {
  if (impaired === 'frozen') return `The same picture for ${duration(stillMs)}: the camera or its recorder hangs, or has no signal. Restart it`;
  if (impaired === 'dropping') return `Loses ${causes(dropping)}`;
  if (impaired === 'slow') return `The camera sends too few pictures: ${fps(fpsIn)} a second in place of ${fps(fpsWanted)}`;
  return impaired === 'held' ? `Pictures are encoded but not published: ${fps(fpsOut)} of ${fps(fpsWanted)} a second. Check the broker` : '';
}

/** Whether the camera sends pictures, or is connecting. */
const isRunning = ({ trouble }: CardWire) => trouble === 1 || trouble === 2;

/** Whether pictures arrive but are not published: a broker may be the reason. */
export const isHeld = (card: CardWire) => isRunning(card) && card.fpsOut < 0.5 * Math.min(card.fpsIn, card.fpsWanted ?? card.fpsIn);

/** The text in place of a picture: earlier pictures are not kept. */
export const pictureText = (card: CardWire) => (isRunning(card) ? 'No picture yet' : 'No picture');

/** Time after which a camera that connects gets a hint, longer than most cameras take to answer; ms. */
const LATE_MS = 5_000;

/** The meaning of a state without an error; empty if the state says enough. */
export function stateHint({ state, error, since }: CardWire, now: number): string {
  if (state === 'failed') return 'It does not reconnect: it has no retry, or an invalid option. Correct it, and start it again';
  return state === 'connecting' && error === undefined && now - since > LATE_MS ? 'Waits for its first picture: some cameras take 45 s' : '';
}

function causes(dropping: CardWire['dropping']): string {
  return Object.entries(dropping).map(([cause, pictures]) => `${countText(pictures)} in 10 s (${CAUSES[cause] ?? cause})`).join(', ');
}
