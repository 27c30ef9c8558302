/** Maps flags and their values, as commander reads them, to options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type OptionsByOwner, UnreadableText } from '../../../core/steps/index.js';
import type { Flag, FlagGroup } from '../flags/index.js';

/** Converts a flag to an option of commander, whose description ends with the default. */
export function commanderOption({ flags, about, defaultText, parse }: Flag): Option {
  const option = new Option(flags, defaultText === undefined ? about : `${about} (default: ${defaultText})`);
  return parse === undefined ? option : option.argParser((text, before: unknown) => {
    try {
      return parse(text, before);
    } catch (error) {
      throw error instanceof UnreadableText ? new InvalidArgumentError(error.message) : error;
    }
  });
}

/** A command with a description that is its summary as a sentence. */
export function describe(command: Command, summary: string): Command {
  return command.summary(summary).description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
}

/** Adds the flags to the command and to its help, under their headings. */
export function addFlags(command: Command, groups: readonly FlagGroup[]): Command {
  for (const { heading, flags } of groups) for (const flag of flags) command.addOption(commanderOption(flag).helpGroup(heading));
  return command;
}

/** The given values, by owner and name: `{ resize: { fit: 'cover' } }`. */
export function rawValues(command: Command, groups: readonly FlagGroup[]): OptionsByOwner {
  const values = command.opts<Record<string, unknown>>();
  const raw: Record<string, Record<string, unknown>> = {};
  for (const flag of groups.flatMap((group) => group.flags)) {
    const name = new Option(flag.flags).attributeName();
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const path = flag.sets.split('.');
    const last = path.pop() as string;
    const owner = path.reduce<Record<string, unknown>>((object, key) => (object[key] ??= {}) as Record<string, unknown>, raw);
    owner[last] = values[name];
  }
  return raw;
}
