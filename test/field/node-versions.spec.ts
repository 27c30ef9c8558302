/** Each release of Node that rxcam supports: the command line works, and its log has one JSON object on each line. */
import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { MAIN, build, countsOf } from '../real/apps/cli-program.js';
import { NODE_RELEASES, nodeOf } from '../services/cache.mjs';
import { needs, noFfmpegLeft, sharedKafka, sharedRedis } from '../services/index.js';

needs('ffmpeg', 'kafka', 'redis', 'nodes').each(NODE_RELEASES.map((release) => [release, nodeOf(release)] as const))('Node %s', (release, node) => {
  beforeAll(build);

  it.each(['kafka', 'redis'] as const)('publishes pictures to %s, and prints only JSON on stderr', async (kind) => {
    const { url } = kind === 'kafka' ? await sharedKafka() : await sharedRedis();
    const target = `${url}/nodes-${randomUUID()}`;
    // Four seconds: within these, a timer with a time in the past has printed its warning.
    const words = ['stream', 'test:?size=64x48&fps=5', '--frames', '20', '--to', target, '--json'];
    const ended = await execa(node, [MAIN, ...words], { reject: false, stdin: 'ignore' });
    expect(ended.exitCode).toBe(0);
    expect(countsOf({ exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr })).toMatchObject({ published: 20, reconnects: 0 });
    const lines = ended.stderr.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { level: number; msg: string });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter(({ level }) => level >= 40).map(({ msg }) => msg)).toEqual([]);
    await noFfmpegLeft();
  });

  it('is the expected release', async () => {
    expect((await execa(node, ['--version'])).stdout).toMatch(new RegExp(`^v${release}[.]`));
  });
});
