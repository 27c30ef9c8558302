/** The command `doctor`: what works here, what does not, and what to do. */
import { lastValueFrom, tap, toArray } from 'rxjs';
import { type DoctorArguments, openTarget } from '../arguments/index.js';
import { createLogger, isUsage, paintOn } from '../program/index.js';
import { brokerFindings } from './broker.js';
import { type Finding, failed, findingLine } from './finding.js';
import { machineFindings } from './machine.js';
import { sourceFacts } from './source.js';
import { sourceFindings } from './source-findings.js';

/** Room for the longest name. */
const WIDTH = 21;

/**
 * Prints each line as soon as it is known.
 * @returns the exit code: 1 if anything is bad
 * @throws InvalidOption
 */
export async function doctor(command: DoctorArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { source, broker, program, settings } = command;
  const logger = createLogger(program.logLevel, secrets, (line) => { process.stderr.write(line); });
  const target = broker === undefined ? undefined : openTarget(settings, env, logger, 'doctor: the address of a broker');
  const paint = paintOn(process.stdout, env, program.color);
  const all: Finding[] = [];
  const tell = (findings: readonly Finding[]) => {
    all.push(...findings);
    if (!program.json) for (const finding of findings) process.stdout.write(findingLine(finding, WIDTH, paint));
  };
  await lastValueFrom(machineFindings().pipe(tap((finding) => { tell([finding]); }), toArray()));
  if (source !== undefined) tell(await sourceOf(source, command, logger));
  if (target !== undefined) {
    tell(await brokerFindings(target, broker ?? '', env));
    await target.broker.close({ deadlineMs: 0 });
  }
  const bad = all.filter(({ state }) => state === 'bad').length;
  if (program.json) process.stdout.write(`${JSON.stringify({ ok: bad === 0, findings: all })}\n`);
  else process.stdout.write(`\n${bad === 0 ? paint('green', 'all is well') : paint('red', `${bad} ${bad === 1 ? 'thing does' : 'things do'} not work`)}\n`);
  return bad === 0 ? 0 : 1;
}

async function sourceOf(source: string, { settings }: DoctorArguments, logger: ReturnType<typeof createLogger>): Promise<Finding[]> {
  try {
    return sourceFindings(await sourceFacts(source, { ...settings.sources[0]?.camera, logger }));
  } catch (error) {
    if (!isUsage(error)) throw error;
    return [failed('source', error)];
  }
}
