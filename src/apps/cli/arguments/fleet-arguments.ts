/** The grammar of a fleet's commands: `worker`, and `fleet apply|add|remove|list|status|drain`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { BROKERS, BROKER_NAMES } from '../../../broker/index.js';
import { FLEET, PLAN } from '../../../core/defaults/fleet.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { count, options, parseOptions } from '../../../core/options.js';
import {
  COLOURS, type Colours, FLEET_BROKER_FLAGS, type FlagGroup, LOG_LEVELS, type LogLevel, WORKER_BROKER_FLAGS, colorFlag, dashboardFlags,
} from '../flags/index.js';
import { commanderOption, rawValues } from './grammar.js';
import { type BrokerFlagSettings, DASHBOARD_OPTIONS, brokerSettings } from './settings.js';

/** Settings that all commands of a fleet share. */
export interface FleetPlaceArguments {
  /** Address of the coordinating broker. */
  readonly to: string;
  readonly name: string;
  readonly slots: number;
  readonly json: boolean;
  readonly logLevel: LogLevel;
  /** Options of its brokers. */
  readonly options: BrokerFlagSettings;
}

/** The command `worker`. */
export interface WorkerArguments extends FleetPlaceArguments {
  readonly command: 'worker';
  readonly worker: string | undefined;
  readonly capacity: number | undefined;
  readonly labels: readonly string[];
  /** Addresses of further brokers, by the names that cameras use. */
  readonly brokers: Readonly<Record<string, string>>;
  readonly dashboard: number | 'auto' | undefined;
  readonly dashboardHost: string | undefined;
  readonly dashboardUrl: string | undefined;
}

/** The actions on a fleet. */
export type FleetAction =
  | { readonly action: 'apply'; readonly file: string; readonly isDry: boolean }
  | { readonly action: 'add'; readonly camera: string; readonly settings: string }
  | { readonly action: 'remove'; readonly cameras: readonly string[] }
  | { readonly action: 'list' }
  | { readonly action: 'status'; readonly isWatched: boolean; readonly isWhole: boolean; readonly color: Colours }
  | { readonly action: 'drain'; readonly worker: string };

/** The command `fleet`. */
export interface FleetArguments extends FleetPlaceArguments { readonly command: 'fleet'; readonly deed: FleetAction }

const ADDRESS = BROKER_NAMES.filter((name) => BROKERS[name].hosts !== 'none').map((name) => BROKERS[name].form).join(', or ');

const schema = options({
  to: z.string({ error: 'expected the address of a broker' }), fleet: z.string().default(FLEET.name), slots: count().default(FLEET.slots),
  json: z.boolean().default(false), logLevel: z.enum(LOG_LEVELS).default('info'),
  name: z.string().min(1).optional(), capacity: z.number().positive().optional(), label: z.array(z.string().min(1)).default([]),
  broker: z.array(z.string()).default([]), ...DASHBOARD_OPTIONS,
  dashboardUrl: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).optional(),
  all: z.boolean().default(false), color: z.enum(COLOURS).default('auto'), dryRun: z.boolean().default(false), watch: z.boolean().default(false),
});

const WORKER_HELP = `
Joins the fleet and runs its share of the cameras. SIGTERM and SIGINT drain it: its
cameras move to other workers, then it ends with exit code 0; a second one ends it at
once. Exit code 1: cameras could not be moved in time. 2: bad usage.

Examples:
  rxcam worker --to kafka://localhost:9092/video
  rxcam worker --to redis://localhost/video --name cupboard-3 --capacity 6 --label north
  rxcam worker --to kafka://localhost:9092/video --dashboard --dashboard-host 0.0.0.0`;

const FLEET_HELP = `
A camera in the fleet is written as in the file that 'apply' takes; secrets are
references such as \${env:NAME}, which each worker resolves.

Examples:
  rxcam fleet apply cameras.yaml --to kafka://localhost:9092 --dry-run
  rxcam fleet status --to kafka://localhost:9092
  rxcam fleet drain cupboard-3 --to kafka://localhost:9092`;

/** Adds the commands; `found` is called with the parsed one. */
export function fleetCommands(found: (command: WorkerArguments | FleetArguments) => void): Command[] {
  const worker = placed(new Command('worker').summary('run cameras of a fleet').description('Run cameras of a fleet.'), WORKER_BROKER_FLAGS)
    .option('--name <name>', 'name of this worker, unique in the fleet (default: the host name and the process id)')
    .addOption(new Option('--capacity <cores>', `cores that its cameras may take (default: ${PLAN.capacityShare} of the machine's)`).argParser(aNumber))
    .addOption(new Option('--label <word>', 'a label of this worker: cameras that require it run on a worker that has it; may be repeated').argParser(collected))
    .addOption(new Option('--broker <name=address>', 'a broker that cameras name, apart from that of --to; may be repeated').argParser(collected))
    .addHelpText('after', WORKER_HELP);
  for (const flag of dashboardFlags('worker')) worker.addOption(commanderOption(flag));
  worker.option('--dashboard-url <url>', 'address of the dashboard for other machines, for links (default: with the name of this machine, unless it listens only on loopback)')
    .action((_, command: Command) => {
      const { place, all: { name, capacity, label, broker, dashboard, dashboardHost, dashboardUrl } } = parsed('worker', command, WORKER_BROKER_FLAGS);
      if (dashboard === undefined && (dashboardHost ?? dashboardUrl) !== undefined) throw new InvalidOption('worker: --dashboard-host or --dashboard-url given, expected --dashboard beside it');
      found({
        command: 'worker', ...place, worker: name, capacity, labels: label, brokers: Object.fromEntries(broker.map(pair)), dashboard, dashboardHost, dashboardUrl,
      });
    });
  const fleet = new Command('fleet').summary('change or show the cameras of a fleet').description('Change or show the cameras of a fleet.')
    .addHelpText('after', FLEET_HELP);
  const action = (name: string, about: string, deed: (words: readonly string[], given: z.output<typeof schema>) => FleetAction) => {
    const command = placed(fleet.command(name).summary(about).description(`${about[0]?.toUpperCase() ?? ''}${about.slice(1)}.`), FLEET_BROKER_FLAGS);
    return command.action(() => {
      const { place, all } = parsed('fleet', command, FLEET_BROKER_FLAGS);
      found({ command: 'fleet', ...place, deed: deed(command.args, all) });
    });
  };
  action('apply', 'replace the cameras of the fleet by those of a file', ([file = ''], { dryRun }) => ({ action: 'apply', file, isDry: dryRun }))
    .argument('<file>', 'a configuration, as for cameras without a fleet').option('--dry-run', 'print the changes without writing them');
  action('add', 'add or change one camera', ([camera = '', settings = '']) => ({ action: 'add', camera, settings }))
    .argument('<camera>', 'its key').argument('<settings>', 'as in a file, in JSON or YAML');
  action('remove', 'remove cameras', (cameras) => ({ action: 'remove', cameras })).argument('<camera...>', 'their keys');
  action('list', 'print the cameras', () => ({ action: 'list' }));
  action('status', 'print workers, and cameras with their owners, those in trouble first', (_, { watch, all, color }) => ({ action: 'status', isWatched: watch, isWhole: all, color }))
    .option('--watch', 'print them until stopped, in place on a terminal, otherwise after each change').option('--all', 'also print cameras that are well if they do not fit on the terminal').addOption(commanderOption(colorFlag('fleet')));
  action('drain', 'make a worker give up its cameras and end', ([worker = '']) => ({ action: 'drain', worker })).argument('<worker>', 'its name');
  return [worker, fleet];
}

function placed(command: Command, groups: readonly FlagGroup[]): Command {
  command
    .requiredOption('--to <broker>', `the broker that coordinates the fleet: ${ADDRESS}`)
    .option('--fleet <name>', `name of the fleet, the beginning of its topics' names (default: ${FLEET.name})`)
    .addOption(new Option('--slots <n>', `number of slots, fixed when the fleet is created (default: ${FLEET.slots})`).argParser(aNumber))
    .option('--json', 'print JSON')
    .option('--log-level <level>', `logs on stderr: ${LOG_LEVELS.join(', ')} (default: info)`)
    .helpOption('-h, --help', 'show this');
  // After the command's own flags in the help.
  for (const { heading, flags } of groups) for (const flag of flags) command.addOption(commanderOption(flag).helpGroup(heading));
  return command;
}

interface Parsed { readonly all: z.output<typeof schema>; readonly place: FleetPlaceArguments }

function parsed(what: string, command: Command, groups: readonly FlagGroup[]): Parsed {
  const ofBrokers = new Set(groups.flatMap(({ flags }) => flags.map((flag) => new Option(flag.flags).attributeName())));
  const all = parseOptions(what, schema, Object.fromEntries(Object.entries(command.opts()).filter(([name]) => !ofBrokers.has(name))));
  const { to, fleet, slots, json, logLevel } = all;
  return { all, place: { to, name: fleet, slots, json, logLevel, options: brokerSettings(rawValues(command, groups)) } };
}

function aNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidOption(`worker: option 'broker': ${JSON.stringify(text)} given, expected NAME=ADDRESS`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function collected(text: string, before: string[] | undefined): string[] {
  return [...before ?? [], text];
}
