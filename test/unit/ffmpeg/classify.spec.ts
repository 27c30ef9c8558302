/** Why ffmpeg ended: last lines from real runs of 5.1 and of the build from 2018, and what they mean. */

import { describe, expect, it } from 'vitest';
import { classifyExit, type Exit } from '../../../src/ffmpeg/process/classify.js';

function verdict(tail: string, more: Partial<Exit> = {}): { code: string; reason: string } {
  return classifyExit({
    code: 1, signal: null, tail: tail.split('\n'), sawConnection: true, sawFrame: false, live: false, ...more,
  });
}

describe('classifyExit', () => {
  it("gives x265's own reason", () => {
    expect(verdict(`x265 [warning]: Too few rows/columns, --wpp disabled
x265 [warning]: level 5 detected, but CTU size 16 is non-compliant
[libx265 @ 0x5570c0b4a580] [error] Cannot open libx265 encoder.
[error] Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0`)).toEqual({
      code: 'ENCODER_FAILED',
      reason: 'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 (x265: level 5 detected, but CTU size 16 is non-compliant)',
    });
  });

  it.each([
    ['a refused connection', 'SOURCE_REFUSED', `[tcp @ 0x55] [error] Connection to tcp://127.0.0.1:1?timeout=0 failed: Connection refused
[concat @ 0x55] [error] Impossible to open 'rtsp://127.0.0.1:1/x'
[AVIOContext @ 0x55] [verbose] Statistics: 49 bytes read, 0 seeks
[error] pipe:0: Connection refused`],
    ['a name that is not known', 'SOURCE_REFUSED', `[tcp @ 0x55] [error] Failed to resolve hostname nohost.invalid: Name or service not known
[error] http://nohost.invalid/x: Input/output error`],
    ['an unreachable host', 'SOURCE_REFUSED', '[error] rtsp://10.0.0.1/x: No route to host'],
    ['a server in trouble', 'SOURCE_REFUSED', `[http @ 0x55] [warning] HTTP error 500 Internal Server Error
[error] http://127.0.0.1:18999/500: Server returned 5XX Server Error reply`],
    ['a time-out', 'SOURCE_TIMEOUT', `[tcp @ 0x55] [error] Connection to tcp://10.255.255.1:554?timeout=3000000 failed: Connection timed out
[error] rtsp://10.255.255.1/x: Connection timed out`],
    ['a time-out in the middle of an operation', 'SOURCE_TIMEOUT', '[error] pipe:0: Operation timed out'],
    ['missing credentials over HTTP', 'SOURCE_UNAUTHORIZED', `[http @ 0x55] [warning] HTTP error 401 Unauthorized
[error] http://127.0.0.1:18999/401: Server returned 401 Unauthorized (authorization failed)`],
    ['wrong credentials over RTSP', 'SOURCE_UNAUTHORIZED', `[rtsp @ 0x55] [error] method DESCRIBE failed: 401 Unauthorized
[error] pipe:0: Server returned 401 Unauthorized (authorization failed)`],
    ['a forbidden address', 'SOURCE_UNAUTHORIZED', `[http @ 0x55] [warning] HTTP error 403 Forbidden
[error] http://127.0.0.1:18999/403: Server returned 403 Forbidden (access denied)`],
    ['a missing page', 'SOURCE_NOT_FOUND', `[http @ 0x55] [warning] HTTP error 404 Not Found
[concat @ 0x55] [error] Impossible to open 'http://127.0.0.1:18999/404'
[error] pipe:0: Server returned 404 Not Found`],
    ['a missing RTSP stream', 'SOURCE_NOT_FOUND', `[rtsp @ 0x55] [error] method DESCRIBE failed: 404 Not Found
[error] pipe:0: Server returned 404 Not Found`],
    ['a missing file', 'SOURCE_NOT_FOUND', '[error] missing.mp4: No such file or directory'],
    ['a directory', 'SOURCE_NOT_FOUND', '[error] /tmp: Is a directory'],
    ['a file of text', 'DECODE_FAILED', '[error] text.txt: Invalid data found when processing input'],
    ['a file cut short', 'DECODE_FAILED', `[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] [error] moov atom not found
[error] cut.mp4: Invalid data found when processing input`],
    ['a file of sound', 'NO_VIDEO', `[info] Input #0, wav, from 'audio.wav':
[fatal] Stream specifier ':v' in filtergraph description [0:v]split[b][a] matches no streams.
[AVIOContext @ 0x55] [verbose] Statistics: 153814 bytes read, 1 seeks`],
    ['an encoder that this ffmpeg does not have', 'ENCODER_FAILED', "[fatal] Unknown encoder 'hevc_nvenc'"],
    ['an encoder with bad options', 'ENCODER_FAILED', `x265 [error]: Valid quality based range: -qpBDOffsetY to 51
[libx265 @ 0x55] [error] Cannot open libx265 encoder.
[error] Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height
[info] Conversion failed!`],
    ['hardware that is not there', 'ENCODER_FAILED', `[hevc_nvenc @ 0x55] [error] Cannot load libcuda.so.1
[error] Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height`],
    ['a driver that is not there', 'ENCODER_FAILED', `[AVHWDeviceContext @ 0x55] [error] No VA display found for device /dev/dri/renderD128.
[error] Device creation failed: -22.
[fatal] Error parsing global options: Invalid argument`],
    ['a server that refuses in words of its own', 'SOURCE_REFUSED', '[error] pipe:0: Server returned 4XX Client Error, but not one of 40{0,1,3,4}'],
    ['nothing known', 'CAPTURE_CRASHED', '[error] something that has never been seen'],
  ] as const)('%s: %s', (_, code, tail) => {
    expect(verdict(tail).code).toBe(code);
  });

  it('calls a live source refused that hung up before it had described itself, and rubbish what came after', () => {
    const tail = '[error] pipe:0: Invalid data found when processing input';
    expect(verdict(tail, { live: true, sawConnection: false }).code).toBe('SOURCE_REFUSED');
    expect(verdict(tail, { live: true }).code).toBe('DECODE_FAILED');
    expect(verdict(tail, { sawConnection: false }).code).toBe('DECODE_FAILED');
  });

  it('gives a killed process no reason that is none', () => {
    const killed = { code: null, signal: 'SIGKILL' } as const;
    expect(verdict('  cpb: bitrate max/min/avg: 0/0/0 buffer size: 0', killed).reason).toBe('ffmpeg was ended by SIGKILL');
    expect(verdict('[error] out of memory\n  cpb: bitrate', killed).reason).toBe('ffmpeg was ended by SIGKILL: out of memory');
  });

  it('gives the line that says why, without its level', () => {
    expect(verdict('[a @ 0x1] [warning] HTTP error 404 Not Found\n[error] pipe:0: Server returned 404 Not Found').reason)
      .toBe('pipe:0: Server returned 404 Not Found');
  });

  it('treats a signal as a crash, with any output', () => {
    expect(verdict('[error] x: Connection refused', { code: null, signal: 'SIGSEGV' }))
      .toMatchObject({ code: 'CAPTURE_CRASHED', reason: expect.stringContaining('SIGSEGV') as string });
  });

  it('takes a live source that breaks after frames for its end', () => {
    const seen = { live: true, sawFrame: true };
    expect(verdict('[error] pipe:0: Connection reset by peer', seen).code).toBe('STREAM_ENDED');
    expect(verdict('[error] pipe:0: Connection timed out', seen).code).toBe('STREAM_ENDED');
    expect(verdict('[error] pipe:0: Connection reset by peer', { live: true }).code).toBe('SOURCE_REFUSED');
  });

  it('does not take what ffmpeg says by the way for a reason', () => {
    expect(verdict('[info]   title           : 404 Not Found\n[verbose] Connection refused by a test').code).toBe('CAPTURE_CRASHED');
  });

  it('has something to say when nothing was printed', () => {
    expect(verdict('', { tail: [], code: 255 })).toEqual({ code: 'CAPTURE_CRASHED', reason: 'ffmpeg ended with 255' });
  });
});
