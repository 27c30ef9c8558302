/** Logs that can't be written, and readers that stop or leave: the cameras continue, and the exit code is right. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { needs, threeQuestions } from '../services/index.js';
import { type Counts, MAIN, build, countsOf, endAll, gone, run, start } from '../real/apps/cli-program.js';

const SMALL = 'test:?size=64x48&fps=100';
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
  await endAll();
});

interface Outcome { readonly exitCode: number | null; readonly stdout: string; readonly counts: Counts & { logLinesDropped?: number } }

/** Runs the program with `log` as its log: a stream with a reader, or a file that the shell opens. */
function program(words: readonly string[], log: 'ignore' | NonNullable<ChildProcess['stdin']>): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn('node', [MAIN, 'stream', ...words], { stdio: ['ignore', 'pipe', log] });
  children.push(child);
  const stdout$ = text(child.stdout as NodeJS.ReadableStream);
  const outcome = once(child, 'close').then(async ([exitCode]) => {
    const stdout = (await stdout$).trimEnd();
    return { exitCode: exitCode as number | null, stdout, counts: countsOf({ stdout, stderr: '', exitCode: 0 }) };
  });
  return { child, outcome };
}

/** Runs it in a shell, and returns its output and the exit code of the program itself. */
async function shell(command: string): Promise<{ stdout: string; exitCode: number }> {
  const child = spawn('bash', ['-c', `${command.replace('RXCAM', `node '${MAIN}' stream`)}; echo "exit \${PIPESTATUS[0]}"`], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const stdout = await text(child.stdout);
  const [, before = '', exitCode = ''] = /^([^]*)exit (\d+)\n$/.exec(stdout) ?? [];
  return { stdout: before, exitCode: Number(exitCode) };
}

async function reader(command = 'cat'): Promise<ChildProcess & { stdin: NonNullable<ChildProcess['stdin']> }> {
  const child = spawn(command, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  child.stdin.on('error', () => undefined);
  await once(child, 'spawn');
  return child;
}

needs('ffmpeg')('a log', () => {
  beforeAll(build);

  it('on a full disk loses lines, which are counted, and nothing else', async () => {
    const { stdout, exitCode } = await shell(`RXCAM '${SMALL}' --frames 50 --log-every 1 --json 2>/dev/full`);
    expect(exitCode).toBe(0);
    const counts = countsOf({ stdout: stdout.trimEnd(), stderr: '', exitCode }) as Outcome['counts'];
    expect(counts.published).toBe(50);
    expect(counts.logLinesDropped).toBeGreaterThan(50);
    await threeQuestions({ stats: counts });
  });

  it('whose reader dies does not end the cameras', async () => {
    const { stdin, pid } = await reader();
    const { child, outcome } = program([SMALL, '--frames', '300', '--log-every', '1', '--json'], stdin);
    stdin.destroy();
    await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    process.kill(pid as number, 'SIGKILL');
    const { exitCode, counts } = await outcome;
    expect(exitCode).toBe(0);
    expect(counts.published).toBe(300);
    expect(counts.logLinesDropped).toBeGreaterThan(0);
    await threeQuestions({ stats: counts, pid: child.pid as number });
  });

  it('whose reader stops delays nothing, and memory stays limited', async () => {
    const { stdin, pid } = await reader();
    process.kill(pid as number, 'SIGSTOP');
    const { child, outcome } = program(['test:?size=64x48&fps=100', '--pace', 'asap', '--frames', '4000', '--log-every', '1', '--json'], stdin);
    stdin.destroy();
    let peak = 0;
    const sampling = setInterval(() => { peak = Math.max(peak, residentOf(child.pid as number)); }, 100);
    const { exitCode, counts } = await outcome;
    clearInterval(sampling);
    expect(exitCode).toBe(0);
    expect(counts.published).toBe(4000);
    expect(counts.logLinesDropped).toBeGreaterThan(500);
    expect(peak).toBeLessThan(250 * 1024 ** 2);
    await threeQuestions({ stats: counts });
  });

  it('has only lines of JSON when Node prints a warning, also before the log exists', async () => {
    const early = "process.on('newListener', (name) => { if (name === 'warning') process.nextTick(() => process.emitWarning('early')); });";
    const fault = `${early} process.once('SIGUSR2', () => process.emitWarning('late', 'TimeoutNegativeWarning', 'DEP1'));`;
    const one = start(['stream', SMALL, '--log-every', '1', '--json'], { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(fault)}`] });
    await one.said(/"msg":"published"/);
    one.kill('SIGUSR2');
    const late = JSON.parse(await one.said(/"msg":"late"/)) as object;
    one.kill('SIGTERM');
    const { exitCode, stderr, stdout } = await one.ended;
    expect(exitCode).toBe(0);
    expect(late).toMatchObject({ level: 40, warning: 'TimeoutNegativeWarning', code: 'DEP1', msg: 'late' });
    const records = stderr.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.find(({ msg }) => msg === 'early')).toMatchObject({ level: 40, warning: 'Warning' });
    await threeQuestions({ stats: countsOf({ exitCode, stderr, stdout }) });
  });

  it('of bad usage has one line, and one of JSON for each warning of Node', async () => {
    const fault = "process.on('newListener', (name) => { if (name === 'warning') process.nextTick(() => process.emitWarning('early')); });";
    const { stderr, exitCode } = await run(['stream', '--crf', '99'], { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(fault)}`] });
    expect(exitCode).toBe(2);
    const [complaint, ...lines] = stderr.split('\n').sort((one) => (one.startsWith('rxcam: ') ? -1 : 1));
    expect(complaint).toMatch(/^rxcam: .*--crf/);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ msg: 'early' });
  });
});

needs('ffmpeg')('the result on stdout', () => {
  it('ends the program quietly when its reader has read enough', async () => {
    const { stdout, exitCode } = await shell(`RXCAM '${SMALL}' --log-every 1 2>&1 | head -1`);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toHaveProperty('msg');
    expect(exitCode).toBe(0);
    await threeQuestions({});
  });

  it('is not a success if its reader leaves before the end', async () => {
    const { exitCode } = await shell(`RXCAM '${SMALL}' --frames 100000 --log-every 1 2>&1 | head -1`);
    expect(exitCode).toBe(1);
    await threeQuestions({});
  });

  it.each([
    ['a reader that has ended', '--json', '2>/dev/null | true'], ['a full disk', '--json', '2>/dev/null >/dev/full'], ['a full disk, in words', '', '2>/dev/null >/dev/full'],
  ])('is not a success if the result can\'t be written: %s', async (_, flag, to) => {
    const { exitCode } = await shell(`RXCAM '${SMALL}' --frames 5 ${flag} ${to}`);
    expect(exitCode).toBe(1);
  });

  it('in words, to a reader that has read enough, is a success', async () => {
    expect((await shell(`RXCAM '${SMALL}' --frames 5 2>/dev/null | true`)).exitCode).toBe(0);
  });

  it('is printed after SIGHUP as well, when all messages are sent', async () => {
    const one = start(['stream', SMALL, '--log-every', '1', '--json']);
    await one.said(/"msg":"published"/);
    const ffmpegs = one.ffmpegs();
    one.kill('SIGHUP');
    const ended = await one.ended;
    expect(ended.exitCode).toBe(0);
    expect(countsOf(ended)).toMatchObject({ inFlight: 0 });
    expect(ended.stderr).toContain('"reason":"SIGHUP"');
    await gone(ffmpegs);
    await threeQuestions({ stats: countsOf(ended) });
  });
});

/** Resident memory in bytes; 0 after the process has ended. */
function residentOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
