/** A chain of filters is read as ffmpeg reads it: nothing that passes leaves its chain, and no unsuitable filter passes by quoting. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableChain, readChain } from '../../../src/core/steps/common/filter-chain.js';
import { STEPS } from '../../../src/core/steps/index.js';

const step = (filter: unknown, size?: unknown) => STEPS.videoFilter.step({ filter, ...(size !== undefined && { size }) });
const passes = (filter: string) => {
  try {
    step(filter);
    return true;
  } catch {
    return false;
  }
};

describe('readChain', () => {
  it.each([
    ['hflip', [['hflip', []]]],
    [' hflip , vflip ', [['hflip', []], ['vflip', []]]],
    ['eq=brightness=0.06,hue=s=0', [['eq', [['brightness', '0.06']]], ['hue', [['s', '0']]]]],
    ['scale@small=640:-2:flags=area', [['scale', [[undefined, '640'], [undefined, '-2'], ['flags', 'area']]]]],
    ["drawtext=text='a,b;[c]':x=1", [['drawtext', [['text', 'a,b;[c]'], ['x', '1']]]]],
    ["'hfl'ip", [['hflip', []]]],
    [String.raw`h\flip`, [['hflip', []]]],
    ["yadif='mode=1'", [['yadif', [['mode', '1']]]]],
    [String.raw`drawtext=text=a\,b\\:c:y=2`, [['drawtext', [['text', 'a,b:c'], ['y', '2']]]]],
    ['yadif= mode = send_field', [['yadif', [['mode', 'send_field']]]]],
    ['lut=/r=x', [['lut', [['/r', 'x']]]]],
    ['yadif=', [['yadif', []]]],
  ])('reads %s', (text, filters) => {
    expect(readChain(text).map(({ name, options }) => [name, options.map(({ key, value }) => [key, value])])).toEqual(filters);
  });

  it.each([
    ['hflip;vflip', "without ';'"], ['[0:v]hflip', 'no labels'], ['hflip[x]', 'no labels'], ['hflip=x[y]', 'no labels'], ['a]b', 'no labels'], [';', "without ';'"],
    ['hflip,', 'on each side of a comma'], [',hflip', 'on each side of a comma'], ['hflip,,vflip', 'on each side of a comma'], [' ', 'on each side of a comma'],
    ["hflip'", 'a second quote'], ["drawtext=text='a", 'a second quote'], ['hflip\\', 'after the last backslash'], ['drawtext=text=a\\\\\\', 'after the last backslash'],
    ['hflip\nvflip', 'no line break'], ['hflip\0', 'no line break'], ['h flip', 'in place of "h flip"'], ['-vf', 'in place of "-vf"'], ['hflip@a b', 'in place of'], ["drawtext=text=a\\'", 'a second quote'],
  ])('refuses %j', (text, message) => {
    expect(() => readChain(text)).toThrow(UnreadableChain);
    expect(() => readChain(text)).toThrow(message);
  });
});

describe('the step', () => {
  it.each([
    ['fps=5', 'the filter fps leaves pictures out; skipRate does that'], ['hflip,select=eq(n\\,0)', 'the filter select leaves pictures out'], ['mpdecimate', 'skipUnchanged does that'],
    ["'fp's=5", 'the filter fps'], [String.raw`f\ps=5`, 'the filter fps'], ['setpts=PTS/2', 'rxcam sets it from the source'], ['minterpolate', 'adds pictures'],
    ['reverse', 'at the time of others'], ['overlay', 'has several inputs'], ['overlay_cuda', 'the filter overlay_cuda has several inputs'], ['split', 'has several outputs'],
    ['movie=/etc/passwd', 'reads another file'], ['testsrc', "camera('test:') makes pictures"], ['nullsrc', 'has no input'], ['frei0r_src', 'has no input'], ['nullsink', 'has no output'],
    ['sendcmd=f=x', 'commands other filters'], ['blackframe', 'blackdetect'], ['yadif=mode=1', "makes a picture of each field; camera's option deinterlace makes one picture of both; yadif=mode=send_frame keeps every picture"], ['yadif=send_field', 'of each field'],
    ['yadif=0:mode=3', 'of each field'], ['yadif=/mode=f', 'of each field'], ["yadif=mo'de=1'", 'of each field'], ['bwdif', 'bwdif=mode=send_frame keeps every picture'], ['bwdif=deint=1', 'of each field'],
    ['w3fdif', 'of each field'], ['estdif=parity=tff', 'of each field'], ['nnedi=weights=w:field=af', 'of each field'], ['zoompan=d=1', 'crop and resize'], ['metadata', 'leaves pictures out; filter of RxJS'], ['sidedata=mode=select:type=x', 'leaves pictures out'], ['tile=2x2', 'bufferCount'],
  ])('refuses %j, with the operator that does that', (filter, message) => {
    expect(() => step(filter)).toThrow(`videoFilter: option 'filter': ${JSON.stringify(filter)} given, expected filters that return each picture once, at its own media time: `);
    expect(() => step(filter)).toThrow(message);
  });

  it('refuses one that has its own name, and hides what looks like a password', () => {
    expect(() => step('fps@slow=5')).toThrow(/^videoFilter: option 'filter': "\*\*\*@slow=5" given, .*: the filter fps leaves pictures out/);
    expect(() => step('drawtext=text=rtsp\\\\://user\\\\:hunter2@gate,fps')).not.toThrow('hunter2');
  });

  it.each(['yadif', 'yadif=0', 'yadif=mode=send_frame', 'bwdif=send_frame', 'bwdif=mode=0', 'w3fdif=mode=frame', 'estdif=frame', 'nnedi=weights=w', 'fpsx', 'metadata=print', 'blackdetect', 'tonemap', 'nosuch'])('takes %s', (filter) => {
    expect(step(filter)).toEqual({ kind: 'videoFilter', filter });
  });

  it.each([[''], ['x'.repeat(8_193)], [undefined], [null], [5], [['hflip']], [{}]])('refuses %j as a filter', (filter) => {
    expect(() => step(filter)).toThrow(/^videoFilter: option 'filter': .* given, /);
  });

  it('lets nothing out of its chain, and no unsuitable filter in', () => {
    const piece = fc.constantFrom('hflip', 'fps', 'f', 'ps=5', 'select', 'split', 'movie', '=', ',', ';', '[', ']', "'", '\\', ':', '@', ' ', 'a', 'x=1', 'text=');
    fc.assert(fc.property(fc.oneof(fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')), fc.string({ maxLength: 20 })), (text) => {
      fc.pre(passes(text));
      // Each escaped character, and each quoted text, as a letter: what is left has the meaning that ffmpeg gives it.
      const bare = text.replace(/\\[^]|'([^']*)'/g, (whole) => 'Q'.repeat(whole.length));
      expect(bare).not.toMatch(/[;[\]'\\]/);
      let at = 0;
      for (const part of bare.split(',')) {
        const raw = text.slice(at, at + part.length).slice(0, part.includes('=') ? part.indexOf('=') : undefined);
        at += part.length + 1;
        const name = raw.replace(/\\([^])|'([^']*)'/g, (_, escaped: string | undefined, quoted: string | undefined) => escaped ?? quoted ?? '').trim();
        expect(['fps', 'select', 'split', 'movie', ''].includes(name.split('@')[0] ?? ''), name).toBe(false);
      }
    }), { numRuns: 3_000 });
  });
});

describe('its size', () => {
  const sizeOf = (size: unknown) => () => STEPS.videoFilter.resized?.({ width: 640, height: 360, sampleAspectRatio: '16:11' }, step('hflip', size));

  it('stays, or is that of the function, made even; the shape of pixels stays unless it is given', () => {
    expect(sizeOf(undefined)()).toEqual({ width: 640, height: 360, sampleAspectRatio: '16:11' });
    expect(sizeOf(() => ({ width: 101, height: 99 }))()).toEqual({ width: 100, height: 98, sampleAspectRatio: '16:11' });
    expect(sizeOf(({ width, height }: { width: number; height: number }) => ({ width: height, height: width, sampleAspectRatio: '11:16' }))()).toEqual({ width: 360, height: 640, sampleAspectRatio: '11:16' });
  });

  it.each([
    [() => undefined, 'undefined'], [() => null, 'null'], [() => 5, '5'], [() => ({}), '{}'], [() => ({ width: 12.5, height: 1 }), '{"width":12.5,"height":1}'], [() => ({ width: 0, height: 4 }), '{"width":0'],
    [() => ({ width: 100_000, height: 4 }), '{"width":100000'], [() => ({ width: NaN, height: 4 }), '{"width":null'], [() => ({ width: '5', height: 4 }), '{"width":"5"'],
    [async () => ({ width: 4, height: 4 }), '{}'], [() => ({ width: 4, height: 4, sampleAspectRatio: 1 }), '{"width":4'], [() => () => 5, 'function'], [() => 5n, 'bigint'],
  ])('refuses what %s returns', (size, given) => {
    expect(sizeOf(size)).toThrow(`videoFilter: option 'size': a function given for "hflip", which returned ${given}`);
    expect(sizeOf(size)).toThrow('for pictures of 640x360; expected { width, height } of 2 to 16384 whole pixels');
  });

  it('reports what the function throws', () => {
    expect(sizeOf(() => { throw new Error('no idea'); })).toThrow('a function given for "hflip", which threw for pictures of 640x360: Error: no idea');
    expect(() => step('hflip', 5)).toThrow("videoFilter: option 'size': 5 given, expected a function");
  });
});
