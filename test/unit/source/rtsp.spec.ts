/** RTSP's pure parts: messages out of any pieces, logins by the book, transports in their order. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFailure } from '../../../src/source/rtsp/failures.js';
import { RtspLogin } from '../../../src/source/rtsp/login.js';
import { type Message, type StreamPart, MessageReader, headerValue, messageBytes } from '../../../src/source/rtsp/message-reader.js';
import { TransportChoice } from '../../../src/source/rtsp/transport.js';
import { cpuMs } from '../../services/cpu.js';

const packet = fc.uint8Array({ maxLength: 60 }).map((data) => Buffer.concat([Buffer.from([0x24, 0, data.length >> 8, data.length & 255]), data]));
const body = fc.string({ maxLength: 40 }).map((text) => Buffer.from(text));
const message = body.map((bytes): Message => ({
  start: 'RTSP/1.0 200 OK', lines: ['CSeq: 7', ...(bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`])], body: bytes,
}));
const stream = fc.array(fc.oneof(packet, message), { maxLength: 12 });

function readIn(pieces: readonly Buffer[]): { messages: Message[]; packets: Buffer } {
  const reader = new MessageReader();
  const parts: StreamPart[] = pieces.flatMap((piece) => reader.push(piece));
  return {
    messages: parts.flatMap((part) => (part.kind === 'message' ? [part.message] : [])),
    packets: Buffer.concat(parts.flatMap((part) => (part.kind === 'packets' ? [part.bytes] : []))),
  };
}

describe('MessageReader', () => {
  it('finds the same in any chunks of a stream', () => {
    fc.assert(fc.property(stream, fc.integer({ min: 1, max: 50 }), (parts, size) => {
      const bytes = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : messageBytes(part))));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
      const found = readIn(pieces);
      expect(found.messages).toEqual(parts.filter((part) => !Buffer.isBuffer(part)));
      expect(found.packets).toEqual(Buffer.concat(parts.filter((part) => Buffer.isBuffer(part))));
    }));
  });

  it('takes lines that end in LF, and blank ones between messages', () => {
    const text = '\r\n\nRTSP/1.0 200 OK\nCSeq: 3\n\nOPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n';
    expect(readIn([Buffer.from(text)]).messages.map(({ start, lines }) => [start, headerValue(lines, 'cseq')])).toEqual([['RTSP/1.0 200 OK', '3'], ['OPTIONS * RTSP/1.0', '1']]);
  });

  it('fails only for a message that is too large, and holds at most one', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
      const reader = new MessageReader();
      for (const piece of pieces) reader.push(Buffer.from(piece));
    }));
  });

  it.each([['a head', 'RTSP/1.0 200 OK\r\nX: '], ['a body', 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n']])('gives %s without an end up', (_, start) => {
    const reader = new MessageReader();
    expect(() => {
      reader.push(Buffer.from(start));
      for (let n = 0; n < 100; n++) reader.push(Buffer.alloc(1024, 'x'));
    }).toThrow(/has no end|too long/);
  });
});

describe('RtspLogin', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');

  it('says nothing before it is asked', () => {
    expect(new RtspLogin({ user: 'u', password: 'p' }).lines('DESCRIBE', 'rtsp://c/a')).toEqual([]);
  });

  it('answers Digest without qop as RFC 2069 says, and prefers it to Basic', () => {
    const login = new RtspLogin({ user: 'u', password: 'p' });
    expect(login.readChallenge(['Basic realm="r"', 'Digest realm="r", nonce="n"'])).toBe(true);
    const response = md5(`${md5('u:r:p')}:n:${md5('SETUP:rtsp://c/a')}`);
    expect(login.lines('SETUP', 'rtsp://c/a')).toEqual([`Authorization: Digest username="u", realm="r", nonce="n", uri="rtsp://c/a", response="${response}"`]);
    expect(login.readChallenge(['Digest realm="r", nonce="n"'])).toBe(false);
    expect(login.readChallenge(['Digest realm="r", nonce="m", stale=true'])).toBe(true);
  });

  it('sends a password in clear only if no other scheme is offered', () => {
    const asked = (...headers: string[]) => {
      const login = new RtspLogin({ user: 'u', password: 'p' });
      return login.readChallenge(headers) && login.lines('OPTIONS', '*')[0]?.split(' ')[1];
    };
    expect(asked('Basic realm="r"')).toBe('Basic');
    expect(asked('Basic realm="r"', 'Digest realm="r", nonce="n", algorithm=UNKNOWN')).toBe(false);
    expect(asked('Bearer x')).toBe(false);
    expect(asked('Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"')).toBe('Digest');
  });

  it('is done with a challenge of a megabyte at once', () => {
    const started = cpuMs();
    new RtspLogin({ user: 'u', password: 'p' }).readChallenge([`Digest ${'a'.repeat(1_000_000)}`, `Digest ${'a="'.repeat(300_000)}`]);
    expect(cpuMs() - started).toBeLessThan(2_000);
  });
});

describe('TransportChoice', () => {
  const TCP = 'RTP/AVP/TCP;unicast;interleaved=0-1';
  const UDP = 'RTP/AVP/UDP;unicast;client_port=5000-5001';
  const MULTICAST = 'RTP/AVP/UDP;multicast';

  it.each([
    ['tcp', 'tcp', [UDP, MULTICAST, TCP], [false, false, true]], ['udp', 'tcp', [UDP], [true]],
    ['auto', 'tcp', [TCP, UDP], [true, true]], ['auto', 'tcp', [UDP, MULTICAST, TCP], [false, false, true]], ['auto', 'udp', [UDP, TCP], [true, true]],
  ] as const)('%s, %s first: of %j the camera is asked for %j', (transport, first, asked, taken) => {
    const choice = new TransportChoice(transport, first, true);
    expect(asked.map((one) => choice.allows(one))).toEqual(taken);
  });
});

describe('answerFailure', () => {
  it('has a message for each number, that ends in no blank', () => {
    fc.assert(fc.property(fc.integer({ min: 300, max: 699 }), (status) => {
      const { message } = answerFailure(status, '', { method: 'PLAY', shown: 'rtsp://c/a', transport: 'tcp' });
      expect(message).toMatch(new RegExp(`^'rtsp://c/a' answers PLAY with ${status}(: \\S.*\\S)?$`));
    }));
  });
});
