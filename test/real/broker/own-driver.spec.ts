/** docs/reference/own-driver.md: its driver passes the conformance suite as the page runs it, and brings a camera's frames to a file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { camera, encodeH265, publish, toMessage, type Broker } from '../../../src/index.js';
import { needs, noFfmpegLeft } from '../../services/index.js';
import { examplesOf } from '../../unit/doc-examples.js';

const examples = examplesOf('reference/own-driver.md');
const driver = examples['ndjson.ts'] ?? '';
const suite = examples['ndjson.test.ts'] ?? '';

describe('the driver of the page', () => {
  it('has about fifty lines', () => {
    expect(readFileSync(driver, 'utf8').split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(55);
  });
});

describe('the conformance suite of the page', async () => {
  // The page runs its checks with Node's own runner; here vitest runs them.
  writeFileSync(suite, readFileSync(suite, 'utf8').replace("from 'node:test'", "from 'vitest'"));
  await import(suite);
});

needs('ffmpeg')('a camera and the driver of the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxcam-ndjson-'));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('writes a line for each frame, whole', async () => {
    const { ndjson } = await import(driver) as { ndjson: (folder: string) => Broker };
    const broker = ndjson(folder);
    const gate = camera('test:?size=64x48&fps=10&duration=1', { pace: 'asap', key: 'gate' });
    const acks = await lastValueFrom(gate.pipe(encodeH265(), toMessage(), publish(broker, { topic: 'video' }), toArray()));
    expect(await broker.close()).toMatchObject({ unsent: 0 });
    const lines = readFileSync(join(folder, 'video.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { key: string; value: string; headers: Record<string, string> });
    expect(lines).toHaveLength(10);
    expect(acks.map(({ inputOrder }) => String(inputOrder))).toEqual(lines.map(({ headers }) => headers['ce_inputorder']));
    expect(acks.map(({ bytes }) => bytes)).toEqual(lines.map(({ value }) => Buffer.from(value, 'base64').length));
    expect(gate.stats).toMatchObject({ captured: 10, published: 10, inFlight: 0 });
    expect(() => publish(broker, { topic: '../x' })).toThrow(/is closed|expected letters/);
    await noFfmpegLeft();
  });
});
