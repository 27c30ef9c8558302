/** Parts of the dashboard without a browser: who is refused, what a day keeps, who decodes, and what a slow viewer gets. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { retry } from '../../../operators/index.js';
import { isLoopback, refusalReason } from '../../../src/apps/dashboard/access-control.js';
import { codecString } from '../../../src/apps/dashboard/live/codec-string.js';
import { type SlotRequest, Slots } from '../../../src/apps/dashboard/live/decoder-slots.js';
import { Viewer } from '../../../src/apps/dashboard/live/viewer.js';
import { CameraWatch } from '../../../src/apps/dashboard/watch/camera-watch.js';
import { History } from '../../../src/apps/dashboard/watch/history.js';
import { Series } from '../../../src/apps/dashboard/watch/series.js';
import { type CameraHub, hubOf } from '../../../src/camera/index.js';
import { DASHBOARD } from '../../../src/core/defaults/monitoring.js';
import { ADVICE } from '../../../src/core/errors/advice.js';
import { ERRORS, SourceRefused, SourceTimeout } from '../../../src/core/errors/errors.js';
import type { CameraEvent, EventBody } from '../../../src/core/events.js';
import type { EncodedFrame } from '../../../src/core/frame/frame.js';
import { membersOf } from '../interfaces.js';

const HOUR_MS = 3_600_000;
type Turn = Exclude<CameraEvent, { frames: number }>;
const turn = (at: number, body: EventBody) => ({ camera: 'gate', run: 1, at, ...body }) as Turn;

describe('who may ask', () => {
  const listening = { host: '127.0.0.1', token: undefined, allowedHosts: [] };

  it('answers no name that is not of this machine, in any form', () => {
    fc.assert(fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()), (host) => {
      const name = host.toLowerCase();
      fc.pre(!isLoopback(name.replace(/:\d+$/, '').replace(/\.$/, '').trim()) && name.trim() !== '');
      expect(refusalReason({ headers: { host }, method: 'GET' } as never, listening)).toBeDefined();
    }), { numRuns: 500 });
  });

  it('answers no page but its own', () => {
    fc.assert(fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constant('null')), (origin) => {
      fc.pre(!/^https?:\/\/localhost:8790$/i.test(origin));
      expect(refusalReason({ headers: { host: 'localhost:8790', origin }, method: 'GET' } as never, listening)).toBeDefined();
    }), { numRuns: 500 });
  });
});

describe('the day of a camera', () => {
  it('counts what happens again and again, and keeps a bounded list of a camera that is away for two days', () => {
    const history = new History(0, 'off');
    for (let at = 0; at < 48 * HOUR_MS; at += 30_000) {
      history.add(turn(at, { type: 'connecting', attempt: 1, address: 'a' }));
      history.add(turn(at + 10, { type: 'failed', attempt: 1, error: new SourceRefused('no server there') }));
    }
    const now = 48 * HOUR_MS;
    expect(history.events(now)).toEqual([expect.objectContaining({ times: 5_760, code: 'SOURCE_REFUSED', advice: ADVICE.SOURCE_REFUSED })]);
    expect(history.spans(now)).toHaveLength(1);
  });

  it('keeps bounded lists of a camera that comes and goes every second with another message each time', () => {
    const history = new History(0, 'off');
    for (let n = 0; n < 50_000; n++) {
      history.add(turn(n * 1_000, { type: 'failed', attempt: n, error: n % 2 === 0 ? new SourceRefused(`no ${n}`) : new SourceTimeout(`late ${n}`) }));
      history.add(turn(n * 1_000 + 500, { type: 'recovered', attempt: n, downtimeMs: 500 }));
    }
    expect(history.spans(50_000_000).length).toBeLessThanOrEqual(1_000);
    expect(history.events(50_000_000).length).toBeLessThanOrEqual(300);
    expect(history.events(50_000_000)[0]?.what).toBe('Recovered');
  });

  it('shows no control characters, and no text without an end', () => {
    const history = new History(0, 'off');
    history.add(turn(1, { type: 'warning', message: `a\u001b[31m\n\u202eb${'x'.repeat(5_000)}` }));
    expect(history.events(2)[0]?.text).toMatch(/^a \[31m bx+…$/u);
    expect(history.events(2)[0]?.text.length).toBeLessThan(600);
  });

  it('has its figures at even distances, also after the machine has slept', () => {
    const series = new Series(10, 5);
    const point = (value: number) => ({ fpsIn: value, fpsOut: value, latencyMs: undefined, bytesPerSecond: 0, outbox: 0 });
    for (const [at, value] of [[10, 1], [20, 2], [50, 3], [60, 4]] as const) series.add(at, point(value));
    expect(series.wire()).toMatchObject({ until: 60, stepMs: 10, columns: { fpsIn: [2, null, null, 3, 4], latencyMs: [null, null, null, null, null] } });
    series.add(10_000, point(9));
    expect(series.wire().columns.fpsIn).toEqual([null, null, null, null, 9]);
  });
});

describe('a card', () => {
  it('is down from the first failure to the next picture, with the reason and the time of the next attempt, and well after it', () => {
    marbles(({ flush }) => {
      const gate = fakeCamera(['o f f R', 'R', 'o 10ms f 10ms f 10ms f 10ms f'], { key: 'gate' });
      const watch = new CameraWatch('gate', hubOf(gate) as never);
      const seen: string[] = [];
      const look = () => {
        watch.look();
        const { state, trouble, error, nextAttemptAt } = watch.card();
        const { captured, parts } = watch.ledger();
        expect(parts.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(captured);
        seen.push(`${state} ${trouble} ${error?.code ?? '-'} ${nextAttemptAt === undefined ? '-' : 'next'}`);
      };
      const running = new Subscription();
      let captured = 0;
      gate.events$.subscribe(({ type }) => {
        if (type === 'retrying' || type === 'connecting' || type === 'captured') look();
        captured += type === 'captured' ? 1 : 0;
        if (captured === 4) running.unsubscribe();
      });
      running.add(gate.pipe(retry({ initialMs: 1_000, maxMs: 1_000 })).subscribe());
      flush();
      look();
      expect([...new Set(seen)]).toEqual([
        'connecting 1 - -', 'streaming 2 - -', 'waiting 0 SOURCE_REFUSED next', 'connecting 0 SOURCE_REFUSED -', 'stopped 3 - -',
      ]);
      expect(watch.page().spans.map(({ status }) => status)).toEqual(['off', 'up', 'down', 'up', 'off']);
      watch.stop();
    });
  });

  it('has the reason of a failure from before anyone watched, and since when', () => {
    marbles(({ flush }) => {
      const gate = fakeCamera(['o f f R', 'R', 'R'], { key: 'gate' });
      const running = gate.pipe(retry({ initialMs: 1_000, maxMs: 1_000 })).subscribe();
      const seen: unknown[] = [];
      let failures = 0;
      gate.events$.subscribe(({ type, at }) => {
        if (type === 'failed') failures += 1;
        if (type !== 'retrying' || failures !== 2) return;
        const watch = new CameraWatch('gate', hubOf(gate) as CameraHub);
        const { trouble, error, since } = watch.card();
        seen.push([trouble, error?.code, at - since >= 1_000], watch.page().events.map(({ what }) => what));
        watch.stop();
        running.unsubscribe();
      });
      flush();
      expect(seen).toEqual([[0, 'SOURCE_REFUSED', true], expect.arrayContaining(['Failed', 'Connected'])]);
    });
  });

  it('is frozen when a camera that streams has sent the same picture for a minute', () => {
    marbles(({ flush }) => {
      const gate = fakeCamera(['o 10ms f 10ms f 10ms f'], { key: 'gate' });
      const hub = hubOf(gate) as CameraHub;
      const watch = new CameraWatch('gate', hub);
      const seen: unknown[] = [];
      const tell = (bytes: number, capturedAt: number) => {
        for (let n = 0; n < 4; n++) hub.tap({ codec: 'h265', keyframe: true, capturedAt, data: Buffer.alloc(100, bytes) } as EncodedFrame);
        watch.look();
        const { trouble, impaired, stillMs = 0 } = watch.card();
        seen.push([trouble, impaired, stillMs > 60_000]);
      };
      let captured = 0;
      const running = gate.subscribe();
      gate.events$.subscribe(({ type }) => {
        if (type !== 'captured') return;
        captured += 1;
        if (captured === 1) tell(1, -30_000);
        if (captured === 2) tell(2, -61_000);
        if (captured !== 3) return;
        tell(3, 0);
        running.unsubscribe();
      });
      flush();
      expect(seen).toEqual([[2, undefined, false], [1, 'frozen', true], [2, undefined, false]]);
      watch.stop();
    });
  });

  it('has advice for every failure that there is', () => {
    expect(Object.keys(ADVICE).sort()).toEqual(Object.keys(ERRORS).sort());
  });
});

it('has its options on its page, with their defaults', () => {
  const rows = [...readFileSync('docs/operate/dashboard.md', 'utf8').matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)].map(([, name = '', standard = '']) => [name, standard] as const);
  expect(rows.map(([name]) => name).sort()).toEqual(membersOf('src/apps/dashboard/dashboard.ts', 'DashboardConfig').sort());
  for (const name of ['port', 'host', 'maxDecoders'] as const) expect(rows.find(([one]) => one === name)?.[1].replaceAll('`', '')).toBe(String(DASHBOARD[name]));
});

describe('decoders', () => {
  const claimant = (isLive = false) => {
    const one = { isLive, runs: false, granted: () => { one.runs = true; }, revoked: () => { one.runs = false; } };
    return one satisfies SlotRequest;
  };

  it('are never more than allowed, and all that wait get one: laws over random schedules', () => {
    const step = fc.record({ do: fc.constantFrom('claim', 'claim', 'release', 'served'), who: fc.nat(9) });
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const slots = new Slots(limit);
      const all = Array.from({ length: 10 }, (_, index) => claimant(index < 2));
      const wanted = new Set<number>();
      for (const { do: what, who } of steps) {
        const one = all[who] as ReturnType<typeof claimant>;
        if (what === 'claim') { wanted.add(who); slots.claim(one); }
        if (what === 'release') { wanted.delete(who); slots.release(one); }
        if (what === 'served') slots.served(one);
        const running = all.filter(({ runs }) => runs);
        expect(running.length).toBe(Math.min(limit, wanted.size));
        expect(all.every((each, index) => each.runs === slots.has(each) && (!each.runs || wanted.has(index)))).toBe(true);
        // A live view does not wait for cards.
        expect([0, 1].filter((index) => wanted.has(index) && all[index]?.runs === false).length).toBe(0 + Math.max(0, [0, 1].filter((index) => wanted.has(index)).length - limit));
      }
    }));
  });
});

describe('a viewer', () => {
  const unit = (id: string, key: boolean) => ({ type: 'unit', id, at: 0, pts: 0, key, codec: 'avc1.42e01e', width: 1, height: 1 }) as const;
  const viewing = () => {
    const heads: { type: string; key?: boolean }[] = [];
    const response = {
      writableLength: 0, end: () => undefined,
      write: (bytes: Buffer) => {
        heads.push(JSON.parse(bytes.subarray(6, 6 + bytes.readUInt16BE(4)).toString()) as { type: string });
        expect(bytes.readUInt32BE(0)).toBe(bytes.length - 4);
        return true;
      },
    };
    const viewer = new Viewer('s', response as unknown as ServerResponse);
    viewer.ask({ wishes: { gate: 'live' }, decodes: ['h264'] });
    return { viewer, response, sent: () => heads.splice(0).map(({ type, key }) => (key === undefined ? type : key ? 'KEY' : 'delta')) };
  };

  it('begins at a keyframe; while too much waits gets nothing, and then continues at a keyframe', () => {
    const { viewer, response, sent } = viewing();
    const give = (keys: string) => { for (const letter of keys) viewer.unit(unit('gate', letter === 'K'), Buffer.alloc(10)); };
    give('ddKdd');
    expect(sent()).toEqual(['hello', 'KEY', 'delta', 'delta']);
    response.writableLength = 256 * 1024 + 1;
    give('dKd');
    viewer.picture({ type: 'picture', id: 'gate', at: 0, width: 1, height: 1 }, Buffer.alloc(10));
    expect(sent()).toEqual([]);
    response.writableLength = 0;
    give('ddKd');
    expect(sent()).toEqual(['KEY', 'delta']);
  });

  it('is informed once of the form of pictures, and again when it changes', () => {
    const { viewer, sent } = viewing();
    for (const how of ['jpeg', 'jpeg', 'h264', 'h264', 'jpeg'] as const) viewer.explain({ type: 'how', id: 'gate', how, why: 'so' });
    expect(sent()).toEqual(['hello', 'how', 'how', 'how']);
  });
});

describe("a codec's name for a browser", () => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

  it.each([
    ['h264', '00000001 09f0 00000001 6764001facd9 00000001 68ebe3', 'avc1.64001f'],
    ['h264', '000001 674d4028', 'avc1.4d4028'],
    // VPS, then an SPS of x265: Main, level 3.0, with emulation prevention in its flags.
    ['h265', '00000001 40010c01ffff 00000001 420101 01 60000003 00900000 0300 000300 5da002', 'hev1.1.6.L93.90'],
    ['h264', '00000001 6588', undefined], ['h265', '00000001 4201', undefined], ['h264', '', undefined],
  ] as const)('%s: %s', (codec, hex, expected) => {
    expect(codecString(bytes(hex), codec)).toBe(expected);
  });
});
