/** Names of files from users and cameras: an existing file is read as a file, and a name is not a pattern. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { camera } from '../../src/index.js';
import { fieldInput, needs, temporaryFolder, threeQuestions } from '../services/index.js';

const FRAMES = 5;

needs('ffmpeg')('names', () => {
  const before = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder('names');
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  async function pictures(name: string): Promise<number> {
    const gate = camera(name);
    const frames = await lastValueFrom(gate.pipe(toArray()));
    await threeQuestions({ stats: gate.stats });
    return frames.length;
  }

  it.each([
    'cam:1.mp4', '-i.mp4', 'shot%d.mp4', "it's.mp4", 'a b|c.mp4', 'concat:a.mp4', 'a\nb.mp4', '*?[x].mp4', '"q".mp4', 'video=x.mp4',
  ])('%j is a file if a file of that name exists', async (name) => {
    copyFileSync(await fieldInput('big-2mp.mp4'), join(folder, name));
    expect(await pictures(name)).toBe(FRAMES);
  });

  it.each(['shot%d.jpg', 'shot%03d.jpg', 'shot%%.jpg', 'shot*.jpg', 'shot%*.jpg'])('the picture %j is one picture, not a series', async (name) => {
    copyFileSync(await fieldInput('still.jpg'), join(folder, name));
    copyFileSync(await fieldInput('still.jpg'), join(folder, 'shot1.jpg'));
    expect(await pictures(name)).toBe(1);
    rmSync(join(folder, name));
    await expect(pictures(name)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });

  it('/dev/shm is a folder like any other', async () => {
    const name = `/dev/shm/rxcam ${process.pid}.mp4`;
    const plain = `/dev/shm/rxcam-${process.pid}.mp4`;
    for (const one of [name, plain]) {
      copyFileSync(await fieldInput('big-2mp.mp4'), one);
      try {
        expect(await pictures(one)).toBe(FRAMES);
      } finally {
        rmSync(one);
      }
    }
    await expect(pictures(plain)).rejects.toThrow('no such file');
  });

  it.each(['cam:1.mp4', 'concat:a|b.mp4', 'ftp://host/a.mp4'])('%j that does not exist may be a file: the message shows how to write it', (name) => {
    expect(() => camera(name)).toThrow('./ before the name of a file');
  });
});
