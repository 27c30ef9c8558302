/** Any address at all: no secret is shown, nothing crashes, and the kind is always the same. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Camera, InvalidOption, camera, kafka, redis } from '../../../src/index.js';
import { redact, redactUrl, secretsOf, wellFormed } from '../../../src/core/redact/redact.js';
import { secretsOfCommand, shownArguments } from '../../../src/apps/cli/program/secrets.js';
import { cpuMs } from '../../services/cpu.js';

/** Parts of passwords; marked, so that no other part of an address can hold it. */
const nasty = fc.constantFrom(...'@:/?#%&=+ \'"\\<>[](){}|^`~;,!$*.-_aZ09'.split(''), 'ß', '密', '🔑');
const secret = fc.tuple(fc.array(nasty, { maxLength: 8 }), fc.array(nasty, { maxLength: 8 }))
  .map(([before, after]) => `${before.join('')}Qx7Zk${after.join('')}`);
/** One in the middle of which nothing can be read as the end of it. */
const word = fc.stringMatching(/^[\w.!$*-]{0,6}Qx7Zk[\w.!$*-]{0,6}$/);
const host = fc.constantFrom('camera.example.com', '10.0.0.7', 'cam-1', '[::1]', '192.168.1.64:554', 'h');
const path = fc.constantFrom('', '/', '/stream', '/Streaming/Channels/101?transportmode=unicast', '/live?channel=1&subtype=0');
const MARK = 'Qx7Zk';

/** Ways to write a login, right and wrong. */
const FORMS: readonly ((p: string, h: string, q: string) => string)[] = [
  (p, h, q) => `rtsp://admin:${p}@${h}${q}`,
  (p, h, q) => `http://admin:${p}@${h}${q}`,
  (p, h, q) => `HTTPS://admin:${encodeURIComponent(wellFormed(p))}@${h}${q}`,
  (p, h, q) => ` rtsp://admin:${p}@${h}${q}`,
  (p, h, q) => `\t"rtsp://admin:${p}@${h}${q}"`,
  (p, h, q) => `'http://admin:${p}@${h}${q}'`,
  (p, h, q) => `<rtsp://admin:${p}@${h}${q}>`,
  (p, h, q) => `rtsp//admin:${p}@${h}${q}`,
  (p, h, q) => `rtsp:/admin:${p}@${h}${q}`,
  (p, h, q) => `rtsp:admin:${p}@${h}${q}`,
  (p, h, q) => `rtps://admin:${p}@${h}${q}`,
  (p, h, q) => `admin:${p}@${h}${q}`,
  (p, h, q) => `//admin:${p}@${h}${q}`,
  (p, h, q) => `file://admin:${p}@${h}${q}`,
  (p, h, q) => `gopher://admin:${p}@${h}${q}`,
  (p, h, q) => `rtsp:// admin:${p}@${h}${q}`,
];

/** Names under which cameras and servers take a secret in a query. */
const NAMES = [
  'password', 'pwd', 'usr', 'user', 'loginuse', 'loginpas', 'access_key', 'accessKey', 'jwt', 'sid', '_sid', 'passphrase', 'ticket', 'token', 'auth', 'key',
  'api-key', 'X-Amz-Signature', 'X-Amz-Security-Token', 'pw', 'sessionId', 'hdnts', 'sig', '%70assword', 'p%61ss%77ord', '%2570wd', 'PASSWORD',
];
const IN_PLACE: readonly ((name: string, p: string) => string)[] = [
  (name, p) => `rtsp://h/live?channel=1&${name}=${p}`,
  (name, p) => `http://h/cgi-bin/snapshot.cgi?${name}=${p}&channel=1`,
  (name, p) => `http://h:81/videostream.cgi#${name}=${p}`,
  (name, p) => `https://user@h/x;${name}=${p}`,
];

function made(address: string): Camera | InvalidOption {
  try {
    return camera(address);
  } catch (error) {
    if (error instanceof InvalidOption) return error;
    throw error;
  }
}

/** Everything that printing, serialising or logging it shows. */
function shown(value: unknown): string {
  const lines: string[] = [];
  pino({ level: 'info' }, { write: (line: string) => { lines.push(line); } }).info({ value }, inspect(value));
  const whole = inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity, maxArrayLength: Infinity });
  const facts = 'key' in (value as object) ? `${(value as Camera).key} ${inspect((value as Camera).plan, { depth: 9, showHidden: true, getters: true })}` : '';
  return [whole, lines.join(''), JSON.stringify(value), (value as Error).message, facts].join('\n');
}

/** A part of the secret that has its mark. */
function keeps(text: string): void {
  expect(text).not.toContain(MARK);
}

describe('an address with a login', () => {
  it('shows nothing of a password of one word, however the address is mistyped', () => {
    fc.assert(fc.property(fc.constantFrom(...FORMS), word, host, path, (form, p, h, q) => {
      const address = form(p, h, q);
      keeps(shown(made(address)));
      keeps(redactUrl(address));
      expect(redactUrl(address)).toContain(h);
    }), { numRuns: 1_000 });
  });

  it('shows nothing of any password behind a proper scheme, or refuses the address', () => {
    fc.assert(fc.property(fc.constantFrom(...FORMS.slice(0, 8)), secret, host, path, (form, p, h, q) => {
      fc.pre(!/[\r\n\0]/.test(p));
      const address = form(p, h, q);
      const one = made(address);
      // A text that is also a valid address of another host, with the rest of the password in its path, is that address.
      if (one instanceof InvalidOption || /^[^/?#]*$/.test(p)) keeps(shown(one));
    }), { numRuns: 2_000 });
  });

  it.each(FORMS.map((form) => form('Qx7Zk', 'h', '/s')))('%s: shows the same twice, and hides it in a text', (address) => {
    expect(redactUrl(redactUrl(address))).toBe(redactUrl(address));
    keeps(redact(`opened ${address}: no`, secretsOf(address)));
  });

  it('takes a password with @ and # whole, and asks for no part of it', () => {
    const one = camera('rtsp://admin:top@secretpart#1@127.0.0.1:21554/a');
    expect(one.key).toBe('127.0.0.1_21554_a');
    expect(inspect(one, { depth: 9, showHidden: true })).not.toContain('secretpart');
  });

  it.each([
    'rtsp://admin:top@secretpart/1@127.0.0.1:21554/a', 'http://admin:top@secretpart?1@127.0.0.1/a', 'rtsp://admin:123/secretpart@127.0.0.1:554/a',
  ])('refuses %s, which could be read in two ways, without showing it', (address) => {
    const error = made(address);
    expect(error).toBeInstanceOf(InvalidOption);
    expect((error as Error).message).toMatch(/allowed: one with %40 for each @/);
    expect(shown(error)).not.toContain('secretpart');
  });
});

describe('a secret in a query or a path', () => {
  it('is shown under no name', () => {
    fc.assert(fc.property(fc.constantFrom(...IN_PLACE), fc.constantFrom(...NAMES), word, (form, name, p) => {
      const address = form(name, p);
      keeps(shown(made(address)));
      keeps(redact(`GET ${address} HTTP/1.1`));
      keeps(redact(`value ${p}`, secretsOf(address)));
    }), { numRuns: 1_000 });
  });

  it.each([
    'rtsp://10.0.0.7:554/user=admin_password=Qx7Zk_channel=1_stream=0.sdp?real_stream', 'rtsp://h/user=admin&password=Qx7Zk&channel=1&stream=0.sdp?',
    'rtsp://h/user=admin_password=a_Qx7Zk-b_channel=2_stream=1.sdp', 'http://h/token=Qx7Zk/live.m3u8', 'rtsp://h/p%61ssword=Qx7Zk_channel=2',
  ])('%s: not in the path, and channels stay apart', (address) => {
    keeps(shown(made(address)));
    keeps(redact(`opened ${address}`));
    if (address.includes('channel=')) expect(redactUrl(address)).toMatch(/channel=\d/);
  });

  it.each([
    'http://h/api/stream.mp4?src=rtsp://admin:Qx7Zk@cam/1', 'http://h/x?src=rtsp%3A%2F%2Fadmin%3AQx7Zk%40cam%2F1', 'http://h/x?a=1&u2=http%253A%252F%252Fa%253AQx7Zk%2540cam',
    'http://h/x?src=rtsp://cam/1?password=Qx7Zk', 'http://h/x?src=http%3A%2F%2Fcam%2F%3Fpwd%3DQx7Zk%26a%3D1&b=2', 'http://h/x?a=b?password=Qx7Zk', 'http://h/x?a=b;pwd=Qx7Zk',
    'http://h/x?a=http%3A%2F%2F%zzQx7Zk', 'rtsp://h/?a=x://?a=x://?a=x://?a=x://u:Qx7Zk@h/?a=x://u:Qx7Zk@h/',
  ])('%s: not in an address within it', (address) => {
    keeps(shown(made(address)));
    keeps(redact(`opened ${address}`));
    const known = secretsOf(address);
    expect(known.some((one) => one.includes(MARK))).toBe(true);
    for (const one of known) keeps(redact(`it said ${one}.`, known));
    expect(redactUrl(redactUrl(address))).toBe(redactUrl(address));
    expect(redactUrl(address)).toMatch(/^(?:http|rtsp):\/\/h\//);
  });

  it.each(['rtsp://h/admin:Qx7Zk/ch1', 'http://h/token/Qx7Zk/x.m3u8', 'rtsp://h:554/live/user:Qx7Zk', 'user=admin password=Qx7Zk host=h'])('%s: not in its path', (address) => {
    keeps(shown(made(address)));
    if (address.includes('://')) keeps(redact('it said Qx7Zk', secretsOf(address)));
  });

  it.each(['rtsp://a:Qx7Zk', 'rtsp://a:Qx7Zk\uff20127.0.0.1:1/x', 'http://a:Qx7Zk/x', 'rtsp://a:1Qx7Zk?x'])('%s: not where a port should be', (address) => {
    expect(made(address)).toBeInstanceOf(InvalidOption);
    keeps(shown(made(address)));
  });

  it('takes time in proportion to the address', () => {
    for (const piece of ['?a=', '?a=x://', '?password=', '&a=x%3a%2f%2f', '/token/', '/admin:', '?a=%', ';a=x://u:p@']) {
      const address = `http://h/${piece.repeat(Math.ceil(64_000 / piece.length))}`;
      const before = cpuMs();
      redactUrl(address);
      secretsOf(address);
      redact(address);
      expect(cpuMs() - before, piece).toBeLessThan(2_000);
    }
  });

  it('leaves what is none', () => {
    for (const address of ['http://h/x?src=rtsp%3A%2F%2Fcam%2F1&a=2', 'http://h/x?src=rtsp://cam/1', 'http://h/10:30:00/a.mp4', 'rtsp://h/tokens/1']) {
      expect(redactUrl(address)).toBe(address);
    }
    for (const address of ['http://h/live?channel=1&subtype=0&monkey=2', 'rtsp://h/Streaming/Channels/101', 'http://h/a_b=c/d', '/videos/a@b.mp4', 'test:?fps=5']) {
      expect(redactUrl(address)).toBe(address);
    }
  });
});

describe('anything else', () => {
  it('never crashes, and is always the same', () => {
    const pieces = fc.constantFrom('rtsp', 'http', '://', ':', '/', '//', '@', '?', '#', '%', '%zz', '[', ']', '::1', ' ', '\t', '"', 'h', '1', '..', 'test:', 'file:', '\u0000', '\ud800', '密', '&a=b', 'password=', '__proto__');
    const kindOf = (one: Camera | InvalidOption) => (one instanceof InvalidOption ? one.message : `${one.key} ${one.plan.origin.kind}`);
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 12 }).map((all) => all.join(''))), (address) => {
      expect(kindOf(made(address))).toBe(kindOf(made(address)));
      shown(made(address));
    }), { numRuns: 2_000 });
  });

  it('takes time in proportion to its length', () => {
    for (const piece of ['a:b@', 'rtsp:/', '_password=', '/user=', '%70', '&p=', '@', '"password":"', 'password=', ' a:', '=a', '(a']) {
      const text = piece.repeat(Math.ceil(64_000 / piece.length));
      const before = cpuMs();
      redact(text);
      redactUrl(text);
      secretsOf(text);
      expect(cpuMs() - before, piece).toBeLessThan(2_000);
    }
  });
});

describe('the address of a broker', () => {
  it('shows nothing of its password, with any typing error', () => {
    const brokers = [(p: string) => `u:${p}@h:9092`, (p: string) => `kafka://u:${p}@h:9092`, (p: string) => ` u:${p}@h:9092`, (p: string) => `"u:${p}@h:9092"`];
    fc.assert(fc.property(fc.constantFrom(...brokers), secret, (form, p) => {
      let message = '';
      try { kafka({ brokers: [form(p)] }); } catch (error) { message = inspect(error); }
      expect(message).toContain('brokers');
      keeps(message);
    }), { numRuns: 500 });
    fc.assert(fc.property(fc.constantFrom((p: string) => `redis:/u:${p}@h`, (p: string) => `u:${p}@h:6379`, (p: string) => ` redis://u:${p}@h`, (p: string) => `http://u:${p}@h`), secret, (form, p) => {
      let message = '';
      try { redis({ url: form(p) }); } catch (error) { message = inspect(error); }
      expect(message).toContain('url');
      keeps(message);
    }), { numRuns: 500 });
  });
});

describe('the words of a command', () => {
  it.each([
    ['stream', '--sasl-password=Qx7Zk'], ['stream', '--sasl-password', 'Qx7Zk'], ['--to', 'u:Qx7Zk@h:9092'], ['--to=redis://:Qx7Zk@h'], [' rtsp://u:Qx7Zk@h/s'],
    ['--kafka-password=a Qx7Zk'], ['rtsp://h/user=a_password=Qx7Zk_channel=1'], ['--redis-token', 'Qx7Zk', 'test:'],
  ])('%j: secrets are known, and are in no list of processes', (...words) => {
    keeps(shownArguments(words).join(' '));
    keeps(redact(`unknown option '${words.join(' ')}'`, secretsOfCommand(words, {})));
  });

  it('keeps text that is not secret', () => {
    const words = ['stream', 'test:', '--sasl-username', 'me', '--to', 'kafka://h:9092/t', '--key', 'gate', 'a@b.mp4', '--header', 'site=7'];
    expect(shownArguments(words)).toEqual(words.with(8, '***@b.mp4'));
  });
});
