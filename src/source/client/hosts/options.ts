/** The schema of the option `hosts`. */
import { z } from 'zod';
import { options } from '../../../core/options.js';
import { parsePattern } from './canonical-host.js';

const patterns = () => z.array(z.string().refine((text) => parsePattern(text) !== undefined, {
  message: 'expected a name, *.name, an address, or a network such as 10.0.0.0/8',
}));

export const HOSTS_SCHEMA = options({ allow: patterns().min(1).optional(), deny: patterns().optional() });
