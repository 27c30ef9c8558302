/** parseConfig(): parses and checks a configuration. */
import { dirname, resolve } from 'node:path';
import { type BrokerSettings, type OpenBrokers, hideMembers, readBrokers } from './brokers.js';
import { type CameraContext, type ReadCamera, checkTemplate, readCamera } from './camera.js';
import { reportUnknownKeys, shownValue } from './check-value.js';
import type { CameraSettings } from './pipeline.js';
import { type Located, Problems, References, membersOf, readYaml, toLocated } from './reading/index.js';
import { FILE_KEYS } from './vocabulary.js';

/** A complete, checked configuration. When printed or as JSON, it shows names only, because the rest may hold secrets. */
export interface Config {
  /** The brokers, in the order of the file. */
  readonly brokers: readonly BrokerSettings[];
  /** The cameras, in the order of the file, including disabled ones. */
  readonly cameras: readonly CameraSettings[];
  /** Strings to redact, such as in a log. */
  readonly secrets: readonly string[];
  /** Paths of files that references name: the configuration changes with each of them. */
  readonly files: readonly string[];
}

/** Options of {@link parseConfig}. */
export interface ParseConfigOptions {
  /** Path of the file, for messages and as the base of relative paths. Default: none, and the working folder. */
  readonly file?: string | undefined;
  /** Environment variables, for `${env:NAME}` and for brokers' passwords. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Options of {@link parseCamera}. */
export interface ParseCameraOptions extends ParseConfigOptions {
  /** Name of the camera. */
  readonly name: string;
  /** Brokers that its `publish` may name. */
  readonly brokers: OpenBrokers;
}

/**
 * Parses a configuration in YAML or JSON, or an object of the same form, and checks all of it: it creates the cameras and
 * brokers, but connects to nothing.
 *
 * @example
 * ```ts
 * const { cameras } = parseConfig(readFileSync('cameras.yaml', 'utf8'), { file: 'cameras.yaml' });
 * ```
 * @throws InvalidConfig with all mistakes, in the order of the file
 */
export function parseConfig(given: string | object, { file, env = process.env }: ParseConfigOptions = {}): Config {
  const problems = new Problems(file);
  const references = new References({ env, folder: folderOf(file) });
  const root = typeof given === 'string' ? readYaml(given, problems) : toLocated(given, '');
  problems.throwIfAny();
  const config = root === undefined ? { brokers: [], cameras: [] } : read(root, { problems, references });
  problems.throwIfAny();
  return hideMembers({ ...config, secrets: references.secrets, files: references.files }, ['secrets']);
}

/**
 * Parses one camera, in the form of an entry under `cameras`: plain JSON, with references to secrets.
 * @throws InvalidConfig with all mistakes
 */
export function parseCamera(value: unknown, { name, brokers, file, env = process.env }: ParseCameraOptions): CameraSettings {
  const problems = new Problems(file);
  const references = new References({ env, folder: folderOf(file) });
  const made = readCamera(name, toLocated(value, `cameras.${name}`), { problems, references, brokers, brokerNames: [...brokers.keys()], defaults: undefined, templates: new Map() });
  problems.throwIfAny();
  return (made as ReadCamera).settings;
}

function read(root: Located, { problems, references }: Pick<CameraContext, 'problems' | 'references'>): Pick<Config, 'brokers' | 'cameras'> {
  const members = membersOf(root);
  if (members === undefined) {
    problems.add(root, `${root.value === null ? 'nothing' : shownValue(root)} given, expected a map with brokers and cameras`);
    return { brokers: [], cameras: [] };
  }
  reportUnknownKeys({ ...root, value: new Map([...members].filter(([name]) => !name.startsWith('x-'))) }, FILE_KEYS, problems);
  const { settings: brokers, open } = readBrokers(members.get('brokers'), { problems, references });
  const templates = mapOf(members.get('templates'), 'templates by name', problems);
  const brokerNames = [...membersOf(members.get('brokers'))?.keys() ?? []];
  const reading: CameraContext = { problems, references, brokers: open, brokerNames, defaults: members.get('defaults'), templates };
  for (const template of [...(reading.defaults === undefined ? [] : [reading.defaults]), ...templates.values()]) checkTemplate(template, reading);
  if (!members.has('cameras')) problems.add(root, 'cameras is missing; expected a map of cameras by name');
  const cameras = [...mapOf(members.get('cameras'), 'cameras by name', problems)].flatMap(([name, node]) => readCamera(name, node, reading) ?? []);
  checkTwice(cameras, problems);
  return { brokers, cameras: cameras.map(({ settings }) => settings) };
}

function mapOf(node: Located | undefined, what: string, problems: Problems): ReadonlyMap<string, Located> {
  const members = membersOf(node);
  if (node !== undefined && node.value !== null && members === undefined) problems.add(node, `${shownValue(node)} given, expected a map of ${what}`);
  return members ?? new Map<string, Located>();
}

/** Reports cameras with the same key, and cameras that publish to the same topic with the same key: consumers can't distinguish them. */
function checkTwice(cameras: readonly ReadCamera[], problems: Problems): void {
  const keys = new Map<string, string>();
  const routes = new Map<string, string>();
  for (const { settings: { name, options: { key }, enabled }, pipeline: { route }, node } of cameras) {
    const at = (member: string) => membersOf(node)?.get(member) ?? node;
    const sameKey = keys.get(key);
    if (sameKey !== undefined) problems.add(at('key'), `key ${JSON.stringify(key)}, which camera ${JSON.stringify(sameKey)} has; expected another`);
    keys.set(key, name);
    if (!enabled) continue;
    const way = JSON.stringify([route.broker, route.topic, route.key]);
    const other = routes.get(way);
    if (other !== undefined && sameKey === undefined) problems.add(at('pipeline'), `publishes to the topic ${JSON.stringify(route.topic)} with the key ${JSON.stringify(route.key)}, as camera ${JSON.stringify(other)} does; expected another topic or key`);
    routes.set(way, name);
  }
}

function folderOf(file: string | undefined): string {
  return file === undefined ? process.cwd() : dirname(resolve(file));
}
