/** The targets of `doctor`, `probe` and `snapshot`: addresses, or a camera of a configuration file with its settings. */
import type { Logger } from 'pino';
import { type BrokerTarget, type ServerLimits, BROKERS, brokerAt, examineBroker } from '../../../broker/index.js';
import type { CameraConfig } from '../../../camera/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { nameList, suggestion } from '../../../core/errors/suggestion.js';
import { type BrokerSettings, type CameraSettings, type Config, openBroker, parseConfig, readConfigFile } from '../../config/index.js';
import { type DoctorArguments, openTarget } from '../arguments/index.js';
import type { Finding } from './finding.js';

/** The topic of the doctor's own message: consumers of video must not read it. */
export const DOCTOR_TOPIC = 'rxcam-doctor';

/** Maximum number of cameras listed in a message. */
const MAX_NAMES = 20;

/** A broker to check. */
export interface DoctorBroker {
  readonly target: BrokerTarget;
  /** Queries the server's own limits; undefined for a broker within this program. */
  readonly examine: (topic: string) => Promise<ServerLimits> | undefined;
}

export interface DoctorTarget {
  readonly source?: { readonly address: string; readonly config: CameraConfig };
  readonly brokers: readonly DoctorBroker[];
  /** Findings that need no connection. */
  readonly findings: readonly Finding[];
}

/**
 * The source and the brokers that a command names.
 * @param secrets - those of a configuration file are added
 * @throws InvalidOption
 */
export function doctorTarget(command: DoctorArguments, env: NodeJS.ProcessEnv, logger: Logger, secrets: string[]): DoctorTarget {
  const { source, broker, file, settings } = command;
  const flags = { ...settings.sources[0]?.camera, logger };
  if (file !== undefined) return targetInFile(command, parseConfig(readConfigFile(file), { file, env }), { env, logger, flags, secrets });
  const found = broker === undefined ? [] : [brokerAtAddress(broker, command, env, logger)];
  return { ...(source !== undefined && { source: { address: source, config: flags } }), brokers: found, findings: [] };
}

function brokerAtAddress(text: string, { settings }: DoctorArguments, env: NodeJS.ProcessEnv, logger: Logger): DoctorBroker {
  const target = openTarget(settings, env, logger, 'doctor: the address of a broker');
  const { name, address } = brokerAt(text, 'doctor');
  const config = BROKERS[name].configOf(address, { ...settings.broker, ...settings.brokers[name] }, { env, logger });
  return { target, examine: (topic) => examineBroker(name, config, { topic, own: DOCTOR_TOPIC }) };
}

interface TargetContext { readonly env: NodeJS.ProcessEnv; readonly logger: Logger; readonly flags: CameraConfig; readonly secrets: string[] }

/** A camera of a file, with its broker; without the name of a camera, all brokers of the file. */
function targetInFile({ command, file = '', camera: name }: DoctorArguments, { cameras, brokers, secrets }: Config, { env, logger, flags, secrets: known }: TargetContext): DoctorTarget {
  known.push(...secrets);
  if (name === undefined) {
    if (command !== 'doctor') throw new InvalidOption(`${command}: no camera of ${file} given, expected the name of one: rxcam ${command} ${file} ${cameras[0]?.name ?? 'NAME'}`);
    return { brokers: brokers.map((broker) => brokerInFile(broker, undefined, env, logger)), findings: [] };
  }
  const names = cameras.map((one) => one.name);
  const camera = cameras.find((one) => one.name === name) ?? cameras.find(({ options: { key } }) => key === name);
  if (camera === undefined) throw new InvalidOption(`${command}: camera '${name}' given${suggestion(name, names)}, which is not in ${file}; it has ${nameList(names, MAX_NAMES) || 'none'}`);
  const { broker: brokerName, topic } = publishIn(camera);
  const broker = brokerName === undefined ? brokers[0] : brokers.find((one) => one.name === brokerName);
  const notEnabled: Finding = { name: 'camera', state: 'bad', found: `${name} is not run: enabled is false in ${file}`, advice: 'set enabled: true, or leave it out' };
  return {
    source: { address: String(camera.source), config: { ...camera.options, ...flags } },
    brokers: broker === undefined ? [] : [brokerInFile(broker, topic, env, logger)], findings: camera.enabled ? [] : [notEnabled],
  };
}

function publishIn({ pipeline }: CameraSettings): { readonly broker?: string; readonly topic?: string } {
  return pipeline.find(({ kind }) => kind === 'publish')?.options ?? {};
}

function brokerInFile(settings: BrokerSettings, topic: string | undefined, env: NodeJS.ProcessEnv, logger: Logger): DoctorBroker {
  const { kind, address, options } = settings;
  const { broker, topic: usual } = openBroker(settings, { env, logger });
  const config = address === undefined ? { ...options } : BROKERS[kind].configOf(brokerAt(address, 'doctor').address, {}, { env, logger });
  return { target: { broker, topic: topic ?? usual }, examine: (asked) => examineBroker(kind, config, { topic: asked, own: DOCTOR_TOPIC }) };
}
