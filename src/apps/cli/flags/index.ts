/** All flags, by heading, in the order of the help. */
import { brokerFlags } from './brokers.js';
import { CHECK_FLAGS, RUN_FLAGS } from './config.js';
import type { Flag, FlagGroup } from './flag-group.js';
import { messageFlags, retryFlags } from './messages.js';
import { pictureFlags } from './pictures.js';
import { programFlags } from './program.js';
import { CLIP_FLAGS, PLAY_FLAGS, READ_FLAGS, RECORD_FLAGS } from './reading.js';
import { sourceFlags } from './source.js';

export { type Flag, type FlagGroup, parseList, readNumber } from './flag-group.js';
export { DEFAULT_TOPIC } from './messages.js';
export { CODECS, PICTURE_STEPS } from './pictures.js';
export { COLOURS, type Colours, LOG_LEVELS, type LogLevel, colorFlag, dashboardFlags } from './program.js';
export { FLEET_BROKER_FLAGS, REMOTE_FORMS, WORKER_BROKER_FLAGS } from './brokers.js';
export { CHECK_FLAGS, RUN_FLAGS } from './config.js';
export { DOCTOR_FLAGS, PROBE_FLAGS, SNAPSHOT_FLAGS } from './doctor.js';
export { CLIP_FLAGS, PLAY_FLAGS, READ_FLAGS, RECORD_FLAGS } from './reading.js';

/** Flags of the commands that read a topic. */
export const TOPIC_FLAGS: readonly FlagGroup[] = [...READ_FLAGS, ...RECORD_FLAGS, ...CLIP_FLAGS, ...PLAY_FLAGS, ...RUN_FLAGS, ...CHECK_FLAGS];

export const FLAGS: readonly FlagGroup[] = [programFlags, sourceFlags, pictureFlags, messageFlags, retryFlags, ...brokerFlags];

/**
 * The flag that sets an option.
 * @param option - `resize.fit`
 */
export function flagOf(option: string): string | undefined {
  const sets = option.replace(/^(camera\.size)\..*$/, '$1');
  const flag = [...FLAGS, ...TOPIC_FLAGS].flatMap((group) => group.flags).find((one) => optionsSetBy(one).includes(sets));
  return flag?.flags.split(' ')[0];
}

/** The options that a flag sets, each with its owner. */
function optionsSetBy({ sets, setsOptions }: Flag): readonly string[] {
  return setsOptions?.map((name) => `${sets.split('.')[0] ?? ''}.${name}`) ?? [sets];
}

/** The message of an InvalidOption, with flags in place of the options that it names. */
export function withFlags(message: string): string {
  return message.replace(/(\w+): option '([\w.]+)'/g, (text: string, owner: string, option: string) => {
    const flag = flagOf(`${owner}.${option}`) ?? flagOf(`broker.${option}`);
    return flag === undefined ? text : `${text} (${flag})`;
  });
}
