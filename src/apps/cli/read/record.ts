/** The command `record`: writes a topic to files. */
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import { record as recordInto, verify } from '../../../../operators/index.js';
import type { RecordClosed } from '../../../consumer/index.js';
import { isGap } from '../../../consumer/index.js';
import { serveHealth } from '../health/index.js';
import { isUsageError, printError, stop$ } from '../program/index.js';
import type { RecordArguments } from '../arguments/index.js';
import { jsonLine, recordedLine, recordingLine } from './lines.js';
import { RecordedCameras } from './recorded-cameras.js';
import { openTopic, readTopic, summaryAndExitCode } from './topic.js';

/**
 * Records until the end of the reading, or until the program is stopped; then completes the files.
 * @returns the exit code
 * @throws InvalidOption
 */
export async function runRecord(command: RecordArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { program: { json, quiet, silentMs }, folder, subscribe: { group, key } } = command;
  const write = recordInto(folder, command.record);
  const opened = openTopic(command, env, secrets);
  const { messages, state, close } = readTopic(opened, command);
  const check = verify();
  const cameras = new RecordedCameras({ expected: group === undefined ? key ?? opened.topic : undefined, silentMs });
  serveHealth('record', () => ({ cameras: cameras.states(), brokers: [{ address: opened.broker.address, state: state() }] }), opened.logger, env);
  const files: RecordClosed[] = [];
  let failure: unknown;
  try {
    const received$ = messages.pipe(takeUntil(stop$));
    const checked$ = received$.pipe(check, tap((one) => { if (!isGap(one)) cameras.arrived(one); }));
    await lastValueFrom(checked$.pipe(write, tap((event) => {
      cameras.reported(event);
      if (event.type === 'closed') files.push(event);
      if (!quiet) process.stdout.write(json ? jsonLine(event) : recordedLine(event));
    })), { defaultValue: undefined });
  } catch (error) {
    if (isUsageError(error)) throw error;
    failure = error;
  } finally {
    await close();
  }
  const { summary, exitCode } = summaryAndExitCode(messages, check);
  const sums = { files: files.length, pictures: sum(files, 'pictures'), fileBytes: sum(files, 'bytes') };
  process.stdout.write(json ? jsonLine({ summary: { ...sums, ...summary } }) : recordingLine(sums, summary));
  if (failure === undefined) return exitCode;
  printError(failure, secrets);
  return 1;
}

function sum(files: readonly RecordClosed[], of: 'pictures' | 'bytes'): number {
  return files.reduce((total, file) => total + file[of], 0);
}
