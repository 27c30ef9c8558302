/** Secrets of a source of the user's own: they stay hidden when the source, or an engine of the user's own, names them in an error. */
import { inspect } from 'node:util';
import { pino } from 'pino';
import { lastValueFrom, of, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { type Engine, type Source, SourceNotFound, camera } from '../../../src/index.js';
import { needs, threeQuestions } from '../../services/index.js';

const SECRETS = ['tok-en', 'se/cret', '48159'];
const TEXT = `no tok-en, se/cret, 48159, nor ${encodeURIComponent('se/cret')}`;
const SOURCE = { kind: 'own', address: 'own://me:se/cret@host/x', live: true, endless: true, remote: true, secrets: ['tok-en', 48_159 as unknown as string] };
const failing = (error: () => unknown) => ({ prepare: () => throwError(error) });

needs('ffmpeg')('a source of the user\'s own', () => {
  it.each<[string, object]>([
    ['an error', failing(() => new Error(TEXT))],
    ['an error with causes', failing(() => new Error('no', { cause: new Error(TEXT, { cause: { deep: TEXT } }) }))],
    ['a failure of rxcam', failing(() => new SourceNotFound(TEXT, { stderr: [TEXT], cause: new Error(TEXT) }))],
    ['a text', failing(() => TEXT)],
    ['an object', failing(() => ({ reason: TEXT }))],
    ['an exception', { prepare: () => { throw new TypeError(TEXT); } }],
    ['a value of another kind', { prepare: () => of(TEXT) }],
    ['a warning', { prepare: () => of({ type: 'input', input: { options: ['-f', 'nosuch'], protocols: [], url: 'x', warning: TEXT } }) }],
    ['its own work beside ffmpeg', { prepare: () => of({ type: 'input', input: { options: ['-f', 'mpegts'], protocols: ['pipe'], url: 'pipe:0', beside: () => throwError(() => new Error(TEXT)) } }) }],
    ['an engine', { engine: () => throwError(() => new Error(TEXT)) }],
    ['an engine that throws', { engine: () => { throw new Error(TEXT); } }],
    ['an engine that warns', { engine: () => of({ type: 'warning', message: TEXT }, { type: 'encoder', encoder: 'x', hardware: false, reason: TEXT }, { type: 'connected' }, { type: 'captured', pts: 0 }, { type: 'rejected', reason: TEXT }) }],
  ])('keeps its secrets when %s names them', async (_, { engine, ...own }: { engine?: Engine }) => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => { lines.push(line); } });
    const gate = camera({ ...SOURCE, prepare: () => of(), ...own } as Source, { logger, ...(engine !== undefined && { engine }) });
    const events: unknown[] = [];
    gate.events$.subscribe((event) => { events.push(event); });
    const failed: unknown = await lastValueFrom(gate).catch((error: unknown) => error);
    const shown = [inspect([failed, events, gate.stats], { depth: 10, showHidden: true }), JSON.stringify(events), ...lines].join('\n');
    expect(events.length).toBeGreaterThan(1);
    expect(SECRETS.filter((secret) => shown.includes(secret))).toEqual([]);
    expect(shown).toContain('***');
    await threeQuestions({ stats: gate.stats, secrets: SECRETS, events, logs: lines, errors: [failed] });
  });

  it('keeps an error that names no secret as it is, with its cause', async () => {
    const cause = new RangeError('odd');
    const failed: unknown = await lastValueFrom(camera({ ...SOURCE, ...failing(() => cause) } as Source)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringContaining('RangeError: odd') as string, cause });
  });
});
