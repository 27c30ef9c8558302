/** Every program of docs/examples starts with `npm start`, without a camera and a broker, and does what its README says. */
import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { has, needs, sharedKafka, sharedRedis, sharedRtsp, temporaryFolder } from '../services/index.js';
import { consumerPython } from '../services/cache.mjs';
import { MAIN, build, install, runCommand } from './readme-program.js';

const EXAMPLES = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const NAMES = readdirSync(EXAMPLES, { withFileTypes: true }).filter((one) => one.isDirectory() && one.name !== 'node_modules').map(({ name }) => name);
const MOST_LINES = 40;

interface Example {
  /** Its output when it works. */
  readonly prints: RegExp;
  /** Whether it runs until it is interrupted. */
  readonly endless?: boolean;
  /** Others listen on the usual ports. */
  readonly env?: string;
}

/** Of twelve cameras, when the third worker has left. */
const SHARES = Array.from({ length: 11 }, (_, index) => `ann ${index + 1}, ben ${11 - index}, cat 0`);

const EXPECTED: Readonly<Record<string, Example>> = {
  'rtsp-to-kafka': { prints: /^streaming: [1-9]\d* published, \d+\.\d a second, 0 dropped$/m, endless: true },
  'lossless-files': { prints: /^first\S+: 50 of 50 pictures published\nsecond\S+: 50 of 50 pictures published$/ },
  'record-on-motion': { prints: /^something moves: (\S+)\nsomething moves: (\S+)\n\1: 1\d pictures, \d+ bytes\n120 pictures captured, 3\d published\n\2: 1\d pictures, \d+ bytes$/ },
  'redis-pictures': { prints: /^picture 1 of gate: \S+\.jpg, \d+ bytes$/m, endless: true },
  'python-consumer': { prints: /^gate 1: \d+ bytes, whole\ngate 2: \d+ bytes, whole\ngate 3/m, endless: true },
  'marble-test': { prints: /^(# |ℹ )pass 3$/m },
  'camera-wall': { prints: /^50 of 50 give pictures$/m, endless: true, env: 'PORT=0' },
  'fleet-of-three': { prints: new RegExp(`^ann [1-9]\\d*, ben [1-9]\\d*, cat [1-9]\\d*\\ncat leaves\\n(?:.*\\n)*(?:${SHARES.join('|')})$`, 'm'), endless: true },
  'stats-to-grafana': { prints: /^camera-1: [1-9]\d*, camera-2: [1-9]\d*, camera-3: [1-9]\d*$/m, endless: true, env: 'PORT=0' },
  detector: { prints: /^picture 1: [1-9]\d red blocks/m, endless: true },
};

needs('ffmpeg', 'python', 'npm')('docs/examples', () => {
  let folder = '';

  beforeAll(async () => {
    await build();
    folder = temporaryFolder('examples');
    cpSync(EXAMPLES, folder, { recursive: true, filter: (from) => !/\/(node_modules|pictures|recordings)$/.test(from) });
    install(folder);
  });

  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('expects something of each', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('%s: short, with a README that begins with npm start', (name) => {
    for (const file of readdirSync(`${EXAMPLES}/${name}`).filter((one) => /\.(js|py)$/.test(one))) {
      expect(readFileSync(`${EXAMPLES}/${name}/${file}`, 'utf8').trimEnd().split('\n').length, file).toBeLessThanOrEqual(MOST_LINES);
    }
    expect(readFileSync(`${EXAMPLES}/${name}/README.md`, 'utf8')).toMatch(/^# .+\n\n {4}npm start\n\n/);
  });

  it.concurrent.each(Object.entries(EXPECTED))('%s: npm start', async (name, { prints, endless = false, env }) => {
    const cwd = `${folder}/${name}`;
    const { scripts } = JSON.parse(readFileSync(`${cwd}/package.json`, 'utf8')) as { scripts: { prestart: string; start: string } };
    expect(scripts.prestart).toMatch(/node \.\.\/link\.mjs$/);
    await execa('sh', ['-c', scripts.prestart], { cwd, env: { ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip' } });
    await starts(name, env === undefined ? scripts.start : `env ${env} ${scripts.start}`, { prints, endless });
  });

  it.runIf(has('rtsp') && has('kafka'))('rtsp-to-kafka, with a camera and a broker', async () => {
    const [rtsp, kafka] = await Promise.all([sharedRtsp(), sharedKafka()]);
    await starts('rtsp-to-kafka', `env CAMERA=${rtsp.url} KAFKA=${kafka.host}:${kafka.port} node index.js`, EXPECTED['rtsp-to-kafka']);
  });

  it.runIf(has('pypi') && has('kafka'))('python-consumer, with a Kafka', async () => {
    const { host, port } = await sharedKafka();
    await starts('python-consumer', `env KAFKA=${host}:${port} PYTHON=${consumerPython} node index.js`, { prints: /^gate \d+: \d+ bytes, whole$/m, endless: true });
  });

  it.runIf(has('redis'))('redis-pictures, with a Redis', async () => {
    const { url } = await sharedRedis();
    const sender = runCommand(`node ${MAIN} stream test: --key gate --frames 40 --fps 5 --quiet --to ${url}/video`, { cwd: folder });
    await starts('redis-pictures', `env REDIS=${url} node index.js`, { prints: /^picture \d+ of gate: \S+\.jpg, \d+ bytes$/m, endless: true });
    await sender;
  });

  async function starts(name: string, command: string, expected: Example | undefined): Promise<void> {
    const { prints = /^$/, endless = false } = expected ?? {};
    const { stdout, stderr, exitCode } = await runCommand(command, { cwd: `${folder}/${name}`, until: endless ? prints : undefined });
    expect(stderr).toBe('');
    expect(stdout).toMatch(prints);
    expect(exitCode).toBe(0);
  }
});
