/** The input files of the field tests: each has the properties that its name states. */
import { expect, it } from 'vitest';
import { fieldHls, fieldInput, fieldJpegs, needs, probeStream, startOddHls, startOddHttp, startOddRtsp } from '../services/index.js';

needs('ffmpeg')('inputs of the field', () => {
  it.each([
    ['big-3mp.mp4', { width: 2304, height: 1296 }], ['amg8x8.mkv', { width: 8, height: 8 }], ['recorder1k.webm', { codec_name: 'vp8' }],
    ['dv-ntsc.avi', { pix_fmt: 'yuv411p' }], ['svq1-410.mov', { pix_fmt: 'yuv410p' }], ['grey-libx265.mp4', { pix_fmt: 'gray' }],
    ['anamorphic.mp4', { sample_aspect_ratio: '16:11' }], ['cut14.mp4', {}], ['twopps.mp4', { codec_name: 'h264' }], ['song.mp3', {}],
  ] as const)('%s is made', async (name, expected) => {
    const stream = await probeStream(await fieldInput(name));
    expect(stream).toMatchObject(expected);
  });
});

needs('ffmpeg', 'python')('odd servers', () => {
  it('start, and end', async () => {
    const servers = [
      await startOddRtsp({ file: await fieldInput('gop50.h264') }),
      await startOddHttp({ mode: 'mjpeg', files: await fieldJpegs(), head: 'HTTP/1.0 200 OK\r\n\r\n' }),
      await startOddHls(await fieldHls()),
    ];
    await Promise.all(servers.map((one) => one.stop()));
    expect(servers.map((one) => one.port > 0)).toEqual([true, true, true]);
  });
});
