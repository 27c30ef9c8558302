import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HostRules } from '../../src/source/hosts/index.js';
import { checked, resolved } from '../../src/source/resolve.js';

const rules = new HostRules({}, 'camera.example.com');

describe('resolved', () => {
  it.each([
    ['rtsp://u:p%40ss@localhost:8554/s?x=1', /^rtsp:\/\/u:p%40ss@(127\.0\.0\.1|\[::1\]):8554\/s\?x=1$/],
    ['rtsp://localhost/s', /^rtsp:\/\/(127\.0\.0\.1|\[::1\])\/s$/],
    ['rtsp://10.0.0.7:554/s', /^rtsp:\/\/10\.0\.0\.7:554\/s$/],
    ['rtsp://[::1]:554/s', /^rtsp:\/\/\[::1\]:554\/s$/],
  ])('puts a number in place of the name in %s', async (url, expected) => {
    expect(await firstValueFrom(resolved(url, new URL(url).hostname, rules))).toMatch(expected);
  });

  it('refuses a name that nobody knows, without the password', async () => {
    await expect(firstValueFrom(resolved('rtsp://u:secret@no-such-host.invalid/s', 'no-such-host.invalid', rules))).rejects.toThrow(/^the host 'no-such-host.invalid' can't be resolved$/);
  });

  it('refuses a host that may not be connected to', async () => {
    await expect(firstValueFrom(checked('rtsp://169.254.169.254/s', '169.254.169.254', rules))).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    expect(await firstValueFrom(checked('rtsp://10.0.0.7/s', '10.0.0.7', rules))).toBe('rtsp://10.0.0.7/s');
  });
});
