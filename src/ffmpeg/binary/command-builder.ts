/** fluent-ffmpeg, which composes the commands; loaded at the first search for an ffmpeg, since importing rxcam needs none of it. */
import './bundled.js';
import { createRequire } from 'node:module';
import type { FfmpegCommand, FfmpegCommandOptions } from 'fluent-ffmpeg';

type MakeCommand = (options: FfmpegCommandOptions) => FfmpegCommand;

let make: MakeCommand | undefined;

/** Resolves once {@link newCommand} can be called. */
export async function loadCommandBuilder(): Promise<void> {
  make ??= await load();
}

/**
 * `require` takes a third of the time of an import, and may be tried again after it failed, such as for want of a file descriptor: Node
 * remembers a failed import for as long as it runs. In a bundle of everything there is no package to require, but its copy.
 */
async function load(): Promise<MakeCommand> {
  try {
    return createRequire(import.meta.url)('fluent-ffmpeg') as MakeCommand;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return (await import('fluent-ffmpeg')).default;
  }
}

/** A command without parts. With `presets` set it does not look beside its own file, which a bundle does not have. */
export function newCommand(): FfmpegCommand {
  if (make === undefined) throw new Error('commands are composed once an ffmpeg is found');
  return make({ presets: 'none' });
}
