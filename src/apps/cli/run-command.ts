/** Runs one command, from its arguments to its exit code. */
import type { RxcamError } from '../../core/errors/errors.js';
import { type Arguments, parseArguments } from './arguments/index.js';
import { withFlags } from './flags/index.js';
import { EXIT_USAGE, isUsageError, printError, secretsOfCommand } from './program/index.js';

/**
 * Runs a command.
 * @param args - the arguments after the program's name
 * @returns the exit code: 0; 1 if a camera or a command failed; 2 for bad usage; 3 if messages are missing or torn
 */
export async function runCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const secrets = secretsOfCommand(args, env);
  try {
    const command = parseArguments(args, {
      out: (text) => { process.stdout.write(text); },
      error: (text) => { printError(text.replace(/^error: /, ''), secrets); },
    });
    return typeof command === 'number' ? command : await start(command, env, secrets);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    // Each mistake of a configuration file gets a line that begins with its position, as in the output of a compiler.
    if ('problems' in error) for (const line of error.message.split('\n')) printError(line, secrets);
    else printError(withFlags(error.message), secrets, (error as Partial<RxcamError>).page);
    return EXIT_USAGE;
  }
}

async function start(command: Arguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  // Loaded on demand, which halves the time of `--help` and of reports of bad usage.
  switch (command.command) {
    case 'run': return (await import('./config/run.js')).runCameras(command, env, secrets);
    case 'check': return (await import('./config/check.js')).runCheck(command, env);
    case 'doctor': return (await import('./doctor/doctor.js')).runDoctor(command, env, secrets);
    case 'probe': return (await import('./doctor/probe.js')).runProbe(command, env, secrets);
    case 'snapshot': return (await import('./doctor/snapshot.js')).runSnapshot(command, env, secrets);
    case 'read': return (await import('./read/read.js')).runRead(command, env, secrets);
    case 'record': return (await import('./read/record.js')).runRecord(command, env, secrets);
    case 'clip': return (await import('./read/clip.js')).runClip(command, env, secrets);
    case 'play': return (await import('./read/play.js')).runPlay(command, env, secrets);
    case 'health': return (await import('./health/health.js')).runHealth(command, env);
    case 'worker': return (await import('./fleet/worker.js')).runWorker(command, env, secrets);
    case 'fleet': return (await import('./fleet/fleet.js')).runFleet(command, env, secrets);
    default:
  }
  const { runStream } = await import('./stream/stream.js');
  const failures = await runStream(command, env, secrets);
  if (failures.length === 0) return 0;
  return failures.every(isUsageError) ? EXIT_USAGE : 1;
}
