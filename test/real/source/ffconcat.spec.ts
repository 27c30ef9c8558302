/** Real ffmpeg builds open the file of the source script, with any name, and apply its options. */

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffconcat } from '../../../src/source/input/ffconcat.js';
import { BUILDS, type Ended, run } from '../ffmpeg/builds.js';

const NAMES = ["it's", "''quoted''", 'two words', '  spaces  ', 'back\\slash', '\\', 'trailing\\', '"double"', '# hash', 'tab\there',
  'ünïcödé 密🔑', '%25 per%cent', "'\\''", '$HOME `x` ;&|'];

let dir: string;
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'rxcam-ffconcat-')); });
afterAll(async () => { await rm(dir, { recursive: true, force: true }); });

/** Runs a build on a script; its stdout is one picture, if the source opens. */
function read(path: string, script: string, protocols: string): Promise<Ended> {
  return run(path, ['-hide_banner', '-nostats', '-loglevel', 'level+verbose', '-f', 'concat', '-safe', '0',
    '-protocol_whitelist', protocols, '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'], script);
}

describe.each(BUILDS)('the source script, read by the ffmpeg of $name', ({ path }) => {
  let clip: string;
  let takesOptions: boolean;
  beforeAll(async () => {
    clip = join(dir, 'clip.avi');
    const made = await run(path, ['-y', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=32x32:rate=5:duration=1', '-c:v', 'mjpeg', clip]);
    expect(made.code).toBe(0);
    const tried = await read(path, ffconcat(`file:${clip}`, { rw_timeout: 1_000_000 }, { supportsOption: true }), 'pipe,file');
    takesOptions = tried.code === 0;
  });

  it.each(NAMES)('opens a file named %j', async (name) => {
    const file = join(dir, name);
    await copyFile(clip, file);
    const { code, stdout, stderr } = await read(path, ffconcat(`file:${file}`, {}, { supportsOption: false }), 'pipe,file');
    expect(stderr.toString()).toContain("Input #0, concat, from 'pipe:0'");
    expect([code, stdout.length > 0]).toEqual([0, true]);
  });

  it('opens nothing that the whitelist does not name', async () => {
    const { code, stdout } = await read(path, ffconcat(`file:${clip}`, {}, { supportsOption: false }), 'pipe,tcp');
    expect(code).not.toBe(0);
    expect(stdout).toHaveLength(0);
  });

  it('hands options on as they are', async (context) => {
    if (!takesOptions) context.skip('this build takes no options in a script');
    const agents: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      agents.push(request.headers['user-agent']);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const { port } = server.address() as AddressInfo;
      const agent = "it's \\ \"me\" 100% # 1";
      await read(path, ffconcat(`http://127.0.0.1:${port}/x`, { user_agent: agent }, { supportsOption: true }), 'pipe,http,tcp');
      expect(new Set(agents)).toEqual(new Set([agent]));
    } finally {
      server.close();
    }
  });
});
