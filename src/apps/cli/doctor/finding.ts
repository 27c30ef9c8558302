/** One line of the doctor: the result of a check, and the remedy. */
import { ADVICE } from '../../../core/errors/advice.js';
import { type ErrorCode, isRxcamError } from '../../../core/errors/errors.js';
import { type Paint, errorLine, withoutControls } from '../program/index.js';

/** `ok`: it works; `bad`: it does not work; `note`: other information, or a check that is not possible here. */
export type FindingState = 'ok' | 'bad' | 'note';

/** The result of one check. */
export interface Finding {
  readonly name: string;
  readonly state: FindingState;
  readonly found: string;
  /** The remedy. */
  readonly advice?: string;
  /** Facts for programs, in the JSON output. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

const MARKS: Readonly<Record<FindingState, string>> = { ok: '✓', bad: '✗', note: '–' };
const STYLES = { ok: 'green', bad: 'red', note: 'dim' } as const;

/** The finding about a failure, with its remedy. */
export function failedFinding(name: string, error: unknown): Finding {
  const code = isRxcamError(error) ? error.code as ErrorCode : undefined;
  const advice = code && ADVICE[code];
  return { name, state: 'bad', found: errorLine(error), ...(advice !== undefined && { advice }), ...(code !== undefined && { facts: { code } }) };
}

/** The line of a finding: `✓ ffmpeg      5.1.9 at /usr/bin/ffmpeg`. @param width - of the name, in characters */
export function findingLine({ name, state, found, advice }: Finding, width: number, paint: Paint): string {
  const lead = ' '.repeat(width + 4);
  const todo = advice === undefined ? '' : `\n${lead}${paint('bold', '→')} ${withoutControls(advice)}`;
  return `${paint(STYLES[state], MARKS[state])} ${name.padEnd(width)}  ${withoutControls(found)}${todo}\n`;
}
