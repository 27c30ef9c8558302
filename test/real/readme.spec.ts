/** Every example of README.md and of the pages of docs/ does what it says: programs and commands are run against real servers. */
import { createHash } from 'node:crypto';
import { rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type HttpServer, footage, http, needs, sharedKafka, sharedRedis, sharedRtsp, startHttpServer, temporaryFolder,
} from '../services/index.js';
import { COMMENT_BLOCKS } from '../unit/doc-comments.js';
import { type Block, blocks } from '../unit/readme.js';
import { type Ended, MAIN, build, compile, moduleName, programOf, runCommand } from './readme-program.js';

const EXAMPLES = blocks().filter(({ language }) => language === 'ts');
/** They only show how a name is used: all are loaded in one process. */
const SHOWN = EXAMPLES.filter(({ page }) => page.startsWith('docs/reference/examples/'));
const PROGRAMS = EXAMPLES.filter((one) => moduleName(one.code) === undefined && !SHOWN.includes(one));
const COMMANDS = blocks().filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.trim().split('\n').map((line) => line.replace(/^npm ci && /, '')));

/** Commands that are not run, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm test': 'this is it',
  'npm install rxcam rxjs': 'the examples import the package as it is installed; a registry has no part in that',
  'npm run build && node test/bench/fusion.mjs': 'takes minutes, and needs a quiet machine',
  'rxcam stream rtsp://user:secret@camera.example.com/stream --to kafka://localhost:9092/video --dashboard': 'test/real/apps/dashboard.spec.ts opens it, on another port',
  'rxcam worker --to kafka://localhost:9092/video --dashboard --dashboard-host 0.0.0.0': 'test/real/apps/fleet-dashboard.spec.ts runs it, with its own fleet',
  'rxcam run cameras.yaml --dashboard': 'test/real/apps/dashboard.spec.ts opens the page of a command, on another port',
  ...Object.fromEntries(['rxcam run cameras.yaml', 'rxcam check cameras.yaml'].map((command) => [command, 'test/real/apps/cli-config.spec.ts runs it, with files of its own'])),
  ...Object.fromEntries([
    'rxcam doctor rtsp://user:secret@camera.example.com/stream kafka://localhost:9092/video',
    'rxcam doctor rtsp://viewer:secret@camera17.example.com/stream kafka://kafka.example.com:9092/video', 'rxcam probe clip.mp4 --json', 'rxcam snapshot clip.mp4 -o gate.jpg', 'rxcam doctor cameras.yaml camera-17', 'rxcam snapshot cameras.yaml camera-17 -o camera-17.jpg',
  ].map((command) => [command, 'test/real/apps/cli-doctor.spec.ts runs it, with its own camera and brokers'])),
  ...Object.fromEntries([
    'rxcam record kafka://localhost:9092/video recordings --every 10m --keep-bytes 100GB --hls',
    'rxcam clip redis://localhost:6379/video gate.mp4 --key gate --from 10m --to 5m',
    'rxcam play kafka://localhost:9092/video --key gate',
    'rxcam play redis://localhost:6379/video --from 10m --stdout | mpv -',
    'rxcam play redis://localhost:6379/video --key gate --stdout | mpv -',
  ].map((command) => [command, 'test/real/apps/cli-topic.spec.ts runs it, with messages of its own and a player'])),
};

/** The output of the examples, by a word that is in only one of them. Any other prints something. */
const PRINTS: readonly (readonly [word: string, stdout: RegExp])[] = [
  ["key: 'camera_1'", /^[1-9]\d* \d/m],
  ['findFfmpeg', /^\S*ffmpeg \S+$/],
  ['brightness', /^(mean \d+\n){2}mean \d+$/],
  ['gate.jpg', /^jpeg of \d+ bytes$/],
  ['skipRate({ fps: 5 }), take(3)', /^picture 1 at 0 ms\npicture 6 at 200 ms\npicture 11 at 400 ms$/],
  ['resize({ width: 640 }), take(1)', /^640x360$/],
  ['chunk: { frames: 10 }', /^pictures 1 to 10, keyframe true, \d+ bytes\npictures 11 to 20, keyframe true, \d+ bytes$/],
  ['hardware: true', /^(libx265: hardware failed its probe|hevc_\w+: hardware, its probe passed)/],
  ['reuse: true', /^libx265, software, as requested; not reused: the source is h264$/],
  ["passthrough({ chunk: 'gop' }), take(2)", /^h264, access units 1 to 50, keyframe true\nh264, access units 51 to 100, keyframe true$/],
  ["site: '7'", /^(?=[^]*^\d 7 \d+$)[^]*^test \d+$/m],
  ['ack.offset', /^(message \d+ at offset \d+, \d+ bytes\n){24}message 25 at offset 24, \d+ bytes$/],
  ['writeFile', /^25 of 25 written$/],
  ['jitter: 0.3', /^picture 1: \d+ bytes\npicture 6: \d+ bytes\npicture 11: \d+ bytes$/],
  ['stats({ every: 500 })', /^connecting: 0 captured[^]*^stopped: /m],
  ['registerStreamTopic', /^streamed [1-9]/m],
  ['gate_stream', /\d+ frames processed: 10 full/],
  ['verdicts: check.stats', /^1 of 1 streams active, 0 messages received, 0 B; [^]*\n0 whole [^]*\nlatency -$/],
  ['verdicts.torn', /^[\d.]+ messages\/s, \d+ ms, 0 torn, 0 lost$/m],
  ['reportText', /^0 of 1 streams active, 50 frames processed: 10 full \(20\.0 %\), 40 thinned[^]*^latency min /m],
  ['169.254', /^\S*gate.example.com\S*\n.*169\.254/],
  ['verify({ onGap: ({ camera, size, cause }) => console.log(`${camera}: ${size} pictures', /^picture \d+ of \S+, 320x\d+$/m],
  ['masked', /^picture 1, 320x180\npicture 6, 320x180$/],
  ['SIGHUP', /^connecting[^]*^streaming/m],
  ['eachMessage', /^(.* whole(\n|$)){3}/],
  ['xreadBuffer', /^(.* whole(\n|$)){3}/],
  ['camera_${index}', /^connected/m],
  ['scram-sha-256', /^idle\nclosed$/],
  ['ack.streamId', /^(message \d+ is entry \d+-\d+\n){24}message 25 is entry \d+-\d+$/],
  ['messages$', /^offset 0: \d+ bytes\n[^]*\[ 'video' \] [3-9]$/],
  ["from 'node:test'", /^ℹ fail 0$|^# fail 0$/m],
];

const WITH_SERVERS = needs('ffmpeg', 'kafka', 'redis', 'rtsp');

WITH_SERVERS('README.md and docs/', () => {
  let cwd = '';
  let files: HttpServer | undefined;
  let complaints: string;
  let places: readonly (readonly [placeholder: string, place: string])[] = [];

  beforeAll(async () => {
    cwd = temporaryFolder('readme');
    const [clip, rtsp, kafka, redis] = await Promise.all([footage({ seconds: 4 }), sharedRtsp(), sharedKafka(), sharedRedis(), build()]);
    symlinkSync(clip, `${cwd}/clip.mp4`);
    files = await startHttpServer({ '/clip.mp4': http.file(clip) });
    places = [
      ['rtsp://user:secret@camera.example.com/stream', rtsp.url],
      ['https://media.example.com', files.urlOf('')],
      ['localhost:9092', `${kafka.host}:${kafka.port}`],
      ['localhost:6379', `${redis.host}:${redis.port}`],
      ['// later', 'await new Promise<void>((resolve) => gate.events$.subscribe(({ type }) => { if (type === \'published\') resolve(); }));'],
    ];
    complaints = await compile([...EXAMPLES, ...COMMENT_BLOCKS], placed);
  });

  afterAll(async () => {
    await files?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  function placed(code: string): string {
    return places.reduce((text, [placeholder, place]) => text.replaceAll(placeholder, place), code);
  }

  function stream(words: string, until?: RegExp): Promise<Ended> {
    return runCommand(placed(`node ${MAIN} ${words}`), { cwd, until });
  }

  it('has examples that compile against the package, those of doc comments included', () => {
    expect(complaints).toBe('');
  });

  it('has examples of each name that can be loaded', async () => {
    const all = SHOWN.map((one) => `await import('${programOf(one)}');`).join('\n');
    const { exitCode, stderr } = await runCommand(`node --enable-source-maps --input-type=module -e "${all.replaceAll('"', '\\"')}"`, { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it.concurrent.each(PROGRAMS.map((program) => [program.page, program.line, program.heading, program] as const))('%s, line %d, %s', async (_, __, ___, program) => {
    await prepare(program);
    const [, prints = /\S/] = PRINTS.find(([word]) => program.code.includes(word)) ?? [];
    const until = program.endless ? prints : undefined;
    const { exitCode, signal, stdout, stderr } = await runCommand(`node --enable-source-maps ${programOf(program)}`, { cwd, until });
    expect(stderr).toBe('');
    expect(stdout).toMatch(prints);
    // One that is stopped may end in order.
    expect(until === undefined ? [0] : [0, 'SIGINT']).toContain(signal ?? exitCode);
  });

  /** A consumer needs something to read. */
  async function prepare({ code }: Block): Promise<void> {
    if (code.includes('eachMessage') || code.includes("topic: 'video_input_topic', from")) await stream('stream test: --frames 3 --quiet --to kafka://localhost:9092/video_input_topic');
    if (code.includes('xreadBuffer')) await stream('stream test: --frames 3 --quiet --to redis://localhost:6379/video_input_topic');
  }

  it.concurrent.each(COMMANDS.filter((command) => !(command in NOT_RUN)))('%s', async (command) => {
    const words = command.replace(/^(rxcam|npm start( --)?)(?= |$)/, '');
    expect(words, 'a command that NOT_RUN names, or one of rxcam').not.toBe(command);
    const reads = /^ (read|verify) /.test(words);
    const endsItself = reads || /--help|--frames/.test(words);
    const { exitCode, stdout } = await (endsItself ? stream(words) : stream(`${words} --log-every 1`, /"msg":"published"/));
    // Messages of other examples may have gaps: they are stopped in the middle.
    expect(reads ? [0, 3] : [0]).toContain(exitCode);
    if (words.includes('--json') && !reads) expect(shapeOf(stdout)).toEqual(shapeOf(blocks().find(({ language }) => language === 'json')?.code ?? ''));
  });

  it('names no command as not run that is not there', () => {
    expect(COMMANDS).toEqual(expect.arrayContaining(Object.keys(NOT_RUN)));
  });
});

function shapeOf(json: string): Record<string, unknown> {
  return JSON.parse(json, (_, value: unknown) => (typeof value === 'object' ? value : typeof value)) as Record<string, unknown>;
}

WITH_SERVERS('the check of a consumer', () => {
  const message = (order: number, previous: number, run = 'a') => {
    const value = Buffer.from(`picture ${order}`);
    const headers = {
      ce_key: 'gate', ce_id: `gate/${run}/${order}`, ce_inputorder: String(order), ce_previousorder: String(previous),
      ce_sha256: createHash('sha256').update(value).digest('hex'),
    };
    return [headers, value] as const;
  };

  it('reports dropped, lost, repeated and torn messages', async () => {
    const example = EXAMPLES.find(({ code }) => moduleName(code) === 'check') as Block;
    const { check } = await import(programOf(example)) as { check: (headers: Record<string, string>, value: Buffer) => string };
    expect(check(...message(1, 0))).toBe('whole');
    expect(check(...message(2, 1))).toBe('whole');
    expect(check(...message(2, 1))).toBe('repeated');
    expect(check(...message(5, 2))).toBe('dropped by rxcam: 2');
    expect(check(...message(8, 7))).toBe('lost on the way: up to 7, from 6');
    expect(check(message(9, 8)[0], Buffer.from('pic'))).toBe('torn');
    expect(check(...message(10, 9))).toBe('whole');
    expect(check(...message(1, 0, 'another process'))).toBe('whole');
    expect(check(...message(3, 1, 'another process'))).toBe('dropped by rxcam: 1');
  });
});
