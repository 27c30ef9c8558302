/** The grammar of a fleet's commands: `worker`, and `fleet apply|add|remove|list|status|drain`. */
import { Command, Option } from 'commander';
import { z } from 'zod';
import { FLEET, PLAN } from '../../../core/defaults/fleet.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { count, options, parseOptions } from '../../../core/options.js';
import {
  COLOURS, type Colours, FLEET_BROKER_FLAGS, type FlagGroup, LOG_LEVELS, type LogLevel, REMOTE_FORMS, WORKER_BROKER_FLAGS, colorFlag,
  dashboardFlags, parseList, readNumber,
} from '../flags/index.js';
import { addFlags, commanderOption, describe, rawValues } from './grammar.js';
import { type BrokerFlagSettings, DASHBOARD_OPTIONS, brokerSettings } from './settings.js';

/** Options that all commands of a fleet share. */
export interface FleetConnection {
  /** Address of the coordinating broker. */
  readonly to: string;
  readonly name: string;
  readonly slots: number;
  readonly json: boolean;
  readonly logLevel: LogLevel;
  /** Options of the brokers. */
  readonly options: BrokerFlagSettings;
}

/** The command `worker`. */
export interface WorkerArguments extends FleetConnection {
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
  | { readonly kind: 'apply'; readonly file: string; readonly isDryRun: boolean }
  | { readonly kind: 'add'; readonly camera: string; readonly settings: string }
  | { readonly kind: 'remove'; readonly cameras: readonly string[] }
  | { readonly kind: 'list' }
  | { readonly kind: 'status'; readonly isWatched: boolean; readonly showsAll: boolean; readonly color: Colours }
  | { readonly kind: 'drain'; readonly worker: string };

/** The command `fleet`. */
export interface FleetArguments extends FleetConnection { readonly command: 'fleet'; readonly action: FleetAction }

const schema = options({
  to: z.string({ error: 'expected the address of a broker' }), fleet: z.string().default(FLEET.name), slots: count().default(FLEET.slots),
  json: z.boolean().default(false), logLevel: z.enum(LOG_LEVELS).default('info'),
  name: z.string().min(1).optional(), capacity: z.number().positive().optional(), label: z.array(z.string().min(1)).default([]),
  broker: z.array(z.string()).default([]), ...DASHBOARD_OPTIONS,
  dashboardUrl: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).optional(),
  all: z.boolean().default(false), color: z.enum(COLOURS).default('auto'), dryRun: z.boolean().default(false), watch: z.boolean().default(false),
});

const WORKER_HELP = `
Joins the fleet and runs its share of the cameras. SIGTERM and SIGINT drain the worker:
its cameras move to other workers, then it exits with code 0; on a second signal, it
exits at once. Exit code 1: cameras could not be moved in time. 2: bad usage.

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
export function fleetCommands(onParsed: (command: WorkerArguments | FleetArguments) => void): Command[] {
  const worker = withFleetOptions(describe(new Command('worker'), 'run cameras of a fleet'), WORKER_BROKER_FLAGS)
    .option('--name <name>', 'name of this worker, unique in the fleet (default: the host name and the process id)')
    .addOption(commanderOption({
      flags: '--capacity <cores>', sets: 'worker.capacity', parse: readNumber, defaultText: `${PLAN.capacityShare} of the machine's`, about: 'cores that its cameras may take',
    }))
    .addOption(new Option('--label <word>', 'a label of this worker; cameras that require it run only on workers with it; may be repeated').argParser(parseList))
    .addOption(new Option('--broker <name=address>', 'a broker, and the name that cameras use for it, in addition to that of --to; may be repeated').argParser(parseList))
    .addHelpText('after', WORKER_HELP);
  for (const flag of dashboardFlags('worker')) worker.addOption(commanderOption(flag));
  worker.option('--dashboard-url <url>', 'address of the dashboard for other machines, for links (default: with the name of this machine, unless it listens only on loopback)')
    .action((_, command: Command) => {
      const { connection, all: { name, capacity, label, broker, dashboard, dashboardHost, dashboardUrl } } = fleetOptions('worker', command, WORKER_BROKER_FLAGS);
      if (dashboard === undefined && (dashboardHost ?? dashboardUrl) !== undefined) throw new InvalidOption('worker: --dashboard-host or --dashboard-url given, expected --dashboard beside it');
      onParsed({
        command: 'worker', ...connection, worker: name, capacity, labels: label, brokers: Object.fromEntries(broker.map(namedAddress)), dashboard, dashboardHost, dashboardUrl,
      });
    });
  const fleet = describe(new Command('fleet'), 'change or show the cameras of a fleet')
    .addHelpText('after', FLEET_HELP);
  const subcommand = (name: string, about: string, actionOf: (args: readonly string[], given: z.output<typeof schema>) => FleetAction) => {
    const command = withFleetOptions(describe(fleet.command(name), about), FLEET_BROKER_FLAGS);
    return command.action(() => {
      const { connection, all } = fleetOptions('fleet', command, FLEET_BROKER_FLAGS);
      onParsed({ command: 'fleet', ...connection, action: actionOf(command.args, all) });
    });
  };
  subcommand('apply', 'replace the cameras of the fleet by those of a file', ([file = ''], { dryRun }) => ({ kind: 'apply', file, isDryRun: dryRun }))
    .argument('<file>', 'a configuration, as for cameras without a fleet').option('--dry-run', 'print the changes without writing them');
  subcommand('add', 'add or change one camera', ([camera = '', settings = '']) => ({ kind: 'add', camera, settings }))
    .argument('<camera>', 'its key').argument('<settings>', 'as in a file, in JSON or YAML');
  subcommand('remove', 'remove cameras', (cameras) => ({ kind: 'remove', cameras })).argument('<camera...>', 'their keys');
  subcommand('list', 'print the cameras', () => ({ kind: 'list' }));
  subcommand('status', 'print workers, and cameras with their owners, those in trouble first', (_, { watch, all, color }) => ({ kind: 'status', isWatched: watch, showsAll: all, color }))
    .option('--watch', 'print them until stopped, in place on a terminal, otherwise after each change').option('--all', 'also print cameras that are well if they do not fit on the terminal').addOption(commanderOption(colorFlag('fleet')));
  subcommand('drain', 'move the cameras of a worker to other workers, and end it', ([worker = '']) => ({ kind: 'drain', worker })).argument('<worker>', 'its name');
  return [worker, fleet];
}

function withFleetOptions(command: Command, groups: readonly FlagGroup[]): Command {
  command
    .requiredOption('--to <broker>', `the broker that coordinates the fleet: ${REMOTE_FORMS}`)
    .option('--fleet <name>', `name of the fleet, the beginning of its topics' names (default: ${FLEET.name})`)
    .addOption(commanderOption({
      flags: '--slots <n>', sets: 'fleet.slots', parse: readNumber, defaultText: FLEET.slots, about: 'number of slots, fixed when the fleet is created',
    }))
    .option('--json', 'print JSON')
    .option('--log-level <level>', `logs on stderr: ${LOG_LEVELS.join(', ')} (default: info)`)
    .helpOption('-h, --help', 'show this');
  // Added last, so that the help lists them after the command's own flags.
  return addFlags(command, groups);
}

interface FleetOptions { readonly all: z.output<typeof schema>; readonly connection: FleetConnection }

/** The checked options of a command: `all` of them, except those of brokers, and the `connection` to the fleet. */
function fleetOptions(owner: string, command: Command, groups: readonly FlagGroup[]): FleetOptions {
  const brokerOptions = new Set(groups.flatMap(({ flags }) => flags.map((flag) => new Option(flag.flags).attributeName())));
  const all = parseOptions(owner, schema, Object.fromEntries(Object.entries(command.opts()).filter(([name]) => !brokerOptions.has(name))));
  const { to, fleet, slots, json, logLevel } = all;
  return { all, connection: { to, name: fleet, slots, json, logLevel, options: brokerSettings(rawValues(command, groups)) } };
}

/** The name and the address of a broker. */
function namedAddress(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidOption(`worker: option 'broker': ${JSON.stringify(text)} given, expected NAME=ADDRESS`);
  return [text.slice(0, at), text.slice(at + 1)];
}
