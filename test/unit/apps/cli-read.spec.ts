/** How `rxcam read` and `rxcam verify` parse words, and print messages. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/apps/cli/arguments/arguments.js';
import { READ_FLAGS } from '../../../src/apps/cli/flags/index.js';
import type { ReadArguments } from '../../../src/apps/cli/arguments/read-arguments.js';
import { jsonLine, messageLine, summaryLine } from '../../../src/apps/cli/read/lines.js';
import { readSummaryOf } from '../../../src/apps/cli/read/summary.js';
import { Verified } from '../../../src/message/index.js';
import { membersOf } from '../interfaces.js';
import { received } from '../broker/sent.js';

const URL = 'kafka://localhost/video';

describe('rxcam read', () => {
  it('reads from the next message on, and verify a whole topic', () => {
    expect(parsed('read', URL)).toMatchObject({ subscribe: {}, program: { verify: false, quiet: false, json: false } });
    expect(parsed('verify', URL)).toMatchObject({ subscribe: { from: 'earliest', to: 'latest' }, program: { verify: true, quiet: true } });
    expect(parsed('verify', URL, '--from', 'last:5').subscribe).toEqual({ from: { last: 5 }, to: 'latest' });
  });

  it.each([
    ['latest', 'latest'], ['earliest', 'earliest'], ['last:12', { last: 12 }], ['offset:7', { offset: '7' }], ['1700000000000-3', '1700000000000-3'],
    ['2026-01-31T12:00:00Z', new Date('2026-01-31T12:00:00Z')],
  ])('begins at %s', (text, from) => {
    expect(parsed('read', URL, '--from', text).subscribe.from).toEqual(from);
  });

  it('begins so long ago', () => {
    const { from } = parsed('read', URL, '--from', '10m').subscribe;
    expect(Date.now() - (from as Date).getTime()).toBeGreaterThanOrEqual(600_000);
    expect(Date.now() - (from as Date).getTime()).toBeLessThan(610_000);
  });

  it('takes partitions by name and number', () => {
    expect(parsed('read', URL, '--partitions', 'all').subscribe.partitions).toBe('all');
    expect(parsed('read', URL, '--partitions', '0,2').subscribe.partitions).toEqual([0, 2]);
  });

  it.each([[['--from', '17']], [['--to', 'earliest']], [['--from', 'yesterday']], [['--partitions', 'x']], [['--frames', 'x']]])('refuses %j', (words) => {
    const said: string[] = [];
    expect(parseArguments(['read', URL, ...words], { out: () => undefined, error: (text) => { said.push(text); } })).toBe(2);
    expect(said.join('')).toContain('Expected');
  });

  it.each([['--from', true], ['--to', false]])('names all that %s takes', (flag, isStart) => {
    const said: string[] = [];
    parseArguments(['read', URL, flag, 'yesterday'], { out: () => undefined, error: (text) => { said.push(text); } });
    for (const form of ["'latest'", 'a date', 'offset:N', "an entry's id"]) expect(said.join('')).toContain(form);
    for (const form of ["'earliest'", 'last:N']) expect(said.join('').includes(form)).toBe(isStart);
  });

  it('has a flag for each option of subscribe that words can give', () => {
    const sets = READ_FLAGS.flatMap(({ flags }) => flags).map((flag) => flag.sets);
    const options = membersOf('operators/subscribe.ts', 'SubscribeConfig').filter((name) => !name.startsWith('inbox.'));
    expect(options.filter((name) => !['topic', 'acknowledge'].includes(name) && !sets.includes(`subscribe.${name}`))).toEqual([]);
  });
});

describe('a line', () => {
  const one = new Verified(received({ order: 3, more: { partition: 0, offset: '7', timestamp: 1_000 } }), 'whole', true);

  it('says what a message says of its picture, and its verdict', () => {
    expect(messageLine(one)).toBe('1970-01-01T00:00:01.000Z cam #3 picture 3 h265 keyframe 17 B at 0:7 whole\n');
    expect(JSON.parse(jsonLine(one))).toMatchObject({ topic: 'video', key: 'cam', offset: '7', camera: 'cam', inputOrder: 3, seq: 3, bytes: 17, verdict: 'whole' });
  });

  it('says what is missing', () => {
    const gap = { verdict: 'gap' as const, cause: 'lost' as const, size: 2, from: 4, to: 5, topic: 'video', key: 'cam', camera: 'c\u001b[31mam', partition: 0, timestamp: 0 };
    expect(messageLine(gap)).toBe('1970-01-01T00:00:00.000Z c?[31mam 2 missing, lost (#4 to #5)\n');
    expect(JSON.parse(jsonLine(gap))).toEqual(gap);
  });

  it('sums up', () => {
    const latency = { count: 0, last: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 };
    const stats = { status: 'idle' as const, received: 9, bytes: 9_000, expired: 0, failures: 0, inbox: { messages: 0, bytes: 0 }, rate: { messages: 0, bytes: 0 }, latency };
    const verdicts = { whole: 7, repeated: 1, torn: 1, fenced: 0, undecodable: 0, late: 1, unchecked: 0, gaps: 2, dropped: 2, lost: 3, expired: 0, takeovers: 0 };
    expect(summaryLine(readSummaryOf(stats, verdicts))).toBe('9 messages (9.0 kB), 7 whole, 1 repeated, 1 torn, 1 late, 4 missing (2 dropped by the sender, 2 lost, 0 expired)\n');
    expect(summaryLine(readSummaryOf(stats, undefined))).toBe('9 messages (9.0 kB)\n');
  });
});

function parsed(...words: string[]): ReadArguments {
  const result = parseArguments(words, { out: () => undefined, error: (text) => { throw new Error(text); } });
  if (typeof result === 'number' || result.command !== 'read') throw new Error(`no command to read: ${JSON.stringify(result)}`);
  return result;
}
