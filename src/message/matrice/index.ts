/** The format matrice, written and read. */
export { matrice } from './matrice.js';
export { peekMatrice, readMatrice } from './read-matrice.js';
