/** `rxcam … | head -1`: every command that prints ends quietly when its reader has gone, as a user types it. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { needs, noFfmpegLeft, sharedRedis, temporaryFolder } from '../../services/index.js';
import { MAIN, build, run } from './cli-program.js';
import { pageIsBuilt } from './dashboard-kit.js';

beforeAll(build);

/** Its exit code, and what it said on stderr. */
async function piped(words: string): Promise<{ code: number; said: string }> {
  const { stdout, stderr } = await execa('bash', ['-c', `node '${MAIN}' ${words} | head -1 > /dev/null; echo \${PIPESTATUS[0]}`], { reject: false });
  return { code: Number(stdout), said: stderr };
}

/** Log lines while cameras stream are not complaints about the reader. */
const withoutLog = (said: string) => said.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":')).join('\n');

needs('ffmpeg', 'redis')('rxcam … | head -1', () => {
  const folder = temporaryFolder('pipes');
  let at: string;
  let fleet: string;
  beforeAll(async () => {
    await pageIsBuilt(MAIN.replace('cli/main.js', 'dashboard/dashboard-page'));
    const { url } = await sharedRedis();
    at = `${url}/pipes-${randomUUID()}`;
    fleet = `--to ${url} --fleet pipes-${randomUUID()}`;
    const sent = await run(['stream', 'test:?size=64x48&fps=25&duration=2', '--pace', 'asap', '--mode', 'stream', '--gop', '10', '--key', 'gate', '--to', at, '--quiet']);
    expect(sent.exitCode).toBe(0);
    writeFileSync(join(folder, 'cameras.json'), JSON.stringify({
      brokers: { here: 'memory:' }, defaults: { pipeline: ['encodeH265', 'toMessage', { publish: { topic: 'video' } }] },
      cameras: Object.fromEntries(['gate', 'yard', 'roof'].map((key) => [key, { source: 'test:?size=64x48&fps=25&duration=1', pace: 'asap', retry: false }])),
    }));
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ brokers: {}, cameras: { gate: { sorce: 1, pipelin: 2 } } }));
  }, 60_000);

  it.each<[() => string, number]>([
    [() => '--help', 0], [() => 'stream --help', 0], [() => '--version', 0],
    [() => "stream 'test:?size=64x48&fps=25&duration=1' 'test:?size=80x48&fps=25&duration=1' --pace asap", 0],
    [() => `read ${at} --from earliest --to latest`, 0], [() => `read ${at} --from earliest --to latest --json`, 0], [() => `read ${at} --from earliest`, 0],
    [() => `verify ${at} --from earliest`, 0], [() => `record ${at} ${join(folder, 'recordings')} --from earliest --to latest`, 0],
    [() => `clip ${at} ${join(folder, 'clip.mp4')} --key gate --from 10m --to 0s`, 0], [() => `play ${at} --key gate --from earliest --to latest --stdout`, 0],
    [() => "probe 'test:?size=64x48&duration=1'", 0], [() => "probe 'test:?size=64x48&duration=1' --json", 0], [() => "snapshot 'test:?size=320x240'", 0],
    [() => 'doctor', 0], [() => 'doctor --json', 0], [() => `check ${join(folder, 'cameras.json')}`, 0], [() => `check ${join(folder, 'wrong.json')} --json`, 2],
    [() => `run ${join(folder, 'cameras.json')}`, 0], [() => `run ${join(folder, 'cameras.json')} --dashboard 0`, 0],
    [() => `fleet apply ${join(folder, 'cameras.json')} ${fleet}`, 0], [() => `fleet list ${fleet}`, 0], [() => `fleet status ${fleet}`, 0], [() => `fleet status --json ${fleet}`, 0],
  ])('%s', async (words, code) => {
    const ended = await piped(words());
    expect([withoutLog(ended.said).replace(/^dashboard: .*$/m, ''), ended.code]).toEqual(['', code]);
  }, 60_000);

  it('ends, and says why it was late, though something was left open', async () => {
    const held = 'data:text/javascript,import("node:net").then((net) => net.createServer().listen(0))';
    const { exitCode, stderr } = await execa('node', [`--import=${held}`, MAIN, 'check', join(folder, 'none.yaml')], { reject: false });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('rxcam: ended with open handles: TCPServerWrap') as string]);
  });

  it('leaves no process behind', async () => { await noFfmpegLeft(); });
});
