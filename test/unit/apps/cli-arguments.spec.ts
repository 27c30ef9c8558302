/** How the command line parses words. */
import { describe, expect, it } from 'vitest';
import { type StreamArguments, parseArguments } from '../../../src/apps/cli/arguments/arguments.js';
import { withFlags } from '../../../src/apps/cli/flags/index.js';
import { secretsOfCommand } from '../../../src/apps/cli/program/secrets.js';
import { brokerAt } from '../../../src/broker/index.js';

describe('parseArguments', () => {
  it('streams the test pattern into the embedded broker when nothing is said', () => {
    const { sources, settings } = parsed();
    expect(sources).toEqual(['test:']);
    expect(settings.program).toMatchObject({ to: 'memory:', json: false, retry: true });
    expect(settings.sources).toEqual([{ camera: {}, toMessage: {}, topic: undefined }]);
  });

  it('takes flags without the word stream', () => {
    expect(parsed('--frames', '5').settings.program.frames).toBe(5);
  });

  it.each(['rtsp://camera/stream', 'test:', 'clip.mp4', './clip', '/dev/video0', '0'])('takes the source %s without the word stream', (source) => {
    expect(parsed(source, '--frames', '5').sources).toEqual([source]);
  });

  it('gives each operator its own options and no defaults', () => {
    const { settings } = parsed('stream', 'a.mp4', '--fps', '2.5', '--size', '640x', '--fit', 'cover', '--crf', '30', '--mode', 'stream', '--chunk', '500ms',
      '--outbox-bytes', '2MiB', '--retry-initial', '100', '--no-download', '--header', 'a=1', '--header', 'b=x=y', '--hardware');
    expect(settings).toMatchObject({
      skipRate: { fps: 2.5 }, resize: { width: 640, fit: 'cover' }, encodeH265: { crf: 30, mode: 'stream', chunk: { ms: 500 }, hardware: true },
      publish: { outbox: { maxBytes: 2_097_152 } }, retry: { initialMs: 100 },
      sources: [{ camera: { download: false }, toMessage: { headers: { a: '1', b: 'x=y' } } }],
    });
    expect(settings.encodeH265).not.toHaveProperty('gop');
  });

  it('takes the options of the codec that is asked for', () => {
    expect(parsed('--codec', 'jpeg', '--quality', '70').settings).toMatchObject({ program: { codec: 'jpeg' }, encodeJpeg: { quality: 70 } });
    expect(parsed().settings).toMatchObject({ program: { codec: 'h265' } });
  });

  it.each([
    [['--size', 'x360'], { height: 360 }],
    [['--size', '640x360'], { width: 640, height: 360 }],
    [['--size', '640x'], { width: 640 }],
  ])('reads %j', (words, resize) => {
    expect(parsed(...words).settings.resize).toEqual(resize);
  });

  it('gives each source its own key, topic and location, or all of them the same', () => {
    const { settings } = parsed('stream', 'a.mp4', 'b.mp4', '--key', 'a', '--key', 'b', '--location', 'here', '--topic', 't1', '--topic', 't2', '--latency', 'low');
    expect(settings.sources).toEqual([
      { camera: { key: 'a', latency: 'low' }, toMessage: { location: 'here' }, topic: 't1' },
      { camera: { key: 'b', latency: 'low' }, toMessage: { location: 'here' }, topic: 't2' },
    ]);
  });

  it.each([
    [['a', 'b', '--key', 'x'], '--key given once for 2 sources, expected once for each'],
    [['a', 'b', '--key', 'x', '--key', 'x'], "--key 'x' given twice"],
    [['a', 'b', '--group', 'x', '--group', 'y', '--group', 'z'], '--group given 3 times for 2 sources, expected once for each, or once for all'],
    [['--fps', '1', '--every', '2'], '--fps and --every given'],
    [['--fit', 'cover'], 'without --size'],
    [['--frames', '1.5'], "option 'frames'"],
    [['--log-level', 'loud'], "option 'logLevel'"],
    [['--codec', 'gif'], "option 'codec'"],
    [['--quality', '70'], '--quality given with --codec h265, expected with --codec jpeg'],
    [['--codec', 'jpeg', '--crf', '30'], '--crf given with --codec jpeg, expected with --codec h265'],
    [['--codec', 'jpeg', '--hardware'], '--hardware given with --codec jpeg'],
  ])('%j is an InvalidOption', (words, message) => {
    expect(() => parsed('stream', ...words)).toThrow(message);
  });

  it.each([
    [['stream', '--bogus']], [['stream', '--frame', '5']], [['streem']], [['stream', '--crf', 'abc']], [['stream', '--size', '640']],
    [['stream', '--chunk', 'gops']], [['stream', '--outbox-bytes', '5 apples']], [['stream', '--header', 'x']], [['stream', '--key']],
  ])('%j is bad usage, said in words', (words) => {
    const said: string[] = [];
    expect(parseArguments(words, { out: () => undefined, error: (text) => { said.push(text); } })).toBe(2);
    expect(said.join('')).toMatch(/^error: /);
  });
});

describe('withFlags', () => {
  it.each([
    ["encodeH265: option 'crf': 99 given", "encodeH265: option 'crf' (--crf): 99 given"],
    ["resize: option 'width': 5 given", "resize: option 'width' (--size): 5 given"],
    ["redis: option 'lingerMs': -1 given", "redis: option 'lingerMs' (--linger-ms): -1 given"],
    ['something else', 'something else'],
  ])('%j names the flag', (message, shown) => {
    expect(withFlags(message)).toBe(shown);
  });
});

describe('the address of a broker', () => {
  const readAddress = (to: string) => {
    const { name: kind, address } = brokerAt(to, "stream: option 'to'");
    return { kind, ...address };
  };

  it.each<[string, object]>([
    ['memory:', { kind: 'memory', path: [] }],
    ['memory:video', { kind: 'memory', path: ['video'] }],
    ['kafka://a:9092,b:9093/video', { kind: 'kafka', hosts: ['a:9092', 'b:9093'], path: ['video'], user: undefined }],
    ['kafka://me:p%40ss@a/video', { kind: 'kafka', hosts: ['a'], user: 'me', password: 'p@ss' }],
    ['kafka://me:p@ss@[::1]:9092/video', { hosts: ['[::1]:9092'], password: 'p@ss' }],
    ['redis://localhost:6379', { kind: 'redis', scheme: 'redis://', hosts: ['localhost:6379'], path: [] }],
    ['rediss://:pw@h/2/video', { kind: 'redis', scheme: 'rediss://', password: 'pw', path: ['2', 'video'] }],
  ])('reads %s', (to, address) => {
    expect(readAddress(to)).toMatchObject(address);
  });

  it.each(['', 'video', 'kafka://', 'kafka:///video', 'kafka://a:port/x', 'redis://a,b/x', 'amqp://u:secret@h/x', 'kafka://a,,b/x', 'kafka://a/x?acks=1'])(
    'refuses %j and says what it takes, without the password', (to) => {
      expect(() => readAddress(to)).toThrow(/expected memory:, kafka:/);
      expect(() => readAddress(to)).not.toThrow(/secret/);
    });
});

describe('secretsOfCommand', () => {
  it('finds passwords in words, in flags with =, and in the environment', () => {
    const secrets = secretsOfCommand(['stream', 'rtsp://u:first@h/s', '--to=redis://:second@h'], { RXCAM_KAFKA_PASSWORD: 'thi/rd' });
    expect(secrets).toEqual(expect.arrayContaining(['first', 'second', 'thi/rd', 'thi%2Frd']));
  });
});

function parsed(...words: string[]): StreamArguments {
  const result = parseArguments(words, { out: () => undefined, error: (text) => { throw new Error(text); } });
  if (typeof result === 'number') throw new Error(`exit code ${result}`);
  if (result.command !== 'stream') throw new Error(`command ${result.command}`);
  return result;
}
