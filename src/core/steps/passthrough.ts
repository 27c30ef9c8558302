/** passthrough: passes the source's own access units on; no picture is decoded. */
import { chunk, options, parseOptions } from '../options.js';
import type { GivesUnits, UnitRule } from './common/rule.js';

export interface PassthroughStep extends GivesUnits {
  readonly kind: 'passthrough';
  readonly mode: 'stream';
}

const schema = options({ chunk: chunk().optional() });

export const passthroughRule: UnitRule<PassthroughStep> = {
  schema,
  step: (config) => ({ kind: 'passthrough', mode: 'stream', ...parseOptions('passthrough', schema, config) }) as PassthroughStep,
  gives: 'copied',
  inNode: false,
  leavesOut: 'nothing',
  sides: 'as they come',
  filters: () => [],
  setting: () => ({}),
  // The source decides.
  gop: () => Infinity,
  defaults: {},
  examples: [{}, { chunk: 'gop' }],
  cli: {
    codec: 'copy',
    shared: ['encodeH265.chunk'],
    flags: [],
    options: (_, { encodeH265 = {} }) => ({ chunk: encodeH265['chunk'] }),
  },
};
