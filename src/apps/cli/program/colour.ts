/** Colours on a terminal, if the terminal supports them and the user does not disable them. */
import type { Colours } from '../flags/index.js';

/** The codes of ECMA-48 that set a style and reset it. */
const CODES = { red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39], bold: [1, 22], dim: [2, 22] } as const;

export type Style = keyof typeof CODES;

/** Colours a text, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string;

/** Returns each text unchanged. */
export const unpainted: Paint = (_, text) => text;

const painted: Paint = (style, text) => {
  const [on, off] = CODES[style];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};

interface Output { readonly isTTY?: boolean }

/**
 * Returns the function that colours texts for an output. `NO_COLOR` (no-color.org) and `TERM=dumb` disable colours,
 * `FORCE_COLOR` enables them, also for a pipe, and `--color` overrides these variables.
 */
export function paintOn(stream: Output, env: NodeJS.ProcessEnv, choice: Colours = 'auto'): Paint {
  return isColoured(stream, env, choice) ? painted : unpainted;
}

function isColoured({ isTTY = false }: Output, env: NodeJS.ProcessEnv, wanted: Colours): boolean {
  if (wanted !== 'auto') return wanted === 'always';
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTTY && terminal !== 'dumb';
}
