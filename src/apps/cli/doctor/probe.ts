/** The command `probe`: what a source says and is. */
import type { DoctorArguments } from '../arguments/index.js';
import { createLogger, oneLine, paintOn } from '../program/index.js';
import { findingLine } from './finding.js';
import { sourceFacts } from './source.js';
import { sourceFindings } from './source-findings.js';

const WIDTH = 15;

/**
 * @returns the exit code: 1 if there is no picture
 * @throws InvalidOption
 */
export async function probe({ source = '', program, settings }: DoctorArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const logger = createLogger(program.logLevel, secrets, (line) => { process.stderr.write(line); });
  const facts = await sourceFacts(source, { ...settings.sources[0]?.camera, logger });
  const { error, ...known } = facts;
  const paint = paintOn(process.stdout, env, program.color);
  if (program.json) process.stdout.write(`${JSON.stringify({ ...known, ...(error !== undefined && { error: { code: error.code, message: oneLine(error) } }) })}\n`);
  else for (const finding of sourceFindings(facts)) process.stdout.write(findingLine(finding, WIDTH, paint));
  return error === undefined ? 0 : 1;
}
