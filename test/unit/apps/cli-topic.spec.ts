/** How `rxcam record`, `rxcam clip` and `rxcam play` parse words, and report recordings. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/apps/cli/arguments/arguments.js';
import { CLIP_FLAGS } from '../../../src/apps/cli/flags/index.js';
import type { ReaderArguments } from '../../../src/apps/cli/arguments/read-arguments.js';
import { clipLines, recordedLine, recordingLine } from '../../../src/apps/cli/read/lines.js';
import { membersOf } from '../interfaces.js';

const URL = 'kafka://localhost/video';

describe('rxcam record', () => {
  it('takes a folder, and all that record takes', () => {
    expect(parsed('record', URL, 'recordings')).toMatchObject({ command: 'record', folder: 'recordings', record: {}, subscribe: {} });
    const words = ['--every', '10m', '--gap', '2s', '--keep-bytes', '2GB', '--keep-for', '7d', '--hls', '--key', 'gate', '--from', 'last:9', '--to', 'latest'];
    expect(parsed('record', URL, 'recordings', ...words)).toMatchObject({
      subscribe: { key: 'gate', from: { last: 9 }, to: 'latest' },
      record: { every: 600_000, gapMs: 2_000, keep: { bytes: 2e9, ms: 604_800_000 }, hls: true },
    });
  });

  it.each([[[]], [['folder', '--every', '10']], [['folder', '--keep-bytes', 'many']], [['folder', '--verify']]])('refuses %j', (words) => {
    expect(refusal('record', URL, ...words)).toMatch(/missing required argument 'folder'|Expected|unknown option/);
  });
});

describe('rxcam clip', () => {
  it('ends now by default', () => {
    const now = Date.now();
    const { clip } = parsed('clip', URL, 'gate.mp4', '--key', 'gate', '--from', '10m') as Extract<ReaderArguments, { command: 'clip' }>;
    expect(clip).toMatchObject({ file: 'gate.mp4', key: 'gate' });
    expect(Number(clip.to)).toBeGreaterThanOrEqual(now);
    expect(Number(clip.to) - Number(clip.from)).toBeGreaterThanOrEqual(599_000);
  });

  it('has a flag for each option of clip that words can give', () => {
    const sets = CLIP_FLAGS.flatMap(({ flags }) => flags).map((flag) => flag.sets);
    expect(membersOf('src/apps/clip.ts', 'ClipConfig').filter((name) => !['topic', 'file', 'signal'].includes(name) && !sets.includes(`clip.${name}`))).toEqual([]);
  });

  it.each([[[]], [['gate.mp4', '--from', 'earliest']], [['gate.mp4', '--to', 'offset:3']]])('refuses %j', (words) => {
    expect(refusal('clip', URL, ...words)).toMatch(/missing required argument 'file'|Expected a date/);
  });
});

describe('rxcam play', () => {
  it('shows a window, or writes to stdout', () => {
    expect(parsed('play', URL)).toMatchObject({ command: 'play', isPiped: false });
    expect(parsed('play', URL, '--stdout', '--from', '10m').command).toBe('play');
    expect(parsed('play', URL, '--stdout')).toMatchObject({ isPiped: true });
  });
});

it.each(['read', 'verify', 'record', 'clip', 'play'])('rxcam %s --help shows each flag, and what its exit codes mean', (command) => {
  let shown = '';
  expect(parseArguments([command, '--help'], { out: (text) => { shown += text; }, error: () => undefined })).toBe(0);
  expect(shown).toMatch(/--key <key>[^]*--from <[^]*--to <[^]*--log-level[^]*Exit code/);
  expect(shown).toContain(`rxcam ${command} `);
});

describe('a line of a recording', () => {
  const of = { topic: 'video', key: 'gate', camera: 'gate' };
  const whole = { codec: 'h265' as const, width: 640, height: 360, from: 0, to: 1_960, durationMs: 2_000, pictures: 50, bytes: 123_000 };

  it('says what was written, and what is missing', () => {
    expect(recordedLine({ type: 'opened', ...of, file: 'r/gate/a.mp4', from: 0 })).toBe('1970-01-01T00:00:00.000Z gate opened r/gate/a.mp4\n');
    expect(recordedLine({ type: 'closed', ...of, file: 'r/gate/a.mp4', ...whole, reason: 'period' }))
      .toBe('1970-01-01T00:00:01.960Z gate closed r/gate/a.mp4: 50 pictures in 2.0 s (123.0 kB), period\n');
    expect(recordedLine({ type: 'gap', ...of, cause: 'lost', size: 3, from: 1_960 }))
      .toBe('1970-01-01T00:00:01.960Z gate 3 missing, lost after 1970-01-01T00:00:01.960Z\n');
    expect(recordedLine({ type: 'removed', file: 'r/gate/\u001b.mp4', bytes: 5_000 })).toBe('removed r/gate/?.mp4 (5.0 kB)\n');
  });

  it('sums up', () => {
    const summary = { received: 50, bytes: 120_000, expired: 0, failures: 0 };
    expect(recordingLine({ files: 2, pictures: 50, fileBytes: 123_000 }, summary)).toBe('2 files, 50 pictures (123.0 kB); 50 messages (120.0 kB)\n');
    expect(clipLines({ file: 'gate.mp4', ...whole, gaps: [{ cause: 'dropped', size: 2, from: 40 }] })).toBe(
      'gate.mp4: h265 640x360, 50 pictures in 2.0 s (123.0 kB), from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.960Z\n'
      + '2 missing, dropped after 1970-01-01T00:00:00.040Z\n');
  });
});

function parsed(...words: string[]): ReaderArguments {
  const result = parseArguments(words, { out: () => undefined, error: (text) => { throw new Error(text); } });
  if (typeof result === 'number' || !('subscribe' in result)) throw new Error(`no command on a topic: ${JSON.stringify(result)}`);
  return result;
}

function refusal(...words: string[]): string {
  const said: string[] = [];
  expect(parseArguments(words, { out: () => undefined, error: (text) => { said.push(text); } })).toBe(2);
  return said.join('');
}
