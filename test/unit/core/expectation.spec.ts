/** The message of a wrong option: what was given, and what is allowed, in plain words. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { crop, encodeH265, publish, resize, retry } from '../../../operators/index.js';
import { memory } from '../../../src/broker/index.js';
import { camera } from '../../../src/camera/index.js';
import { options, parseOptions } from '../../../src/core/options.js';

const all = options({
  number: z.number().optional(), whole: z.number().int().min(2).optional(), most: z.number().max(4).optional(), above: z.number().positive().optional(), below: z.number().lt(3).optional(),
  text: z.string().optional(), name: z.string().min(1).optional(), long: z.string().min(3).max(4).optional(), flag: z.boolean().optional(), list: z.array(z.number()).min(2).optional(),
  object: options({ inner: z.number() }).optional(), word: z.enum(['a', 'b', 'c']).optional(), angle: z.literal([90, 180]).optional(), only: z.literal('x').optional(),
  either: z.union([z.number(), z.literal('auto'), z.number().int()]).optional(), own: z.number({ error: 'expected a port' }).optional(),
  table: z.record(z.string(), z.string()).optional(), some: z.array(z.number()).min(1).optional(),
});

it.each<[object, string]>([
  [{ number: '5' }, `"5" given, expected a number`],
  [{ number: NaN }, 'NaN given, expected a number'],
  [{ number: Infinity }, 'Infinity given, expected a number'],
  [{ whole: 2.5 }, '2.5 given, expected a whole number'],
  [{ whole: 1 }, '1 given, expected at least 2'],
  [{ most: 5 }, '5 given, expected at most 4'],
  [{ above: 0 }, '0 given, expected more than 0'],
  [{ below: 3 }, '3 given, expected less than 3'],
  [{ text: 5 }, '5 given, expected a text'],
  [{ name: '' }, '"" given, expected a text that is not empty'],
  [{ long: 'ab' }, '"ab" given, expected at least 3 characters'],
  [{ long: 'abcde' }, '"abcde" given, expected at most 4 characters'],
  [{ flag: 'yes' }, '"yes" given, expected true or false'],
  [{ list: 5 }, '5 given, expected a list'],
  [{ list: [1] }, '[1] given, expected at least 2 items'],
  [{ some: [] }, '[] given, expected at least 1 item'],
  [{ object: 5 }, '5 given, expected an object'],
  [{ table: 5 }, '5 given, expected an object'],
  [{ word: 'd' }, `"d" given, expected 'a', 'b' or 'c'`],
  [{ angle: 45 }, '45 given, expected 90 or 180'],
  [{ only: 'y' }, `"y" given, expected 'x'`],
  [{ either: 'car' }, `"car" given, expected a number or 'auto'`],
  [{ own: 'x' }, '"x" given, expected a port'],
])('of %j', (given, message) => {
  expect(() => parseOptions('all', all, given)).toThrow(`all: option '${Object.keys(given)[0] ?? ''}': ${message}`);
});

it.each<[string, () => unknown, string]>([
  ['crop', () => crop({ left: NaN, top: 0, width: 1, height: 1 }), "crop: option 'left': NaN given, expected a number"],
  ['resize', () => resize({ width: 8 }), "resize: option 'width': 8 given, expected at least 16"],
  ['retry', () => retry(-1), "retry: option 'initialMs': -1 given, expected at least 0"],
  ['encodeH265', () => encodeH265({ mode: 'gop' as never }), "encodeH265: option 'mode': \"gop\" given, expected 'frame' or 'stream'"],
  ['publish', () => publish(memory(), null as never), 'publish: null given, expected an object'],
  ['camera', () => camera('test:', { nice: 20 }), "camera: option 'nice': 20 given, expected at most 19"],
])('of %s has no words of its parser', (_, make, message) => {
  expect(make).toThrow(message);
});
