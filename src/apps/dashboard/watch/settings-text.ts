/** The settings of a camera as text: its source and its steps, without credentials. */
import type { CameraHub } from '../../../camera/index.js';
import type { SkipRule } from '../../../core/pictures/skip.js';
import { redact } from '../../../core/redact/redact.js';
import { plainText } from './plain-text.js';

export function cameraSettingsText({ facts, runPlan, ledger: { tally } }: CameraHub): (readonly [name: string, value: string])[] {
  const source = runPlan?.source;
  const { encoder } = tally;
  const shape = source?.width === undefined ? undefined : `${source.width}x${source.height ?? 0}`;
  const codec = [source?.codec, shape, source?.fps === undefined ? undefined : `${Number(source.fps.toFixed(2))} fps`].filter((part) => part !== undefined);
  const { connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures } = facts.liveness;
  const steps = runPlan?.plan.steps.map(({ kind, ...options }) => [kind, inWords(options)] as const) ?? [];
  const { reconnect } = runPlan?.plan ?? {};
  return [
    ['address', facts.address], ['kind', `${source?.kind ?? facts.kind}${facts.live ? ', live' : ''}`],
    ...(codec.length > 0 ? [['source', codec.join(', ')] as const] : []),
    ...steps,
    ...(encoder === undefined ? [] : [['encoder', `${encoder.name}${encoder.hardware ? ' in hardware' : ''}: ${encoder.reason}`] as const]),
    ...(reconnect === undefined ? [] : [['retry', inWords({ initialMs: reconnect.initialMs, maxMs: reconnect.maxMs, factor: reconnect.factor })] as const]),
    ['time limits', inWords({ connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures })],
  ].map(([name = '', value = '']) => [name, plainText(redact(value))]);
}

function ruleInWords(rule: SkipRule): string {
  return 'every' in rule ? `one picture of ${rule.every}` : `${rule.num / rule.den} pictures a second`;
}

/** `fps 5, fit inside`. */
function inWords(options: object): string {
  const words = Object.entries(options).filter(([, value]) => value !== undefined && typeof value !== 'function');
  return words.map(([name, value]) => name === 'rule' ? ruleInWords(value as SkipRule) : `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(', ') || 'as it is';
}
