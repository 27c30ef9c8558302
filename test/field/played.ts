/** Plays a source to its end, or for some values, and asks the three questions. */
import { type Observable, lastValueFrom, take, toArray } from 'rxjs';
import { type Camera, type CameraConfig, type CameraEvent, type CameraStats, type EncodedFrame, type Frame, camera } from '../../src/index.js';
import { ledgerBalances, run, threeQuestions } from '../services/index.js';

export interface Played<T> {
  readonly values: T[];
  readonly events: readonly CameraEvent[];
  readonly stats: CameraStats;
  /** The error, if there was one. */
  readonly error: unknown;
  of<K extends CameraEvent['type']>(type: K): Extract<CameraEvent, { type: K }>[];
}

export interface PlayOptions extends CameraConfig {
  /** Values after which to unsubscribe. Default: all. */
  readonly values?: number;
  readonly secrets?: readonly string[];
}

/** The values of steps on a camera, and their events; the ledger is checked after every event. */
export async function play<T extends Frame | EncodedFrame>(
  address: string, steps: (gate: Camera) => Observable<T>, { values: most = Infinity, secrets = [], ...config }: PlayOptions = {},
): Promise<Played<T>> {
  const gate = camera(address, { key: 'gate', ...config });
  const events: CameraEvent[] = [];
  let error: unknown;
  gate.events$.subscribe((event) => {
    events.push(event);
    ledgerBalances(gate.stats);
  });
  const values = await lastValueFrom(steps(gate).pipe(take(most), toArray())).catch((thrown: unknown) => {
    error = thrown;
    return [];
  });
  await threeQuestions({ stats: gate.stats, secrets, events: events.filter(({ type }) => type !== 'captured'), errors: [error] });
  const of = <K extends CameraEvent['type']>(type: K) => events.filter((event): event is Extract<CameraEvent, { type: K }> => event.type === type);
  return { values, events, stats: gate.stats, error, of };
}

/** The number and the properties of the frames that ffprobe decodes from access units. */
export async function decodedAs(units: readonly EncodedFrame[]): Promise<{ frames: number; width: number; height: number; sar: string; profile: string }> {
  const format = { h265: 'hevc', h264: 'h264', jpeg: 'mjpeg' }[units[0]?.codec ?? 'h265'];
  const text = await run('ffprobe', [
    '-v', 'error', '-f', format, '-count_frames', '-show_entries', 'stream=width,height,sample_aspect_ratio,profile,nb_read_frames', '-of', 'json', '-',
  ], Buffer.concat(units.map(({ data }) => data)));
  const { streams: [stream] } = JSON.parse(text.toString()) as { streams: [Record<string, string>] };
  return {
    frames: Number(stream['nb_read_frames']), width: Number(stream['width']), height: Number(stream['height']),
    sar: stream['sample_aspect_ratio'] ?? '', profile: stream['profile'] ?? '',
  };
}
