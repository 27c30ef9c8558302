/** docs/reference/own-source.md: a camera reads MPEG-TS from a real socket through its source. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { firstValueFrom, lastValueFrom, of, take, toArray } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Source, camera, findFfmpeg } from '../../../src/index.js';
import { needs, noFfmpegLeft } from '../../services/index.js';
import { examplesOf } from '../../unit/doc-examples.js';

const examples = examplesOf('reference/own-source.md');

needs('ffmpeg')('a camera and the source of the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxcam-own-source-'));
  const clip = join(folder, 'clip.ts');
  const server = createServer((socket) => { socket.on('error', () => undefined).end(readFileSync(clip)); });
  let own: (port: number) => Source;

  beforeAll(async () => {
    const { path } = await firstValueFrom(findFfmpeg());
    await execa(path, ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=2', '-c:v', 'mpeg2video', '-f', 'mpegts', clip]);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { TcpSource } = await import(examples['tcp-source.ts'] ?? '') as { TcpSource: new (host: string, port: number) => Source };
    own = (port) => new TcpSource('127.0.0.1', port);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const port = () => (server.address() as AddressInfo).port;

  it('gives its pictures, and ends as a live source does', async () => {
    const gate = camera(own(port()), { key: 'gate' });
    const error = await lastValueFrom(gate).then(() => undefined, (reason: unknown) => reason as { code: string; message: string });
    expect(error?.code).toBe('STREAM_ENDED');
    expect(error?.message).toContain('tcp://127.0.0.1:');
    expect(gate.stats.captured).toBe(20);
    const pictures = await lastValueFrom(camera(own(port())).pipe(take(5), toArray()));
    expect(pictures.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    await noFfmpegLeft();
  });

  it('lets ffmpeg use no protocol that it does not name', async () => {
    const { kind, address, live, endless, remote, secrets } = own(port());
    const input = { options: ['-f', 'mpegts'], protocols: [], url: address };
    const closed = camera({ kind, address, live, endless, remote, secrets, prepare: () => of({ type: 'input', input } as const) });
    await expect(lastValueFrom(closed)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    await noFfmpegLeft();
  });
});
