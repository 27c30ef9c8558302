/** Checks the options of a reading as a member of a consumer group, whose position the broker keeps. */
import { InvalidOption } from '../../core/errors/errors.js';
import type { ReadRequest } from '../reader.js';

/** @throws InvalidOption for a start other than `latest` or `earliest`, and for options that select messages */
export function checkGroup({ from, to, key, partitions }: ReadRequest): void {
  if (from !== 'latest' && from !== 'earliest') {
    throw new InvalidOption("subscribe: option 'from': a position given together with a group, expected 'latest' or 'earliest', where a new group begins");
  }
  for (const [name, value] of Object.entries({ to, key, partitions })) {
    if (value !== undefined) throw new InvalidOption(`subscribe: option '${name}': given together with a group, which shares the whole topic; expected one of them`);
  }
}
