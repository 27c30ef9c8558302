/** From a text to values that know their line, and from references to secrets. */
export { type Located, innermost, itemsOf, located, membersOf, shownName } from './located.js';
export { type ConfigProblem, InvalidConfig, Problems } from './problems.js';
export { References, UnresolvedReference } from './references.js';
export { readYaml } from './yaml.js';
