/** Credentials in any form never leave; hosts always do. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeUrl, redact, redactUrl, secretsOf, splitCredentials } from '../../../src/core/redact/redact.js';
import { cpuMs } from '../../services/cpu.js';

/** Characters that people have in passwords, the nasty ones more often than others. */
const nasty = fc.constantFrom(...'@:/?#%&=+ \'"\\<>[](){}|^`~;,!$*.-_abcXYZ019'.split(''), 'ß', 'é', '密', '🔑');
/** Not what begins like a port and a path: `user:80/x@host` is an address of the host `user`. */
const password = fc.array(nasty, { minLength: 3, maxLength: 24 }).map((all) => all.join('')).filter((one) => !/^\d+[/?#]/.test(one));
/** Addresses that can be read in one way only: `user:p@9/x@host` is an address of the host `9`, unless the password is known. */
const clear = password.filter((one) => !/@.*[/?#]/s.test(one));
const user = fc.stringMatching(/^[a-zA-Z][\w.-]{0,11}$/);
const scheme = fc.constantFrom('rtsp', 'rtsps', 'http', 'https', 'redis', 'rediss');
const host = fc.constantFrom('camera.example.com', '10.0.0.7', 'cam-1', '[::1]', '[fe80::1:2]');
const port = fc.constantFrom('', ':554', ':8080');
const path = fc.constantFrom('', '/', '/stream', '/Streaming/Channels/101', '/live?channel=1&subtype=0');

/** A text that surrounds an address, without anything that could be taken for a part of it. */
const around = fc.constantFrom(
  ['', ''], ['[error] ', ': Connection refused'], ["Input #0, rtsp, from '", "':"], ['{"url":"', '"}'], ['see <', '>'],
  ['first rtsp://a.example/1 then ', ' and http://b.example/2 too'], ['two\n', '\nlines'],
);

/** Texts that may appear by chance: parts of it that are not password. */
function shows(text: string, secret: string, rest: string): boolean {
  return text.includes(secret) && !rest.includes(secret);
}

describe('splitCredentials', () => {
  it.each([
    ['rtsp://host/path', 'rtsp://', undefined, undefined, 'host/path'],
    ['rtsp://user@host/path', 'rtsp://', 'user', undefined, 'host/path'],
    ['rtsp://user:@host/path', 'rtsp://', 'user', '', 'host/path'],
    ['rtsp://user:p@host/path', 'rtsp://', 'user', 'p', 'host/path'],
    ['rtsp://user:p@ss@host:554/path', 'rtsp://', 'user', 'p@ss', 'host:554/path'],
    ['rtsp://user:p/a@ss@host:554/stream', 'rtsp://', 'user', 'p/a@ss', 'host:554/stream'],
    ['rtsp://user:p?a#s%@host/stream', 'rtsp://', 'user', 'p?a#s%', 'host/stream'],
    ['rtsp://user:a:b:c@[::1]:554/stream', 'rtsp://', 'user', 'a:b:c', '[::1]:554/stream'],
    ['rtsp://user:/pa?ss@host/stream', 'rtsp://', 'user', '/pa?ss', 'host/stream'],
    ['redis://:p@host:6379', 'redis://', '', 'p', 'host:6379'],
    ['rtsp://me@mail.example:p@host/x', 'rtsp://', 'me@mail.example', 'p', 'host/x'],
    ['rtsp://user:p@kämera.local/x', 'rtsp://', 'user', 'p', 'kämera.local/x'],
    ['rtsp://[::1]/path@home', 'rtsp://', undefined, undefined, '[::1]/path@home'],
    ['file:///videos/a@b.mp4', 'file://', undefined, undefined, '/videos/a@b.mp4'],
    ['rtsp://host:554/path@home', 'rtsp://', undefined, undefined, 'host:554/path@home'],
    ['http://host/mail?to=a@b.example', 'http://', undefined, undefined, 'host/mail?to=a@b.example'],
    ['http://user:p@host/mail?to=a@b.example', 'http://', 'user', 'p', 'host/mail?to=a@b.example'],
    ['/dev/video0', '', undefined, undefined, '/dev/video0'],
  ] as const)('%s', (url, expectedScheme, expectedUser, expectedPassword, rest) => {
    const parts = splitCredentials(url);
    expect([parts.scheme, parts.user, parts.password, parts.rest]).toEqual([expectedScheme, expectedUser, expectedPassword, rest]);
  });

  it('finds any password without a slash, a question mark or a hash', () => {
    const plain = password.filter((one) => !/[/?#]/.test(one));
    fc.assert(fc.property(scheme, user, plain, host, port, path, (s, u, p, h, o, q) => {
      expect(splitCredentials(`${s}://${u}:${p}@${h}${o}${q}`)).toEqual({ scheme: `${s}://`, user: u, password: p, rest: `${h}${o}${q}` });
    }));
  });
});

describe('normalizeUrl', () => {
  it('makes an address that URL reads rightly', () => {
    const plain = password.filter((one) => !/[/?#]/.test(one) && !/%[0-9a-f]{2}/i.test(one));
    fc.assert(fc.property(scheme, user, plain, host, port, path, (s, u, p, h, o, q) => {
      const url = new URL(normalizeUrl(`${s}://${u}:${p}@${h}${o}${q}`));
      expect(decodeURIComponent(url.username)).toBe(u);
      expect(decodeURIComponent(url.password)).toBe(p);
      expect(url.hostname).toBe(h);
    }));
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(scheme, user, password, host, path, (s, u, p, h, q) => {
      const once = normalizeUrl(`${s}://${u}:${p}@${h}${q}`);
      expect(normalizeUrl(once)).toBe(once);
    }));
  });

  it('leaves what is encoded', () => {
    expect(normalizeUrl('rtsp://user:p%40ss@host/x')).toBe('rtsp://user:p%40ss@host/x');
    expect(normalizeUrl('rtsp://host/x y')).toBe('rtsp://host/x y');
  });
});

describe('redactUrl', () => {
  it('shows the host and the path, and no password', () => {
    expect(redactUrl('rtsp://user:secret@camera.example.com/stream')).toBe('rtsp://***@camera.example.com/stream');
    expect(redactUrl('http://h/x?token=abc&channel=1&api_key=def')).toBe('http://h/x?token=***&channel=1&api_key=***');
    expect(redactUrl('/videos/a@b.mp4')).toBe('/videos/a@b.mp4');
  });

  it('holds for any password', () => {
    fc.assert(fc.property(scheme, user, clear, host, port, path, (s, u, p, h, o, q) => {
      for (const form of [p, encodeURIComponent(p)]) {
        const shown = redactUrl(`${s}://${u}:${form}@${h}${o}${q}`);
        expect(shown).toContain(h);
        expect(shows(shown, form, `${s}://***@${h}${o}${q}`)).toBe(false);
      }
    }), { numRuns: 500 });
  });
});

describe('redact', () => {
  it('hides a password that looks encoded and was encoded once more', () => {
    const secrets = secretsOf("rtsp://a:'%0c@@camera.example.com");
    for (const form of ["'%0c@", "'%250c%40", "'%250c@"]) {
      expect(redact(`rtsp://a:${form}@camera.example.com`, secrets)).toBe('rtsp://***@camera.example.com');
    }
  });

  it('holds for any known password within a text', () => {
    fc.assert(fc.property(scheme, user, password, host, port, path, around, (s, u, p, h, o, q, [before, after]) => {
      const address = `${s}://${u}:${p}@${h}${o}${q}`;
      const secrets = secretsOf(address);
      const forms = [p, encodeURIComponent(p), encodeURI(p)];
      // A host is not readable if a secret occurs in it, or ends in it: `@ca` before `@camera`.
      const reachesHost = (login: string) => secrets.some((secret) => `${login}@${h}`.includes(secret, Math.max(0, login.length + 2 - secret.length)));
      fc.pre(!forms.some((form) => reachesHost(`${u}:${form}`)));
      for (const form of forms) {
        const shown = redact(`${before}${s}://${u}:${form}@${h}${o}${q}${after}`, secrets);
        expect(shown).toContain(h);
        expect(shows(shown, form, `${before}${s}://***@${h}${o}${q}${after}`)).toBe(false);
      }
      const alone = redact(`${before}${p}${after}`, secrets);
      expect(shows(alone, p, `${before}***${after}`)).toBe(false);
    }), { numRuns: 500 });
  });

  it('holds for a password in an address that is not known, if it is one word', () => {
    const word = clear.filter((one) => !/[\s'"<>]/.test(one));
    fc.assert(fc.property(scheme, user, word, host, port, path, around, (s, u, p, h, o, q, [before, after]) => {
      for (const form of [p, encodeURIComponent(p)]) {
        const shown = redact(`${before}${s}://${u}:${form}@${h}${o}${q}${after}`);
        expect(shown).toContain(h);
        expect(shows(shown, form, `${before}${s}://***@${h}${o}${q}${after}`)).toBe(false);
      }
    }), { numRuns: 500 });
  });

  it('changes nothing in a text without credentials', () => {
    for (const text of [
      'rtsp://camera.example.com:554/stream', 'http://a.example/1 and mail to someone@b.example', "from 'pipe:0'", 'keyframes: 12',
      '[error] rtsp://127.0.0.1:1/x: Connection refused', 'http://h/x?channel=1&monkey=2', 'see http://[::1]:80/a, or b@c',
      "'x' given; allowed: rtsp://[user:password@]host[:port]/path", 'expected memory:, kafka://[user:password@]host:port[,host:port]/topic, or more',
    ]) expect(redact(text)).toBe(text);
  });

  it('hides parameters, headers and known secrets', () => {
    expect(redact('GET /x?a=1&access_token=abc.def-g HTTP/1.1')).toBe('GET /x?a=1&access_token=*** HTTP/1.1');
    expect(redact('x?pwd=1234&sig=zz&password=p%20q')).toBe('x?pwd=***&sig=***&password=***');
    expect(redact('Authorization: Basic dXNlcjpzZWNyZXQ=\r\nHost: h')).toBe('Authorization: ***\r\nHost: h');
    expect(redact('Authorization: Digest username="u", response="abc"\r\nHost: h')).toBe('Authorization: ***\r\nHost: h');
    expect(redact('curl -H "Authorization: Bearer abc" http://h/x')).toBe('curl -H "Authorization: ***" http://h/x');
    expect(redact('{"authorization":"Bearer abc","host":"h"}')).toBe('{"authorization":"***","host":"h"}');
    expect(redact('sent hunter2 twice: hunter2', ['hunter2'])).toBe('sent *** twice: ***');
  });

  it.each([
    ['[error] rtsp://user:secret@camera.example.com: Connection refused', '[error] rtsp://***@camera.example.com: Connection refused'],
    ['rtsp://camera.example.com: refused, ask a@b.example', 'rtsp://camera.example.com: refused, ask a@b.example'],
    ['(rtsp://u:se/cret@h/x).', '(rtsp://***@h/x).'],
    ['rtsp://u:two words@h/x', 'rtsp://***@h/x'],
    ['rtsp://u:p@h1,rtsp://v:q@h2', 'rtsp://***@h1,rtsp://***@h2'],
    ['rtsp://u:p@[::1]:554/x', 'rtsp://***@[::1]:554/x'],
    ['rtsp://u:p@', 'rtsp://***@'],
    ['http://u:p@h/x?to=a@b.example', 'http://***@h/x?to=a@b.example'],
  ])('%s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it('hides the form of a password that JSON gives it', () => {
    const password = 'a"b\\c';
    const shown = redact(JSON.stringify({ said: password }), secretsOf(`rtsp://u:${password}@h/`));
    expect(shown).toBe('{"said":"***"}');
  });

  it('accepts invalid Unicode', () => {
    const url = 'rtsp://u:\ud800abc@h/';
    expect(redact(url, secretsOf(url))).toBe('rtsp://***@h/');
    expect(URL.canParse(normalizeUrl(url))).toBe(true);
  });

  it('hides several addresses in one text, each by itself', () => {
    expect(redact('rtsp://u:p@a.example/1, then "http://v:q@b.example/2" and rtsp://c.example/3'))
      .toBe('rtsp://***@a.example/1, then "http://***@b.example/2" and rtsp://c.example/3');
  });

  it('hides the longer secret where one is a part of the other', () => {
    expect(redact('secret and secret-long', ['secret', 'secret-long'])).toBe('*** and ***');
  });

  it('leaves a secret of two characters in other words', () => {
    expect(secretsOf('rtsp://user:ab@host/x')).not.toContain('ab');
    expect(redact('about rtsp://user:ab@host/x', secretsOf('rtsp://user:ab@host/x'))).toBe('about rtsp://***@host/x');
  });

  it('is the same a second time', () => {
    fc.assert(fc.property(scheme, user, password, host, path, around, (s, u, p, h, q, [before, after]) => {
      const once = redact(`${before}${s}://${u}:${p}@${h}${q}${after}`, secretsOf(`${s}://${u}:${p}@${h}${q}`));
      expect(redact(once)).toBe(once);
    }));
  });

  it('takes time in proportion to any text', () => {
    for (const piece of ['a://', 'rtsp://u:p', '@', ':', 'x?key=', 'rtsp://u:p@h ', 'authorization:', 'a.', '[::1]', '://:', 'rtsp://[']) {
      const text = piece.repeat(Math.ceil(64_000 / piece.length));
      const before = cpuMs();
      redact(text, ['secret']);
      expect(cpuMs() - before, piece).toBeLessThan(1_000);
    }
  });
});
