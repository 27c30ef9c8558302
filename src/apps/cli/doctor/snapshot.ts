/** The command `snapshot`: writes one picture of a source to a file or to stdout. */
import { writeFileSync } from 'node:fs';
import { camera } from '../../../camera/index.js';
import { sizeText } from '../../../ledger/index.js';
import { snapshot as pictureOf } from '../../snapshot.js';
import type { DoctorArguments } from '../arguments/index.js';
import { createLogger, isUsageError, printError, withoutControls, writeWithin } from '../program/index.js';
import { doctorTarget } from './doctor-target.js';

const DEFAULT_FILE = 'snapshot.jpg';
/** Time limit for a reader of stdout; ms. */
const READ_WITHIN_MS = 30_000;

/**
 * @returns the exit code
 * @throws InvalidOption
 */
export async function runSnapshot(command: DoctorArguments, env: NodeJS.ProcessEnv, given: readonly string[]): Promise<number> {
  const { program } = command;
  const secrets = [...given];
  const { output = process.stdout.isTTY ? DEFAULT_FILE : '-', quality, timeoutMs, logLevel } = program;
  const logger = createLogger(logLevel, secrets);
  const { source: { address, config } = { address: '', config: {} } } = doctorTarget(command, env, logger, secrets);
  const source$ = camera(address, config);
  try {
    const jpeg = await pictureOf(source$, { quality, timeoutMs });
    if (output === '-') {
      const error = await writeWithin(process.stdout, jpeg, READ_WITHIN_MS);
      if (error !== undefined) throw error;
    } else {
      writeFileSync(output, jpeg);
      process.stderr.write(`${withoutControls(output)}: ${sizeText(jpeg.length)}\n`);
    }
    return 0;
  } catch (error) {
    if (isUsageError(error)) throw error;
    printError(error, secrets);
    return 1;
  }
}
