/** Hides credentials from the process list: the program's own arguments are shown there for as long as it runs. */
import { redact } from '../redact.js';

process.title = ['rxcam', ...process.argv.slice(2)].map((word) => redact(word)).join(' ');
