/** Servers that send a file a few bytes at a time, without end: a download has a lowest rate, measured over a minute of waiting for the server. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { build, countsOf, endAll, run } from '../real/apps/cli-program.js';
import { type HttpServer, fieldInput, needs, startHttpServer, temporaryFolder, threeQuestions } from '../services/index.js';

/** Factor by which the program's clock is faster: its minute takes three seconds. */
const SPEED = 20;
const FAST_CLOCK = fileURLToPath(new URL('fixtures/fast-clock.mjs', import.meta.url));
const EVERY_MS = 25;

let server: HttpServer | undefined;
beforeAll(build);
afterEach(async () => {
  await endAll();
  await server?.stop();
  await threeQuestions({});
});

/** Reads a file from a server at this rate, in bytes per second of the program's clock, and returns the result. */
async function downloaded(bytesPerSecond: number, ...words: string[]) {
  const content = readFileSync(await fieldInput('lepton80x60.mp4'));
  server = await startHttpServer({
    '/a.mp4': (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': content.length });
      let sent = 0;
      const begun = performance.now();
      // By the clock, because the timers of a busy machine are late.
      const timer = setInterval(() => {
        const due = Math.min(content.length, Math.ceil(bytesPerSecond * SPEED * (performance.now() - begun) / 1_000));
        response.write(content.subarray(sent, due));
        sent = due;
        if (sent < content.length) return;
        clearInterval(timer);
        response.end();
      }, EVERY_MS);
      response.once('close', () => { clearInterval(timer); });
    },
  });
  const ended = await run(
    ['stream', server.urlOf('/a.mp4'), '--no-retry', '--cache-dir', temporaryFolder('drip'), '--json', ...words],
    { nodeOptions: ['--import', FAST_CLOCK], env: { RXCAM_TEST_SPEED: String(SPEED) } },
  );
  return { ...ended, requests: server.requests.length, seconds: content.length / bytesPerSecond };
}

needs('ffmpeg')('a slow download', () => {
  it('fails after a minute below a kilobyte a second, and the error states the rate and the option', async () => {
    const { stderr, exitCode, seconds } = await downloaded(30);
    expect(seconds).toBeGreaterThan(90);
    expect(stderr).toMatch(/SOURCE_TIMEOUT.*sends \d\d bytes a second; at least 1000 are required \(minDownloadBytesPerSecond\)/);
    expect(exitCode).not.toBe(0);
  });

  it.each([['that is allowed', '40'], ['when any is', '0']])('at a rate %s plays without a time limit', async (_, lowest) => {
    const ended = await downloaded(70, '--min-download-rate', lowest);
    expect(ended.seconds).toBeGreaterThan(60);
    expect(ended.exitCode).toBe(0);
    expect(countsOf(ended)).toMatchObject({ captured: 9, published: 9 });
  });

  it('at a rate below the requested one fails too', async () => {
    // Twice a minute's worth: a busy program reads late, and the time that it takes itself does not count.
    const { stderr } = await downloaded(30, '--min-download-rate', '500');
    expect(stderr).toMatch(/at least 500 are required \(minDownloadBytesPerSecond\)/);
  });
});
