/**
 * Filters of ffmpeg that do not return each picture once, at its own media time, or that disturb the rest of the graph. Every filter
 * of 5.1 and of the build of 2018 was run with its defaults, and its output compared with its input, pictures and times.
 */
import type { ChainFilter } from './filter-chain.js';

/** Names, their fault, and the replacement. */
type Fault = readonly [names: string, fault: string, instead: string];

const FAULTS: readonly Fault[] = [
  ['fps framestep select decimate thumbnail', 'leaves pictures out', 'skipRate does that before or after this step'],
  ['mpdecimate', 'leaves pictures out', 'skipUnchanged does that before or after this step'],
  ['trim cue', 'leaves pictures out, or holds them back', "RxJS's skip, take and delay do that"],
  [
    'amplify detelecine doubleweave fieldmatch graphmonitor interlace mestimate pullup tblend tinterlace tlut2 tmedian tmix weave',
    'returns fewer pictures than it gets', 'your own code can do that, with RxJS on frames',
  ],
  ['palettegen tile', 'makes one picture of several', "RxJS's bufferCount on frames does that"],
  ['framerate loop minterpolate repeatfields telecine tpad', 'adds pictures that the camera did not send', "camera's option loop repeats a file; nothing adds pictures"],
  ['separatefields untile', 'makes several pictures of one', "crop takes a part of a picture, camera's option deinterlace makes one picture of two fields"],
  ['zoompan', 'makes several pictures of one', 'crop and resize take a part of each picture'],
  ['setpts settb dejudder', 'changes the media time', 'rxcam sets it from the source'],
  ['freezeframes random reverse shuffleframes', 'returns pictures at the time of others', 'your own code can do that, with RxJS on frames'],
  [
    'alphamerge blend colormap concat convolve corr deconvolve displace feedback framepack guided haldclut hstack hysteresis identity interleave '
    + 'libvmaf limitdiff lut2 maskedclamp maskedmax maskedmerge maskedmin maskedthreshold mergeplanes midequalizer mix morpho msad multiply overlay '
    + 'paletteuse premultiply premultiply_dynamic program psnr remap scale2ref signature spectrumsynth ssim ssim360 streamselect threshold '
    + 'unpremultiply varblur vif vstack xcorrelate xfade xmedian xpsnr xstack',
    'has several inputs', "your own code can do that, with RxJS's combineLatest on the frames of two cameras",
  ],
  ['extractplanes segment split', 'has several outputs', "RxJS's share gives one camera to several pipelines"],
  ['movie amovie', 'reads another file', 'camera(path) reads a file'],
  ['buffer allrgb allyuv cellauto color colorchart colorspectrum ddagrab gradients life lavfi mandelbrot pal75bars pal100bars perlin sierpinski smptebars smptehdbars testsrc2 zoneplate', 'has no input', "camera('test:') makes pictures"],
  ['buffersink nullsink', 'has no output', "RxJS's ignoreElements does that"],
  ['sendcmd zmq', 'commands other filters of the same process', 'options of the filter itself take expressions of t and n'],
  ['blackframe', 'writes the lines by which skipUnchanged knows pictures', 'blackdetect finds black pictures'],
];

/** A filter that keeps every picture only with some values of an option. */
interface Mode {
  /** Name of the option. */
  readonly key: string;
  /** Position of the option, from 0, if it is given without a name. */
  readonly position: number;
  readonly allowed: readonly string[];
  /** Whether the default is one of the allowed values. */
  readonly isAllowedByDefault: boolean;
  readonly fault: string;
}

const FIELDS = "makes a picture of each field; camera's option deinterlace makes one picture of both";
const SELECTS = 'leaves pictures out; filter of RxJS does that, on frames';
const MODES: Readonly<Record<string, Mode>> = {
  yadif: { key: 'mode', position: 0, allowed: ['send_frame', '0', 'send_frame_nospatial', '2'], isAllowedByDefault: true, fault: FIELDS },
  bwdif: { key: 'mode', position: 0, allowed: ['send_frame', '0'], isAllowedByDefault: false, fault: FIELDS },
  estdif: { key: 'mode', position: 0, allowed: ['frame', '0'], isAllowedByDefault: false, fault: FIELDS },
  w3fdif: { key: 'mode', position: 1, allowed: ['frame', '0'], isAllowedByDefault: false, fault: FIELDS },
  nnedi: { key: 'field', position: 2, allowed: ['a', '-1', 't', '0', 'b', '1'], isAllowedByDefault: true, fault: FIELDS },
  metadata: { key: 'mode', position: 0, allowed: ['print', 'add', 'modify', 'delete', '1', '2', '3', '4'], isAllowedByDefault: false, fault: SELECTS },
  sidedata: { key: 'mode', position: 0, allowed: ['delete', '1'], isAllowedByDefault: false, fault: SELECTS },
};

/** The same filter on a device. */
const DEVICE = /_(?:amf|cuda|npp|opencl|qsv|vaapi|videotoolbox|vulkan)$/;

const BY_NAME: ReadonlyMap<string, Fault> = new Map(FAULTS.flatMap((fault) => fault[0].split(' ').map((name) => [name, fault] as const)));

/** Why a filter can't be part of a step, and its replacement; undefined if nothing is known against it. */
export function whyUnsuitable({ name, options }: ChainFilter): string | undefined {
  const plain = name.replace(DEVICE, '');
  const known = BY_NAME.get(plain.endsWith('src') && !BY_NAME.has(plain) ? 'testsrc2' : plain);
  if (known !== undefined) return `the filter ${name} ${known[1]}; ${known[2]}`;
  const mode = Object.hasOwn(MODES, plain) ? MODES[plain] : undefined;
  if (mode === undefined || isAllowed(options, mode)) return undefined;
  return `the filter ${name} ${mode.fault}; ${name}=${mode.key}=${mode.allowed[0] ?? ''} keeps every picture`;
}

function isAllowed(options: ChainFilter['options'], { key, position, allowed, isAllowedByDefault }: Mode): boolean {
  // Newer versions read the value of `/key` from a file.
  const given = options.filter((one, index) => (one.key === undefined ? index === position : one.key.replace('/', '') === key));
  return given.length === 0 ? isAllowedByDefault : given.every((one) => one.key?.startsWith('/') !== true && allowed.includes(one.value));
}

/** Whether a filter works on pictures in the memory of a device. */
export function isOnDevice({ name }: ChainFilter): boolean {
  return DEVICE.test(name) || name.startsWith('hw') || name === 'libplacebo';
}
