/** The files that a playlist may open: from the network no file of this machine, on the disk only files in its own folder. */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CameraConfig, type Frame } from '../../src/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { type HttpServer, fieldInput, http, needs, startHttpServer, temporaryFolder } from '../services/index.js';
import { play } from './played.js';

let server: HttpServer;
let folder: string;
let local: string;
const before = { ...process.env };
beforeAll(async () => { local = await fieldInput('gop50.ts'); });
beforeEach(async () => {
  server = await startHttpServer();
  folder = temporaryFolder('playlists');
});
afterEach(async () => {
  process.env = { ...before };
  await server.stop();
});

const QUICK: CameraConfig = { connectTimeoutMs: 4_000, firstFrameTimeoutMs: 4_000, readWindowMs: 500 };
const hls = (file: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${file}\n#EXT-X-ENDLIST\n`;
const LISTS: readonly (readonly [string, (file: string) => string])[] = [
  ['HLS', hls],
  ['HLS with file:', (file) => hls(`file://${file}`)],
  ['HLS after an ID3 tag', (file) => `ID3\x03\0\0\0\0\0\x0a${'\0'.repeat(10)}${hls(file)}`],
  ['HLS after a thousand spaces', (file) => ' '.repeat(1_000) + hls(file)],
  ['HLS after a byte-order mark', (file) => `\u00ef\u00bb\u00bf${hls(file)}`],
  ['HLS with a local key', (file) => hls('seg.ts').replace('#EXTINF', `#EXT-X-KEY:METHOD=AES-128,URI="file://${file}"\n#EXTINF`)],
  ['DASH', (file) => `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp2t"><Representation id="1" bandwidth="1" width="320" height="240"><BaseURL>file://${file}</BaseURL><SegmentList duration="2"><SegmentURL media="file://${file}"/></SegmentList></Representation></AdaptationSet></Period></MPD>`],
  ['concat', (file) => `ffconcat version 1.0\nfile '${file}'\n`],
  ['SDP', () => 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'],
  ['SMIL', (file) => `<smil><body><video src="${file}"/></body></smil>`],
  ['a QuickTime reference', (file) => `RTSPtextRTSP://127.0.0.1${file}`],
];

needs('ffmpeg').each(BUILDS)('a remote playlist, with the ffmpeg of $name', ({ path }) => {
  it.each(LISTS)('%s opens no local file, under any name on the server', async (_, list) => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    const text = Buffer.from(list(local), 'latin1');
    Object.assign(server.routes, {
      '/clip.mp4': http.body(text, 'video/mp4'), '/live.m3u8': http.body(text, 'application/vnd.apple.mpegurl'),
      '/stream': (_request: unknown, response: ServerResponse) => { response.writeHead(200, { 'Content-Type': 'video/mp2t' }).end(text); },
    });
    for (const address of ['/clip.mp4', '/live.m3u8', '/stream']) {
      const { stats, error } = await play<Frame>(server.urlOf(address), (gate) => gate, { ...QUICK, cacheDir: join(folder, 'cache') });
      expect([address, stats.captured]).toEqual([address, 0]);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(NO_VIDEO|DECODE_FAILED|SOURCE_REFUSED|SOURCE_NOT_FOUND|STREAM_ENDED|SOURCE_TIMEOUT)$/) as string });
    }
  });
});

const lists = describe.each(BUILDS);
lists('a local playlist, with the ffmpeg of $name', ({ path }) => {
  const listAt = (name: string, text: string) => {
    mkdirSync(join(folder, 'own'), { recursive: true });
    const file = join(folder, 'own', name);
    writeFileSync(file, text);
    return file;
  };
  const played = async (file: string, config: CameraConfig = {}) => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    return play<Frame>(file, (gate) => gate, { firstFrameTimeoutMs: 20_000, ...config });
  };

  it.each([['HLS', hls, 'a.m3u8'], ['concat', (file: string) => `ffconcat version 1.0\nfile '${file}'\n`, 'a.ffconcat']] as const)('of %s plays files in its folder', async (_, list, name) => {
    const file = listAt(name, list('clip.ts'));
    copyFileSync(local, join(folder, 'own', 'clip.ts'));
    const { values, error } = await played(file);
    expect(error).toBeUndefined();
    expect(values).toHaveLength(200);
  });

  it('plays files in its folder by their absolute path', async () => {
    const file = listAt('a.m3u8', hls(join(folder, 'own', 'clip.ts')));
    copyFileSync(local, join(folder, 'own', 'clip.ts'));
    expect((await played(file)).values).toHaveLength(200);
  });

  it.each([
    ['by its absolute path', () => local], ['above it', () => '../clip.ts'], ['by a link', () => 'link.ts'], ['by file:', () => `file://${local}`],
  ])('opens nothing outside its folder, %s, unless it is allowed to', async (_, named) => {
    copyFileSync(local, join(folder, 'clip.ts'));
    const file = listAt('a.m3u8', hls(named()));
    symlinkSync(local, join(folder, 'own', 'link.ts'));
    const { values, error } = await played(file);
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: expect.stringMatching(/^(SOURCE_REFUSED|DECODE_FAILED|SOURCE_NOT_FOUND)$/) as string });
    expect((await played(file, { allowLocalPlaylists: true })).values).toHaveLength(200);
  });
});
