/** The command `probe`: prints the properties of a source. */
import type { DoctorArguments } from '../arguments/index.js';
import { createLogger, errorLine, paintOn } from '../program/index.js';
import { findingLine } from './finding.js';
import { sourceFacts } from './source.js';
import { sourceFindings } from './source-findings.js';
import { doctorTarget } from './doctor-target.js';

/** Width of the column of names, in characters. */
const NAME_WIDTH = 15;

/**
 * @returns the exit code: 1 if there is no picture
 * @throws InvalidOption
 */
export async function runProbe(command: DoctorArguments, env: NodeJS.ProcessEnv, given: readonly string[]): Promise<number> {
  const { program } = command;
  const secrets = [...given];
  const logger = createLogger(program.logLevel, secrets);
  const { source: { address, config } = { address: '', config: {} }, findings } = doctorTarget(command, env, logger, secrets);
  const facts = await sourceFacts(address, config);
  const { error, ...known } = facts;
  const paint = paintOn(process.stdout, env, program.color);
  if (program.json) process.stdout.write(`${JSON.stringify({ ...known, ...(error !== undefined && { error: { code: error.code, message: errorLine(error) } }) })}\n`);
  else for (const finding of [...findings, ...sourceFindings(facts)]) process.stdout.write(findingLine(finding, NAME_WIDTH, paint));
  return error === undefined ? 0 : 1;
}
