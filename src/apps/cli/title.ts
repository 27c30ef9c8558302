/** Hides credentials from the process list: the program's own arguments are shown there for as long as it runs. */
import { shownWords } from './program/index.js';

process.title = ['rxcam', ...shownWords(process.argv.slice(2))].join(' ');
