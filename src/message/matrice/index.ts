/** The format matrice, written and read. */
export { matrice } from './matrice.js';
export { readMatrice } from './read-matrice.js';
