/** Loads fluent-ffmpeg, which builds the commands, at the first search for an ffmpeg, so that importing rxcam stays fast. */
import './bundled.js';
import { createRequire } from 'node:module';

/** The part of fluent-ffmpeg's command that is used here. The package with its types is a development dependency, which users do not have. */
export interface FfmpegCommand {
  input(url: string): this;
  inputOptions(options: readonly string[]): this;
  complexFilter(graph: string): this;
  output(target: string): this;
  outputOptions(options: readonly string[]): this;
  /** Not public in fluent-ffmpeg: rxcam spawns the process itself. */
  _getArguments(): string[];
}

type MakeCommand = (options: { readonly presets: string }) => FfmpegCommand;

let make: MakeCommand | undefined;

/** Resolves once {@link newCommand} can be called. */
export async function loadCommandBuilder(): Promise<void> {
  make ??= await load();
}

/**
 * `require` takes a third of the time of an import, and can be retried after a failure, such as too many open files: Node caches a
 * failed import until it exits. In a bundle there is no package to require: the import finds the bundled copy.
 */
async function load(): Promise<MakeCommand> {
  try {
    return createRequire(import.meta.url)('fluent-ffmpeg') as MakeCommand;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return (await import('fluent-ffmpeg')).default;
  }
}

/** An empty command. Because `presets` is set, fluent-ffmpeg does not search for presets next to its own file, which a bundle lacks. */
export function newCommand(): FfmpegCommand {
  if (make === undefined) throw new Error('a command was requested before an ffmpeg was found');
  return make({ presets: 'none' });
}
