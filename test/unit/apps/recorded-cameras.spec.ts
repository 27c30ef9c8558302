/** Which cameras a recorder reports to `rxcam health`. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/apps/cli/arguments/arguments.js';
import { RecordedCameras } from '../../../src/apps/cli/read/recorded-cameras.js';
import type { Recorded } from '../../../src/consumer/index.js';

const SILENT_MS = 1_000;
const placeOf = (camera: string, key: string | undefined = camera) => ({ topic: 'video', key, camera });
const opened = (camera: string, file: string): Recorded => ({ type: 'opened', ...placeOf(camera), file, from: 0 });
const closed = (camera: string, file: string): Recorded => ({
  type: 'closed', ...placeOf(camera), file, codec: 'h265', width: 64, height: 48, from: 0, to: 1, durationMs: 1, pictures: 1, bytes: 1, reason: 'period',
});
const recorder = (expected: string | undefined = 'video') => new RecordedCameras({ expected, silentMs: SILENT_MS });

describe('the cameras of a recorder', () => {
  it('are those expected, until a picture has arrived', () => {
    expect(recorder('gate').states(0)).toEqual([{ camera: 'gate', state: 'waiting' }]);
  });

  it('are streaming while a file is open, and silent after the limit', () => {
    const cameras = recorder();
    cameras.arrived(placeOf('gate'), 0);
    expect(cameras.states(1)).toEqual([{ camera: 'gate', state: 'waiting' }]);
    cameras.reported(opened('gate', 'a.mp4'), 1);
    expect(cameras.states(SILENT_MS)).toEqual([{ camera: 'gate', state: 'streaming' }]);
    expect(cameras.states(SILENT_MS + 1)).toEqual([{ camera: 'gate', state: 'silent' }]);
    cameras.arrived(placeOf('gate'), SILENT_MS + 2);
    expect(cameras.states(SILENT_MS + 2)).toEqual([{ camera: 'gate', state: 'streaming' }]);
  });

  it('stay streaming where the next file is opened before the last one is complete', () => {
    const cameras = recorder();
    cameras.arrived(placeOf('gate'), 0);
    for (const event of [opened('gate', 'a.mp4'), opened('gate', 'b.mp4'), closed('gate', 'a.mp4')]) cameras.reported(event, 0);
    expect(cameras.states(0)).toEqual([{ camera: 'gate', state: 'streaming' }]);
    cameras.reported(closed('gate', 'b.mp4'), 0);
    expect(cameras.states(0)).toEqual([{ camera: 'gate', state: 'waiting' }]);
  });

  it('are judged one by one, and named by their key', () => {
    const cameras = recorder();
    cameras.arrived(placeOf('1', 'gate'), 0);
    cameras.arrived(placeOf('2', 'yard'), 600);
    cameras.arrived(placeOf('3', undefined), 600);
    expect(cameras.states(1_100)).toEqual([{ camera: 'gate', state: 'silent' }, { camera: 'yard', state: 'waiting' }, { camera: '3', state: 'waiting' }]);
  });

  it('are only those that are received, in a group', () => {
    const cameras = new RecordedCameras({ expected: undefined, silentMs: SILENT_MS });
    expect(cameras.states(0)).toEqual([]);
    cameras.arrived(placeOf('gate'), 0);
    cameras.arrived(placeOf('yard'), 600);
    expect(cameras.states(1_100)).toEqual([{ camera: 'yard', state: 'waiting' }]);
  });
});

describe('--silent-after', () => {
  const parsed = (...words: string[]) => parseArguments(['record', 'redis://localhost/video', 'recordings', ...words], { out: () => undefined, error: () => undefined });

  it('is a duration, by default a minute', () => {
    expect(parsed()).toMatchObject({ program: { silentMs: 60_000 } });
    expect(parsed('--silent-after', '5m')).toMatchObject({ program: { silentMs: 300_000 } });
  });

  it('refuses what is none', () => {
    expect(parsed('--silent-after', '5')).toBe(2);
    expect(() => parsed('--silent-after', '0s')).toThrow("read: option 'silentMs'");
  });
});
