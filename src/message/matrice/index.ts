/** The format matrice: its writer and its reader. */
export { matrice } from './matrice.js';
export { peekMatrice, readMatrice } from './read-matrice.js';
