/** Parses a text into values with positions, and resolves references to secrets. */
export { type Located, innermost, itemsOf, membersOf, shownName, toLocated } from './located.js';
export { type ConfigProblem, InvalidConfig, Problems } from './problems.js';
export { References, UnresolvedReference } from './references.js';
export { readYaml } from './yaml.js';
