/** The command `health`: queries the state of the rxcam programs on this machine. */
import type { HealthArguments } from '../arguments/index.js';
import { type QueryResult, queryProgram } from './query.js';
import { socketFolders, socketsIn } from './folders.js';
import { type HealthAnswer, isHealthyState } from './health-answer.js';

/** The expected condition of a program, from the weakest to the strictest. */
type Expected = HealthArguments['expect'];

/** @returns the exit code: 0 if each program is as expected, 1 if one is not or none runs */
export async function runHealth({ expect, pid, timeoutMs, json }: HealthArguments, env: NodeJS.ProcessEnv): Promise<number> {
  const folders = socketFolders(env);
  const sockets = folders.flatMap(socketsIn).filter((socket) => pid === undefined || socket.pid === pid);
  const answers = (await Promise.all(sockets.map((socket) => queryProgram(socket, timeoutMs)))).filter((one) => one !== undefined);
  const programs = answers.map((one) => ({ ...one, failure: one.failure ?? failureOf(one.answer, expect) }));
  const isHealthy = programs.length > 0 && programs.every(({ failure }) => failure === undefined);
  if (json) {
    process.stdout.write(`${JSON.stringify({ healthy: isHealthy, programs: programs.map(jsonOf) })}\n`);
  } else if (programs.length === 0) {
    const { printError } = await import('../program/fatal-errors.js');
    printError(`health: no rxcam stream, run, worker or record ${pid === undefined ? '' : `with the process id ${pid} `}runs here; looked in ${folders.join(', ')}`);
  } else {
    const { withoutControls } = await import('../program/readable.js');
    for (const one of programs) process.stdout.write(`${withoutControls(lineOf(one))}\n`);
  }
  return isHealthy ? 0 : 1;
}

/** The reason why a program is not as expected; undefined if it is. */
function failureOf(answer: HealthAnswer | undefined, expected: Expected): string | undefined {
  if (answer === undefined || expected === 'alive') return undefined;
  const { worker, brokers, cameras } = answer;
  if (worker !== undefined && worker.status !== 'member') return `the worker is ${worker.status}`;
  const away = brokers.find(({ status }) => status === 'unavailable');
  if (away !== undefined) return `the broker ${away.address} is unavailable`;
  const silent = Object.entries(cameras).filter(([state]) => !isHealthyState(state)).reduce((sum, [, count]) => sum + count, 0);
  return expected === 'streaming' && silent > 0 ? `${silent} ${silent === 1 ? 'camera sends' : 'cameras send'} no pictures` : undefined;
}

function jsonOf({ pid, answer, failure }: QueryResult): Record<string, unknown> {
  return { pid, healthy: failure === undefined, ...(failure !== undefined && { failure }), ...answer };
}

/** `✓ run 4711, up 3 h: 3 of 4 cameras send pictures; hall is waiting (SOURCE_TIMEOUT); kafka://… is connected`. */
function lineOf({ pid, answer, failure }: QueryResult): string {
  const mark = failure === undefined ? '✓' : '✗';
  if (answer === undefined) return `${mark} ${pid} ${failure ?? ''}`;
  const { command, upMs, cameras, trouble, brokers, worker } = answer;
  const all = Object.values(cameras).reduce((sum, count) => sum + count, 0);
  const well = Object.entries(cameras).filter(([state]) => isHealthyState(state)).reduce((sum, [, count]) => sum + count, 0);
  const parts = [
    ...(failure === undefined ? [] : [failure]),
    `${well} of ${all} cameras send pictures`,
    ...trouble.slice(0, MAX_NAMED).map(({ camera, state, error }) => `${camera} is ${state}${error === undefined ? '' : ` (${error})`}`),
    ...(trouble.length > MAX_NAMED ? [`${all - well - MAX_NAMED} more`] : []),
    ...brokers.map(({ address, status }) => `${address} is ${status}`),
    ...(worker === undefined ? [] : [`worker ${worker.name} is ${worker.status}`]),
  ];
  return `${mark} ${command} ${pid}, up ${durationOf(upMs)}: ${parts.join('; ')}`;
}

/** Maximum number of cameras in trouble that a line names. */
const MAX_NAMED = 3;

function durationOf(ms: number): string {
  const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000]] as const;
  const [unit, size] = units.find(([, one]) => ms >= one) ?? ['s', 1_000];
  return `${Math.floor(ms / size)} ${unit}`;
}
