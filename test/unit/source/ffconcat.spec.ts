/** The script that names a source, as text. (That ffmpeg reads it so is tested with ffmpeg.) */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOption } from '../../../src/core/errors/errors.js';
import { ffconcat } from '../../../src/source/input/ffconcat.js';

/** ffmpeg's parsing of the rest of a line: quotes keep everything except quotes, a backslash outside keeps the next character. */
function token(text: string): string {
  let out = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") quoted = !quoted;
    else if (character === '\\' && !quoted) out += text.charAt(++at);
    else if (/\s/.test(character) && !quoted) break;
    else out += character;
  }
  return out;
}

describe('ffconcat', () => {
  it('names the address and its options', () => {
    expect(ffconcat('rtsp://host/x', { rtsp_transport: 'tcp', timeout: 5_000_000 }, { supportsOption: true })).toBe(
      "ffconcat version 1.0\nfile 'rtsp://host/x'\noption rtsp_transport 'tcp'\noption timeout '5000000'\n");
  });

  it('leaves options out for a build that takes none', () => {
    expect(ffconcat('rtsp://host/x', { timeout: 1 }, { supportsOption: false })).toBe("ffconcat version 1.0\nfile 'rtsp://host/x'\n");
  });

  it('refuses what would begin another line', () => {
    for (const bad of ['\n', '\r', '\0', "'\noption x y"]) {
      expect(() => ffconcat(`rtsp://host/${bad}`, {}, { supportsOption: true })).toThrow(InvalidOption);
      expect(() => ffconcat('rtsp://host/', { user_agent: `a${bad}b` }, { supportsOption: true })).toThrow(InvalidOption);
    }
  });

  it('keeps any other text whole, on one line', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom("'", '\\', ' ', '\t', '#', '"', 'é'), fc.string({ minLength: 1, maxLength: 1 })) })
      .filter((one) => !/[\r\n\0]/.test(one));
    fc.assert(fc.property(text, text, (address, value) => {
      const lines = ffconcat(address, { user_agent: value }, { supportsOption: true }).split('\n');
      expect(lines).toHaveLength(4);
      expect(token(lines[1]?.slice('file '.length) ?? '')).toBe(address);
      expect(token(lines[2]?.slice('option user_agent '.length) ?? '')).toBe(value);
    }));
  });
});
