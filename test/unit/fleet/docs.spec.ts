/** The example of docs/operate/fleet.md is a program that compiles, strictly. */
import { expect, it } from 'vitest';
import { complaintsOf, examplesOf } from '../doc-examples.js';

it('compiles', () => {
  const examples = Object.values(examplesOf('operate/fleet.md'));
  expect(examples).toHaveLength(1);
  expect(complaintsOf(examples)).toEqual([]);
});
