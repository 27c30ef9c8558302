/** The table on terminals of several kinds, each a pseudo-terminal: colours, a narrow one, one that can't move its cursor. */
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { freePort, needs, noFfmpegLeft } from '../../services/index.js';
import { MAIN, build } from './cli-program.js';

beforeAll(build);

/** The bytes that a terminal of this width gets. */
async function onTerminal(words: string, env: Record<string, string>, columns = 100): Promise<string> {
  const { stdout } = await execa('script', ['-qec', `stty cols ${columns} rows 30; node '${MAIN}' ${words}`, '/dev/null'], { env: { TERM: 'xterm-256color', NO_COLOR: '', ...env }, stdin: 'ignore', reject: false });
  return stdout;
}

needs('ffmpeg')('rxcam on a terminal', () => {
  it('draws a table in colours, none with NO_COLOR, no longer than the terminal is wide, and lines on one that is dumb', async () => {
    const words = `stream 'test:?size=64x48&fps=5&duration=1.2' rtsp://127.0.0.1:${await freePort()}/a --key gate --key away --no-retry`;
    const [coloured, plain, narrow, dumb] = await Promise.all([
      onTerminal(words, {}), onTerminal(words, { NO_COLOR: '1' }), onTerminal(words, { NO_COLOR: '1' }, 60), onTerminal(words, { TERM: 'dumb' }),
    ]);
    expect(coloured).toContain('\u001b[32mstreaming\u001b[39m');
    expect(plain).toMatch(/away +failed +the connection was refused/);
    expect([plain, narrow].map((text) => /\u001b\[3\dm/.test(text))).toEqual([false, false]);
    const rows = narrow.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '').split(/\r?\n/).filter((line) => /^(?:camera|gate|away|2 cameras) .*(?:state|streaming|failed|fps in)/.test(line));
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter((line) => line.length > 60)).toEqual([]);
    expect(dumb).not.toContain('\u001b');
    expect(dumb).toMatch(/^\d\d:\d\d:\d\d ERROR away failed attempt=1 error="/m);
    await noFfmpegLeft();
  }, 60_000);
});
