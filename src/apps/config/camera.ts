/** Reads one camera of a file: inherited settings, options, pipeline; each mistake at its line. */
import { resolve } from 'node:path';
import { CAMERA_SCHEMA, camera } from '../../camera/index.js';
import { type OpenBrokers, hideMembers, resultOrProblem } from './brokers.js';
import { type ReadContext, checkValue, plainValue, reportUnknownKeys, shownValue } from './check-value.js';
import { type Inheritance, withInherited } from './inherit.js';
import { type CameraPipeline, type CameraSettings, type StepSettings, cameraPipeline } from './pipeline.js';
import { type Located, type Problems, membersOf } from './reading/index.js';
import { type PipelineItem, readPipeline } from './steps.js';
import { CAMERA_KEYS, CAMERA_OPTIONS, FILE_STEPS } from './vocabulary.js';
import { RECONNECT_SCHEMA } from '../../core/plan/reconnect-policy.js';

/** The context for reading a camera. */
export interface CameraContext extends ReadContext, Inheritance {
  readonly brokers: OpenBrokers;
}

/** A camera, and the pipeline that was built to find mistakes. */
export interface ReadCamera {
  readonly settings: CameraSettings;
  readonly pipeline: CameraPipeline;
  readonly node: Located;
}

/** Reads a camera; returns undefined if it has mistakes, which are added to the problems. */
export function readCamera(name: string, own: Located, reading: CameraContext): ReadCamera | undefined {
  const { problems } = reading;
  const before = problems.count;
  if (membersOf(own) === undefined) {
    problems.add(own, `${shownValue(own)} given, expected a map with source and pipeline`);
    return undefined;
  }
  const node = withInherited(own, reading, problems);
  const within = { ...reading, camera: name };
  const parts = partsOf(node, within);
  if (!membersOf(node)?.has('source')) problems.addAtKey(own, 'source is missing; expected the address of a camera, a file, a device, or test:');
  if (parts.items.length === 0 && !membersOf(node)?.has('pipeline')) problems.addAtKey(own, `pipeline is missing; expected a list of steps: ${Object.keys(FILE_STEPS).join(', ')}`);
  const { source, options } = parts;
  if (source !== undefined && options !== undefined && problems.count > before) checkSource(source, { key: name, ...options }, membersOf(node)?.get('source') ?? node, problems);
  if (source === undefined || options === undefined || problems.count > before) return undefined;
  const settings: CameraSettings = hideMembers({
    name, enabled: parts.enabled, source, options: { key: name, ...options },
    pipeline: [...parts.items.map(({ kind, given }) => ({ kind, options: given })), ...retryOf(parts)],
    written: writtenOf(node) as CameraSettings['written'],
  }, ['source', 'options', 'pipeline', 'written']);
  const pipeline = made(settings, node, parts.items, reading);
  return pipeline && { settings, pipeline, node };
}

/** Checks a template, or the defaults; nothing is required in them. */
export function checkTemplate(node: Located, reading: CameraContext): void {
  if (node.value === null) return;
  if (membersOf(node) === undefined) reading.problems.add(node, `${shownValue(node)} given, expected a map with keys of a camera`);
  else partsOf(withInherited(node, { ...reading, defaults: undefined }, reading.problems), { ...reading, camera: 'camera' });
}

interface Parts {
  readonly enabled: boolean;
  readonly source: string | number | undefined;
  readonly options: Partial<CameraSettings['options']> | undefined;
  readonly items: readonly PipelineItem[];
  readonly retry: unknown;
}

function partsOf(node: Located, reading: ReadContext): Parts {
  const { problems } = reading;
  const members = membersOf(node) ?? new Map<string, Located>();
  reportUnknownKeys(node, CAMERA_KEYS, problems);
  const optionsNode = { ...node, value: new Map([...members].filter(([name]) => CAMERA_OPTIONS.includes(name))) };
  const options = checkValue(CAMERA_SCHEMA, optionsNode, reading) as Parts['options'];
  const enabled = members.get('enabled');
  if (enabled !== undefined && enabled.value !== null && typeof enabled.value !== 'boolean') problems.add(enabled, `${shownValue(enabled)} given, expected true or false`);
  checkLabels(members.get('labels'), problems);
  return {
    enabled: enabled?.value !== false, source: sourceOf(members.get('source'), reading),
    options: options && withFolder(options, reading), items: readPipeline(members.get('pipeline'), members.get('steps'), reading),
    retry: checkedRetry(members.get('retry'), reading),
  };
}

/** Labels are for fleets: without a fleet they have no effect. */
function checkLabels(node: Located | undefined, problems: Problems): void {
  if (node === undefined || node.value === null) return;
  const labels: readonly Located[] = Array.isArray(node.value) ? node.value as readonly Located[] : [node];
  for (const label of labels) if (typeof label.value !== 'string' || label.value === '') problems.add(label, `${shownValue(label)} given, expected a list of words`);
}

/** `./` and `../` are relative to the folder of the file, not to the working folder. */
function sourceOf(node: Located | undefined, reading: ReadContext): string | number | undefined {
  if (node === undefined || node.value === null) return undefined;
  const source = plainValue(node, reading);
  if (typeof source === 'number' && Number.isInteger(source)) return source;
  if (typeof source === 'string') return besideFile(source, reading);
  reading.problems.add(node, `${shownValue(node)} given, expected the address of a camera, a file, a device, or test:`);
  return undefined;
}

function withFolder(options: Partial<CameraSettings['options']>, reading: ReadContext): Partial<CameraSettings['options']> {
  return options.cacheDir === undefined ? options : { ...options, cacheDir: besideFile(options.cacheDir, reading) };
}

function besideFile(path: string, { references }: ReadContext): string {
  return /^\.{1,2}[/\\]/.test(path) ? resolve(references.surroundings.folder, path) : path;
}

/** @returns false: no retry; undefined: retry with its defaults */
function checkedRetry(node: Located | undefined, reading: ReadContext): unknown {
  if (node === undefined || node.value === null || node.value === true) return undefined;
  if (node.value === false) return false;
  if (membersOf(node) === undefined) {
    reading.problems.add(node, `${shownValue(node)} given, expected false, true, or a map with options of retry`);
    return undefined;
  }
  return checkValue(RECONNECT_SCHEMA, node, reading);
}

/** A camera reconnects without limit, unless the file sets `retry`; a `retry` in the pipeline replaces this one. */
function retryOf({ items, retry }: Parts): readonly StepSettings[] {
  return retry === false || items.some(({ kind }) => kind === 'retry') ? [] : [{ kind: 'retry', options: retry ?? {} }];
}

/** Checks the source alone, because a pipeline with mistakes can't be built. */
function checkSource(source: string | number, options: CameraSettings['options'], node: Located, problems: Problems): void {
  resultOrProblem(node, problems, () => camera(source, options).key);
}

/** Builds the pipeline once, so that combinations that the operators refuse are reported now, and not when the camera starts. */
function made(settings: CameraSettings, node: Located, items: readonly PipelineItem[], reading: CameraContext): CameraPipeline | undefined {
  let at = -1;
  const place = () => (at === -1 ? membersOf(node)?.get('source') : items[at]?.options) ?? membersOf(node)?.get('pipeline') ?? node;
  const before = reading.problems.count;
  let pipeline: CameraPipeline | undefined;
  try {
    pipeline = cameraPipeline(settings, reading.brokers, { step: (index) => { at = index; } });
  } catch (error) {
    resultOrProblem(place(), reading.problems, () => { throw error; });
  }
  checkDevice(settings, pipeline, node, reading);
  return reading.problems.count > before ? undefined : pipeline;
}

/** Reports `fps` and `size` for a source other than a device, because users expect them to work for any camera. */
function checkDevice({ options }: CameraSettings, pipeline: CameraPipeline | undefined, node: Located, { problems }: ReadContext): void {
  const origin = pipeline?.camera.plan.origin;
  if (origin?.kind !== 'camera' || origin.source.kind === 'device') return;
  for (const [name, instead] of [['fps', 'skipRate: { fps: … }'], ['size', 'resize: { width: … }']] as const) {
    const given = membersOf(node)?.get(name);
    if (given !== undefined && options[name] !== undefined) problems.addAtKey(given, `given for a source of the kind ${origin.source.kind}, allowed for devices; in the pipeline write ${instead}`);
  }
}

function writtenOf(node: Located): unknown {
  const members = membersOf(node);
  if (members !== undefined) return Object.fromEntries([...members].filter(([name, { value }]) => name !== 'extends' && value !== null).map(([name, value]) => [name, writtenOf(value)]));
  return Array.isArray(node.value) ? (node.value as readonly Located[]).map(writtenOf) : node.value;
}
