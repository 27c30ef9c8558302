/**
 * How modules may depend on each other: no circles; four layers whose imports go down only (entries → operators →
 * kernel → edges); and no reaching into a folder past its index.ts.
 */
const ENTRIES = '^(src/(index|clip|snapshot|streamer[^/]*)[.]ts$|src/(streamer|cli)/|marbles/kit/)';
const OPERATORS = '^operators/';
const EDGES = '^src/(ffmpeg|source|broker|message)/';
/** Of the kernel, what holds only types and helpers: an edge may use it. */
const LEAVES = '^src/(account|ticket|take|frame-events|core/[^.]+|bundled|clock|comparison|credentials|decoder|defaults|defaults-reading|defaults-source|engine|errors|events|exhausted|ffmpeg-facts|frame|limits|numbering|options|parameters|picture-facts|plan|recorder|redact|secret-places|secrets|size|skip)[.]ts$';
const SPEC = '[.]spec[.]ts$';
const KERNEL = '^src/[^/]+[.]ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '/dist/' } },
    {
      name: 'no-development-package-in-what-is-shipped', severity: 'error',
      from: { path: '^(src|operators|marbles/kit)/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: 'node_modules/(rxjs|@platformatic/kafka)/' },
    },
    {
      name: 'operators-import-no-entry', severity: 'error',
      from: { path: OPERATORS }, to: { path: ENTRIES },
    },
    {
      name: 'kernel-imports-no-entry-or-operator', severity: 'error',
      from: { path: KERNEL, pathNot: ENTRIES }, to: { path: [ENTRIES, OPERATORS] },
    },
    {
      name: 'edges-import-only-leaves-of-the-kernel', severity: 'error',
      from: { path: EDGES }, to: { path: '^(src|operators|marbles|test)/', pathNot: [EDGES, LEAVES] },
    },
    {
      name: 'leaves-import-only-leaves', severity: 'error',
      from: { path: LEAVES },
      to: { path: '^(src|operators|marbles|test)/', pathNot: LEAVES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-tests', severity: 'error',
      from: { path: '^(src|operators|marbles/kit)/' }, to: { path: ['^test/', SPEC] },
    },
    // A folder is entered by its index.ts alone; files inside it, and in folders below, may use each other's folder.
    {
      name: 'src-folders-by-their-index', severity: 'error',
      from: { path: '^(operators/|marbles/|src/[^/]+$)', pathNot: SPEC },
      to: { path: '^src/[^/]+/', pathNot: ['^src/core/', '^src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'other-src-folders-by-their-index', severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/core/', '^src/$1/', '^src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'inner-folders-by-their-index', severity: 'error',
      from: { path: '^src/([^/]+)/[^/]+$' },
      to: { path: '^src/$1/[^/]+/', pathNot: '/index[.]ts$' },
    },
    {
      name: 'other-inner-folders-by-their-index', severity: 'error',
      from: { path: '^src/([^/]+)/([^/]+)/' },
      to: { path: '^src/$1/[^/]+/', pathNot: ['^src/$1/$2/', '/index[.]ts$'] },
    },
    {
      name: 'operators-by-their-index', severity: 'error',
      from: { path: '^(src|marbles)/', pathNot: SPEC }, to: { path: OPERATORS, pathNot: '^operators/index[.]ts$' },
    },
    {
      name: 'kit-by-its-index', severity: 'error',
      from: { path: '^(src|operators)/' }, to: { path: '^marbles/kit/', pathNot: '^marbles/kit/index[.]ts$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
