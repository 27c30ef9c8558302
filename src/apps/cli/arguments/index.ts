/** Parses the command line: its grammar, its values, and the destination of messages. */
export { type Arguments, type StreamArguments, parseArguments } from './arguments.js';
export type { CheckArguments, RunArguments } from './config-arguments.js';
export type { DoctorArguments } from './doctor-arguments.js';
export type { FleetArguments, FleetConnection, WorkerArguments } from './fleet-arguments.js';
export type { HealthArguments } from './health-arguments.js';
export type { ClipArguments, PlayArguments, ReadArguments, ReaderArguments, RecordArguments } from './read-arguments.js';
export type { BrokerFlagSettings, ProgramOptions, Settings, SourceSettings } from './settings.js';
export { openTarget, refuseOtherBrokers } from './target.js';
