/** Values for specs: frames that no camera made, and what is shown of those that one made. */
import { type OperatorFunction, map } from 'rxjs';
import type { EncodedFrame, Frame } from '../src/core/frame/frame.js';

/** A grey frame of 64x48 that no ledger knows. */
export function frame(seq: number, more: Partial<Frame> = {}): Frame {
  const { width, height } = { width: 64, height: 48, ...more };
  return {
    camera: 'cold', run: 1, seq, pts: (seq - 1) * 40_000, capturedAt: 0, width, height, pixelFormat: 'gray',
    data: Buffer.alloc(width * height, seq), ...more,
  };
}

/** Frames a, b, c … with seq 1, 2, 3 … */
export const FRAMES: Readonly<Record<string, Frame>> = Object.fromEntries([...'abcdefghijkl'].map((letter, index) => [letter, frame(index + 1)]));

/** Frames 1, 2, 3 … as letters a, b, c … */
export const letters: OperatorFunction<Frame | EncodedFrame, string> = map(({ seq }) => 'abcdefghijklmnopqrstuvwxyz'[seq - 1] ?? '?');

/** Frames 1, 2, 3 … as their last digit. */
export const digits: OperatorFunction<Frame | EncodedFrame, string> = map(({ seq }) => String(seq % 10));

/** The size as text. */
export const sizes: OperatorFunction<Frame | EncodedFrame, string> = map(({ width, height }) => `${width}x${height}`);
