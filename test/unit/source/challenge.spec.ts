/** Challenges are answered alike over HTTP and RTSP, by the algorithms that RFC 7616 has examples for. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Challenge, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from '../../../src/source/client/challenge.js';

const credentials = { user: 'u"1', password: 'p:\\2' };
const request = { method: 'DESCRIBE', uri: 'rtsp://c/a', count: 17 };
const challenge: Challenge = { realm: 'r', nonce: 'n', opaque: undefined, algorithm: undefined, qop: true };

it.each([
  [undefined, 'md5', false], ['MD5', 'md5', false], ['md5', 'md5', false], ['SHA-256', 'sha256', false], ['MD5-sess', 'md5', true], ['SHA-256-sess', 'sha256', true],
])('algorithm %s: the response of %s, and the word as the server wrote it', (algorithm, name, isSession) => {
  const hash = (text: string) => createHash(name).update(text).digest('hex');
  const answer = digestAnswer({ ...challenge, algorithm }, credentials, request);
  const cnonce = /cnonce="(\w+)"/.exec(answer)?.[1] ?? '';
  const secret = hash(`u"1:r:p:\\2`);
  const first = isSession ? hash(`${secret}:n:${cnonce}`) : secret;
  expect(answer).toContain(`response="${hash(`${first}:n:00000011:${cnonce}:auth:${hash('DESCRIBE:rtsp://c/a')}`)}"`);
  expect(/algorithm=([^,]+)/.exec(answer)?.[1]).toBe(algorithm);
  expect(answer).toContain(String.raw`username="u\"1"`);
});

it('a Digest is found in one header or in several, behind or before other schemes', () => {
  const digests = 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth-int,auth"';
  for (const headers of [[digests], ['Basic realm="r"', digests], [`Basic realm="r", ${digests}`], [digests, 'Basic realm="r"'], ['Digest realm="r", nonce="0", algorithm=NEW', digests]]) {
    expect(digestOf(challengesOf(headers))).toEqual({ realm: 'r', nonce: 'n', opaque: undefined, algorithm: 'SHA-256', qop: true });
  }
});

it('no challenge is an error, and no answer to Digest shows the password', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('Digest ', 'nonce="x"', 'realm=', 'qop="auth"', ', ', '\\"', 'Basic '))), (parts) => {
    const challenges = challengesOf([parts.join('')]);
    const found = digestOf(challenges);
    offersScheme('Basic', challenges);
    if (found !== undefined) expect(digestAnswer(found, { user: 'u', password: 'UNTOLD-9' }, request)).not.toContain('UNTOLD-9');
  }));
});

it('neither a realm nor a word in it is a scheme', () => {
  expect(offersScheme('Digest', 'Basic realm="a, Digest b"')).toBe(false);
  expect(offersScheme('Basic', 'Digest realm="Basic", nonce="1"')).toBe(false);
  expect(Buffer.from(basicAnswer(credentials).slice(6), 'base64').toString()).toBe('u"1:p:\\2');
});
