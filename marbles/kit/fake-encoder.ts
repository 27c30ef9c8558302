/** The encoder of the fake: pictures and access units of the right form, without content. */
import type { EngineOutput } from '../../src/core/engine/engine.js';
import type { PixelFormat } from '../../src/core/frame/frame.js';
import { type EncodeStep, type Step, ruleOf, sizeAfter } from '../../src/core/steps/index.js';
import { type Plan, encodeStep, ffmpegSteps, isCopied } from '../../src/core/plan/plan.js';
import type { Agenda } from './agenda.js';

/** Speed and sizes of the encoder. */
export interface EncoderSettings {
  /** Encoding time of each picture, one after the other; ms. */
  readonly encodeMs: number;
  /** Size of each access unit in bytes; undefined for a short text that identifies it. */
  readonly unitBytes?: number | undefined;
}

/** An input picture; `pts` as in EngineOutput. */
export interface InputPicture { readonly pts: number; readonly keyframe: boolean; readonly scene: number; readonly width: number; readonly height: number }

const BYTES_PER_PIXEL: Readonly<Record<PixelFormat, number>> = { yuv420p: 1.5, nv12: 1.5, gray: 1, rgb24: 3, bgr24: 3, rgba: 4, bgra: 4 };

/** Difference between pictures of consecutive scenes, in levels of 255. */
const CONTRAST = 53;

export class FakeEncoder {
  readonly #step: EncodeStep | undefined;
  readonly #steps: readonly Step[];
  readonly #isCopied: boolean;
  #freeAt = 0;
  #sinceKeyframe = 0;
  #units = 0;

  constructor(
    readonly agenda: Agenda, plan: Plan, readonly pixelFormat: PixelFormat, readonly settings: EncoderSettings,
    readonly emit: (output: EngineOutput) => void, readonly fail: (error: Error) => void,
  ) {
    this.#step = encodeStep(plan);
    this.#steps = ffmpegSteps(plan);
    this.#isCopied = isCopied(plan);
  }

  push(picture: InputPicture): void {
    const output = this.#made(picture);
    if (output === undefined) return;
    const busyMs = this.#step === undefined ? 0 : this.settings.encodeMs;
    if (busyMs === 0) {
      this.emit(output);
      return;
    }
    this.#freeAt = Math.max(this.#freeAt, this.agenda.now) + busyMs;
    this.agenda.put(this.#freeAt, () => { this.emit(output); });
  }

  /** Undefined for a size that a step does not support, which ends the process. */
  #made(picture: InputPicture): EngineOutput | undefined {
    try {
      return this.#output(picture);
    } catch (error) {
      this.fail(error as Error);
      return undefined;
    }
  }

  /** Calls back when the last output has left. */
  whenIdle(idle: () => void): void {
    this.agenda.put(Math.max(this.#freeAt, this.agenda.now), idle);
  }

  #output({ pts, keyframe, scene, ...source }: InputPicture): EngineOutput {
    const size = sizeAfter(this.#steps, source);
    if (this.#isCopied) return { type: 'output', pts, keyframe, ...size, format: 'h264', data: this.#unit(keyframe) };
    const step = this.#step;
    if (step === undefined) {
      const data = Buffer.alloc(size.width * size.height * BYTES_PER_PIXEL[this.pixelFormat], (scene * CONTRAST) % 256);
      return { type: 'output', pts, keyframe: true, ...size, format: this.pixelFormat, data };
    }
    const isKey = step.mode === 'frame' || keyframe || this.#sinceKeyframe % ruleOf(step).gop(step) === 0;
    this.#sinceKeyframe = isKey ? 1 : this.#sinceKeyframe + 1;
    return { type: 'output', pts, keyframe: isKey, ...size, format: step.codec, data: step.codec === 'jpeg' ? picture(this.#unit(isKey)) : this.#unit(isKey) };
  }

  #unit(isKey: boolean): Buffer {
    const text = `${isKey ? 'key' : 'delta'} ${++this.#units};`;
    return this.settings.unitBytes === undefined ? Buffer.from(text) : Buffer.alloc(this.settings.unitBytes, text);
  }
}

const [START, END] = [Buffer.of(0xff, 0xd8), Buffer.of(0xff, 0xd9)];

/** Adds the markers of a JPEG, within the size. */
function picture(unit: Buffer): Buffer {
  return Buffer.concat([START, unit.subarray(0, Math.max(0, unit.length - START.length - END.length)), END]);
}
