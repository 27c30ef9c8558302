/** Flags of the commands that take a configuration file: `run` and `check`. */
import { type Flag, type FlagGroup } from './flag-group.js';
import { colorFlag, programFlags } from './program.js';

/** The flags that `run` has in common with `stream`. */
const shared = programFlags.flags.filter(({ sets }) => sets !== 'stream.to' && sets !== 'stream.color')
  .map((flag): Flag => ({ ...flag, sets: flag.sets.replace(/^stream/, 'run') }));

export const RUN_FLAGS: readonly FlagGroup[] = [{
  heading: 'Program:',
  flags: [
    ...shared, colorFlag('run'),
    { flags: '--no-watch', sets: 'run.watch', about: 'read the file again only on SIGHUP, and not when it changes' },
  ],
}];

export const CHECK_FLAGS: readonly FlagGroup[] = [{
  heading: 'Program:',
  flags: [
    { flags: '--json', sets: 'check.json', about: 'print one JSON object: valid, cameras, brokers, problems' },
    colorFlag('check'),
  ],
}];
