/** Determines why ffmpeg does not accept filters that the user has written, by its messages, based on runs of 5.1 and of the build of 2018. */
import { type ChainFilter, readChain } from '../../core/steps/common/filter-chain.js';
import { isOnDevice } from '../../core/steps/common/unsuitable-filters.js';

/** Messages about failures. */
const FAILURE = /\[(?:error|fatal|panic)\] (.*)$/;
const NO_MEMORY = 'Cannot allocate memory';
/** Caused only by pictures in the memory of a device: rxcam's own filters convert all others. */
const ON_DEVICE = 'Impossible to convert between the formats';

/** Messages that report that a filter failed, but not why: the reason is in the line before. */
const GENERAL = /Error initializing filter|Failed to configure|Error applying options/;

/**
 * The first message that names one of the filters and has a reason; undefined: ffmpeg failed for another reason.
 * @param text - a chain of filters
 * @param stderr - ffmpeg's last lines
 */
export function whyFilterRefused(text: string, stderr: readonly string[]): string | undefined {
  const filters = readChain(text);
  const lines = stderr.filter((line) => FAILURE.test(line));
  if (lines.some((line) => line.includes(NO_MEMORY))) return undefined;
  const own = lines.filter((line) => filters.some((filter) => names(line, filter)));
  const reason = own.find((line) => !GENERAL.test(line))
    ?? (filters.some(isOnDevice) ? lines.find((line) => messageIn(line).startsWith(ON_DEVICE)) : undefined);
  if (reason !== undefined) return messageIn(reason);
  const [general] = own;
  if (general === undefined) return undefined;
  const at = lines.indexOf(general);
  return lines.slice(Math.max(0, at - 1), at + 1).map(messageIn).join('; ');
}

/** Whether a line names a filter: as its origin, `[Parsed_hflip_4 @ 0x1]`, or in its text, `No such filter: 'hflip'`. */
function names(line: string, { name }: ChainFilter): boolean {
  return new RegExp(`\\[(?:Parsed_${name}_\\d+|${name}|${name}@[^ ]+) @|'${name}'|'Parsed_${name}_\\d+'|\\b${name}:\\d|Parsed_${name}_\\d+$`).test(line);
}

function messageIn(line: string): string {
  return FAILURE.exec(line)?.[1] ?? line;
}
