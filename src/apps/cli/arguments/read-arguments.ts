/** The grammar of `rxcam read` and `rxcam verify`. */
import { Command } from 'commander';
import { z } from 'zod';
import type { SubscribeConfig } from '../../../../operators/index.js';
import { BROKERS, BROKER_NAMES } from '../../../broker/index.js';
import { count, options, parseOptions } from '../../../core/options.js';
import { LOG_LEVELS, READ_FLAGS } from '../flags/index.js';
import { optionOf, rawOf } from './grammar.js';
import { type Settings, settingsOf } from './settings.js';

/** A command to read. */
export interface ReadArguments {
  readonly command: 'read';
  readonly subscribe: Omit<SubscribeConfig, 'topic'>;
  readonly program: ReadOptions;
  /** Of the broker. */
  readonly settings: Settings;
}

const schema = options({
  frames: count().optional(), verify: z.boolean().default(false), json: z.boolean().default(false), quiet: z.boolean().default(false),
  logLevel: z.enum(LOG_LEVELS).default('warn'),
});

/** The program's own options. */
export type ReadOptions = z.output<typeof schema>;

const ADDRESS = BROKER_NAMES.filter((name) => BROKERS[name].hosts !== 'none').map((name) => BROKERS[name].form).join(', or ');

const AFTER = `
Reads without a consumer group: nothing is left on the broker. Ends at --to, after
--frames messages, or by SIGINT or SIGTERM. Exit code 2: bad usage. 3: a message is
missing or torn.

Examples:
  rxcam read kafka://localhost/video --key gate --from last:10 --to latest
  rxcam read redis://localhost/video --verify --json
  rxcam verify kafka://localhost/video --from 1h`;

/** Both commands. */
export function readCommands(found: (command: ReadArguments) => void): Command[] {
  const read = command('read', 'print the messages of a topic', {}, {}, found);
  const verify = command('verify', 'check all messages of a topic', { from: 'earliest', to: 'latest' }, { verify: true, quiet: true }, found);
  return [read, verify];
}

function command(
  name: string, about: string, places: Omit<SubscribeConfig, 'topic'>, program: Partial<ReadOptions>, found: (command: ReadArguments) => void,
): Command {
  const made = new Command(name).summary(about).description(`${about[0]?.toUpperCase() ?? ''}${about.slice(1)}.`).argument('<broker>', ADDRESS);
  for (const { heading, flags } of READ_FLAGS) for (const flag of flags) made.addOption(optionOf(flag).helpGroup(heading));
  return made.helpOption('-h, --help', 'show this').addHelpText('after', AFTER).action((address: string, _: unknown, given: Command) => {
    const { subscribe = {}, read = {}, ...others } = rawOf(given, READ_FLAGS);
    found({
      command: 'read', subscribe: { ...places, ...subscribe }, program: parseOptions('read', schema, { ...program, ...read }),
      settings: settingsOf({ stream: { to: address }, ...others }, 0),
    });
  });
}
