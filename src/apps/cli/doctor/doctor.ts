/** The command `doctor`: checks the machine, a source and a broker, and names remedies. */
import { lastValueFrom, tap, toArray } from 'rxjs';
import type { DoctorArguments } from '../arguments/index.js';
import { type Paint, createLogger, isUsageError, paintOn } from '../program/index.js';
import { brokerFindings } from './broker.js';
import { type Finding, failedFinding, findingLine } from './finding.js';
import { machineFindings } from './machine.js';
import { sourceFacts } from './source.js';
import { sourceFindings } from './source-findings.js';
import { type DoctorTarget, doctorTarget } from './doctor-target.js';

/** Width of the column of names, in characters. */
const NAME_WIDTH = 21;

/**
 * Prints each finding as soon as it is known.
 * @returns the exit code: 1 if a finding is bad
 * @throws InvalidOption
 */
export async function runDoctor(command: DoctorArguments, env: NodeJS.ProcessEnv, given: readonly string[]): Promise<number> {
  const { program } = command;
  const secrets = [...given];
  const logger = createLogger(program.logLevel, secrets);
  const { source, brokers, findings } = doctorTarget(command, env, logger, secrets);
  const paint = paintOn(process.stdout, env, program.color);
  const all: Finding[] = [];
  const print = (found: readonly Finding[]) => {
    all.push(...found);
    if (!program.json) for (const finding of found) process.stdout.write(findingLine(finding, NAME_WIDTH, paint));
  };
  print(findings);
  await lastValueFrom(machineFindings().pipe(tap((finding) => { print([finding]); }), toArray()));
  if (source !== undefined) print(await showWait('looking at the source: up to a minute, if it sends no picture', sourceOf(source)));
  for (const broker of brokers) {
    print(await showWait('looking at the broker', brokerFindings(broker)));
    await broker.target.broker.close({ deadlineMs: 0 });
  }
  const bad = all.filter(({ state }) => state === 'bad').length;
  if (program.json) process.stdout.write(`${JSON.stringify({ ok: bad === 0, findings: all })}\n`);
  else process.stdout.write(`\n${verdictOf(all, paint)}\n`);
  return bad === 0 ? 0 : 1;
}

/** Shows a line on a terminal while the work is in progress, and then removes it. */
async function showWait<T>(what: string, work: Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work;
  stderr.write(`… ${what}`);
  try {
    return await work;
  } finally {
    stderr.write('\r\u001b[K');
  }
}

function verdictOf(all: readonly Finding[], paint: Paint): string {
  const bad = all.filter(({ state }) => state === 'bad').length;
  if (bad > 0) return paint('red', `${bad} ${bad === 1 ? 'thing does' : 'things do'} not work`);
  const open = all.filter(({ state, advice }) => state === 'note' && advice !== undefined).length;
  return open === 0 ? paint('green', 'all is well') : paint('yellow', `nothing is broken; ${open} ${open === 1 ? 'line' : 'lines'} with → to look at`);
}

async function sourceOf({ address, config }: NonNullable<DoctorTarget['source']>): Promise<Finding[]> {
  try {
    return sourceFindings(await sourceFacts(address, config));
  } catch (error) {
    if (!isUsageError(error)) throw error;
    return [failedFinding('source', error)];
  }
}
