/** The command `fleet`: changes and shows the cameras of a fleet. */
import { readFileSync } from 'node:fs';
import { lastValueFrom } from 'rxjs';
import { isMap, parse, parseDocument } from 'yaml';
import type { Row } from '../../../core/engine/coordination.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { parseConfig } from '../../config/index.js';
import type { FleetArguments } from '../arguments/index.js';
import { withoutControls } from '../program/index.js';
import { type OpenFleet, openFleet } from './open-fleet.js';
import { runStatus } from './status.js';
import { readTable } from './fleet-table.js';

/**
 * @returns the exit code
 * @throws InvalidOption
 */
export async function runFleet(command: FleetArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { action, json } = command;
  const open = openFleet({ ...command, logLevel: command.logLevel === 'info' ? 'error' : command.logLevel }, env, secrets);
  try {
    switch (action.kind) {
      case 'apply': await apply(open, camerasInFile(action.file, command.to, env), { isDryRun: action.isDryRun, replacesAll: true }); break;
      case 'add': await apply(open, new Map([[action.camera, settingsJson(action.camera, action.settings)]]), { isDryRun: false, replacesAll: false }); break;
      case 'remove': await change(open, action.cameras.map((key) => ({ key, value: undefined }))); break;
      case 'list': await list(open, json); break;
      case 'status': await runStatus(open, { json, ...action }, env); break;
      case 'drain': await drain(open, action.worker);
    }
  } finally {
    await open.close();
  }
  return 0;
}

/** The enabled cameras of a file, as they are written, with unresolved references. A file without brokers uses that of the fleet. */
function camerasInFile(file: string, to: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidOption(`fleet: ${file} can't be read: ${(error as Error).message}`);
  }
  const { cameras } = parseConfig(withBroker(text, to), { file, env });
  return new Map(cameras.filter(({ enabled }) => enabled).map(({ options: { key }, written }) => [key, JSON.stringify(written)]));
}

/** Adds the fleet's broker to a text that names no brokers. A text with mistakes is returned unchanged: parsing it reports them. */
function withBroker(text: string, to: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents) || document.has('brokers')) return text;
  // Added at the end, so that the lines keep their numbers in reports of mistakes. JSON can't be extended in this way.
  if (document.contents.flow !== true) return `${text}\nbrokers: ${JSON.stringify({ fleet: to })}\n`;
  document.set('brokers', { fleet: to });
  return document.toString();
}

/** The settings of a camera as JSON. @throws InvalidOption */
function settingsJson(camera: string, settings: string): string {
  const value: unknown = parse(settings);
  if (typeof value !== 'object' || value === null) throw new InvalidOption(`fleet: settings of '${camera}' given, expected a map with source and pipeline`);
  return JSON.stringify(value);
}

interface ApplyOptions { readonly isDryRun: boolean; readonly replacesAll: boolean }

/** Prints the changes, then writes them. */
async function apply(open: OpenFleet, wanted: ReadonlyMap<string, string>, { isDryRun, replacesAll }: ApplyOptions): Promise<void> {
  const present = await lastValueFrom(readTable(open.coordinator, 'cameras'));
  const changed = [...wanted].filter(([key, value]) => present.get(key) !== value).map(([key, value]): Row => ({ key, value }));
  const gone = replacesAll ? [...present.keys()].filter((key) => !wanted.has(key)).map((key): Row => ({ key, value: undefined })) : [];
  for (const { key, value } of [...changed, ...gone]) printLine(`${value === undefined ? '-' : present.has(key) ? '~' : '+'} ${key}`);
  const counts = [
    `${changed.filter(({ key }) => !present.has(key)).length} added`, `${changed.filter(({ key }) => present.has(key)).length} changed`, `${gone.length} removed`,
  ];
  printLine(`${counts.join(', ')}, ${wanted.size - changed.length} unchanged${isDryRun ? '; nothing was written' : ''}`);
  if (!isDryRun) await change(open, [...changed, ...gone]);
}

async function change({ coordinator }: OpenFleet, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await lastValueFrom(coordinator.write('cameras', rows), { defaultValue: undefined });
}

/** Requests a worker to drain. @throws InvalidOption for a worker that has not reported recently: its name is mistyped, or it is gone */
async function drain({ coordinator }: OpenFleet, worker: string): Promise<void> {
  const workers = await lastValueFrom(readTable(coordinator, 'workers'));
  const names = [...workers.keys()].flatMap((key) => (key.startsWith('worker/') ? [key.slice('worker/'.length)] : []));
  if (!names.includes(worker)) {
    throw new InvalidOption(`fleet: worker '${worker}' given, expected one that has reported recently: ${names.sort().join(', ') || 'there is none'}`);
  }
  await lastValueFrom(coordinator.write('workers', [{ key: `drain/${worker}`, value: String(Date.now()) }]), { defaultValue: undefined });
  printLine(`${worker} moves its cameras to other workers, and ends: see rxcam fleet status`);
}

async function list({ coordinator }: OpenFleet, json: boolean): Promise<void> {
  const cameras = await lastValueFrom(readTable(coordinator, 'cameras'));
  for (const [key, value] of [...cameras].sort()) printLine(json ? JSON.stringify({ key, camera: JSON.parse(value) as unknown }) : `${key} ${value}`);
}

function printLine(line: string): void {
  process.stdout.write(`${withoutControls(line)}\n`);
}
