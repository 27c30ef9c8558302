/** The command `clip`: writes a period of a topic into one file. */
import { clip as makeClip } from '../../clip.js';
import { isUsageError, printError, stop$ } from '../program/index.js';
import type { ClipArguments } from '../arguments/index.js';
import { clipLines, jsonLine } from './lines.js';
import { EXIT_NOT_WHOLE, openTopic } from './topic.js';

/**
 * Writes the file, unless the program is stopped.
 * @returns the exit code
 * @throws InvalidOption
 */
export async function runClip(command: ClipArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { broker, topic, logger } = openTopic(command, env, secrets);
  const stopped = new AbortController();
  const stopping = stop$.subscribe((reason) => { stopped.abort(new Error(`${reason}: there is no clip`)); });
  const watching = broker.state$.subscribe(({ status, error }) => {
    if (status === 'unavailable') logger.warn({ broker: broker.address, reason: error?.message }, 'broker unavailable');
  });
  try {
    const made = await makeClip(broker, { ...command.clip, topic, signal: stopped.signal });
    process.stdout.write(command.program.json ? jsonLine(made) : clipLines(made));
    return made.gaps.some(({ size }) => size > 0) ? EXIT_NOT_WHOLE : 0;
  } catch (error) {
    if (isUsageError(error)) throw error;
    printError(error, secrets);
    return 1;
  } finally {
    watching.unsubscribe();
    stopping.unsubscribe();
    await broker.close({ deadlineMs: 0 });
  }
}
