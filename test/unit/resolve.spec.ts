import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { resolved } from '../../src/source/resolve.js';

describe('resolved', () => {
  it.each([
    ['rtsp://u:p%40ss@localhost:8554/s?x=1', /^rtsp:\/\/u:p%40ss@(127\.0\.0\.1|\[::1\]):8554\/s\?x=1$/],
    ['rtsp://localhost/s', /^rtsp:\/\/(127\.0\.0\.1|\[::1\])\/s$/],
    ['rtsp://10.0.0.7:554/s', /^rtsp:\/\/10\.0\.0\.7:554\/s$/],
    ['rtsp://[::1]:554/s', /^rtsp:\/\/\[::1\]:554\/s$/],
  ])('puts a number in place of the name in %s', async (url, expected) => {
    expect(await firstValueFrom(resolved(url))).toMatch(expected);
  });

  it('refuses a name that nobody knows, without the password', async () => {
    await expect(firstValueFrom(resolved('rtsp://u:secret@no-such-host.invalid/s'))).rejects.toThrow(/^the host 'no-such-host.invalid' can't be resolved$/);
  });
});
