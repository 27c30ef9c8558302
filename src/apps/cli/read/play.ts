/** The command `play`: shows the pictures of a topic, or writes them to stdout for another player. */
import type { Writable } from 'node:stream';
import { type Observable, defer, filter, lastValueFrom, takeUntil } from 'rxjs';
import { verify } from '../../../../operators/index.js';
import type { Reception } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { findPlayer, pipeMuxer, showInWindow } from '../../../ffmpeg/index.js';
import type { Received } from '../../../message/index.js';
import { NoFiles, recordOne } from '../../../consumer/index.js';
import { redactUrl } from '../../../core/redact/redact.js';
import { isUsageError, printError, stop$ } from '../program/index.js';
import type { PlayArguments } from '../arguments/index.js';
import { openTopic, readTopic } from './topic.js';

/**
 * Plays until the reading ends, the window is closed, or the program is stopped.
 * @returns the exit code
 * @throws InvalidOption
 */
export async function runPlay(command: PlayArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { isPiped, subscribe: { key }, settings } = command;
  if (isPiped && process.stdout.isTTY) throw new InvalidOption('play: --stdout given, and stdout is a terminal; expected a pipe or a file');
  const opened = openTopic(command, env, secrets);
  const player = findPlayer();
  if (!isPiped && player === undefined) {
    printError(`ffplay was not found on PATH; install it, or run: rxcam play ${redactUrl(settings.program.to)} --stdout | mpv -`, secrets);
    await opened.broker.close({ deadlineMs: 0 });
    return 1;
  }
  const { messages, close } = readTopic(opened, command);
  const written = (pipe: Writable) => played(messages, pipe);
  const shown$ = isPiped ? written(process.stdout) : showInWindow(player ?? '', key ?? opened.topic, written);
  try {
    await lastValueFrom(shown$.pipe(takeUntil(stop$)), { defaultValue: undefined });
    return 0;
  } catch (error) {
    if (isUsageError(error)) throw error;
    printError(error, secrets);
    return 1;
  } finally {
    await close();
  }
}

/** Writes the pictures of one key, the first that arrives, to the pipe as one stream. */
function played(messages: Reception, pipe: Writable): Observable<unknown> {
  return defer(() => {
    let shown: string | undefined;
    const isShown = ({ key, camera }: Received) => (shown ??= key ?? camera) === (key ?? camera);
    return messages.pipe(filter(isShown), verify(), recordOne(new NoFiles(), pipeMuxer(pipe)));
  });
}
