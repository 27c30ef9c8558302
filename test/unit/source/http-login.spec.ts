/** Basic and Digest, against the examples of their RFCs where those are without chance. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Login } from '../../../src/source/client/login.js';
import { cpuMs } from '../../services/cpu.js';

const address = new URL('http://Mufasa:Circle%20of%3ALife@www.example.org/dir/index.html?a=1');
const login = () => Login.of(address) as Login;
const hash = (name: string, text: string) => createHash(name).update(text).digest('hex');

/** Parameters of an Authorization header. */
function fields(header: string | undefined): Record<string, string> {
  return Object.fromEntries([...(header ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g)].map(([, name, a, b]) => [name, a ?? b]));
}

describe('Login', () => {
  it('is none without credentials', () => {
    expect(Login.of(new URL('http://host/'))).toBeUndefined();
  });

  it('sends Basic when it is asked for it, decoded, and from then on', () => {
    const one = login();
    expect(one.first(address)).toEqual({});
    const asked = one.answer('Basic realm="x"', address);
    expect(one.first(address)).toEqual(asked);
    const { Authorization } = asked as { Authorization: string };
    expect(Buffer.from(Authorization.replace('Basic ', ''), 'base64').toString()).toBe('Mufasa:Circle of:Life');
  });

  it('sends Basic over TLS at once', () => {
    expect(login().first(new URL('https://www.example.org/'))).toHaveProperty('Authorization');
  });

  it('takes a password that is badly encoded as it is', () => {
    const { Authorization } = (Login.of(new URL('http://a:100%@host/')) as Login).answer('Basic realm="x"', address) as { Authorization: string };
    expect(Buffer.from(Authorization.replace('Basic ', ''), 'base64').toString()).toBe('a:100%');
  });

  it.each([['MD5', 'md5'], ['SHA-256', 'sha256']])('answers a Digest challenge with qop by RFC 7616, %s', (algorithm, name) => {
    const challenge = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv", opaque="FQhe"`;
    const { Authorization } = login().answer(challenge, address) as { Authorization: string };
    const told = fields(Authorization);
    const secret = hash(name, 'Mufasa:http-auth@example.org:Circle of:Life');
    const asked = hash(name, 'GET:/dir/index.html?a=1');
    expect(told).toMatchObject({ username: 'Mufasa', uri: '/dir/index.html?a=1', qop: 'auth', nc: '00000001', opaque: 'FQhe', algorithm });
    expect(told['response']).toBe(hash(name, `${secret}:7ypf/xlj9XXwfDPEoM4URrv:00000001:${told['cnonce']}:auth:${asked}`));
    expect(Authorization).not.toContain('Circle');
  });

  it('answers one without qop by RFC 2069, as older cameras want it', () => {
    const { Authorization } = login().answer('Digest realm="cam", nonce="abc"', address) as { Authorization: string };
    const told = fields(Authorization);
    expect(told['response']).toBe(hash('md5', `${hash('md5', 'Mufasa:cam:Circle of:Life')}:abc:${hash('md5', 'GET:/dir/index.html?a=1')}`));
    expect(told).not.toHaveProperty('qop');
  });

  it('takes the challenge that it knows out of several', () => {
    const several = 'Basic realm="x", Digest realm="y", nonce="1", algorithm=SHA-512-256, Digest realm="z", nonce="2", algorithm=MD5';
    expect(fields((login().answer(several, address) as { Authorization: string }).Authorization)).toMatchObject({ realm: 'z', nonce: '2' });
  });

  it('does not answer an invalid Digest challenge, and sends no clear password after a Digest one', () => {
    const one = login();
    expect(one.answer('Bearer realm="x"', address)).toBeUndefined();
    expect(one.answer(undefined, address)).toBeUndefined();
    one.answer('Basic realm="x"', address);
    expect(one.first(address)).toHaveProperty('Authorization');
    one.answer('Digest realm="y", nonce="1"', address);
    expect(one.first(address)).toEqual({});
    expect(one.first(new URL('https://www.example.org/'))).toEqual({});
    expect(one.answer('Basic realm="x"', address)).toBeUndefined();
  });

  it.each([
    ['Digest realm="y", nonce="1", algorithm=FOO'], ['Digest realm="y", nonce="1", algorithm=constructor'], ['Digest'],
    ['Basic realm="x", Digest realm="y", nonce="1", algorithm=FOO'], [`Digest ${'a'.repeat(1_000_000)}`], [`Basic realm="${'a'.repeat(1_000_000)}`.replace('Basic', 'Bearer')],
    [`Digest realm="${'\\\\"'.repeat(300_000)}`], [`${'Digest nonce="1",'.repeat(50_000)} qop="auth-int"`],
  ])('answers no challenge that it does not know, and is quick about it: %.60s', (challenge) => {
    const begun = cpuMs();
    expect(login().answer(challenge, address)).toSatisfy((answer) => answer === undefined || !JSON.stringify(answer).includes('Basic'));
    expect(cpuMs() - begun).toBeLessThan(1_000);
  });

  it('takes what a realm says for no challenge', () => {
    expect(login().answer('Basic realm="a, Digest b"', address)).toHaveProperty('Authorization', expect.stringMatching(/^Basic /));
  });
});
