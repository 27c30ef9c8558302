/**
 * How modules may depend on each other, types included: no circles; rooms whose imports go down only; and no reaching into a
 * folder past its index.ts. `core` alone has no index: it is the vocabulary, used file by file.
 */
/** From the bottom up: a room may import what is below its line, and nothing beside it. */
const ROOMS = [
  ['src/core/'],
  ['src/source/', 'src/ledger/', 'src/message/', 'src/ffmpeg/'],
  ['src/broker/', 'src/camera/', 'src/consumer/'],
  ['src/fleet/'],
  ['operators/'],
  ['src/apps/', 'marbles/kit/'],
  ['src/index[.]ts$'],
];
const OURS = '^(src|operators|marbles|test)/';
const SHIPPED = '^(src|operators|marbles/kit)/';
const SPEC = '[.]spec[.]ts$';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const downOnly = ROOMS.flatMap((rooms, level) => rooms.map((room) => ({
  name: `${room.replace(/[^a-z/]/g, '').replace(/[/]$/, '')}-imports-what-is-below`, severity: 'error',
  from: { path: `^${room}` },
  to: { path: OURS, pathNot: [`^${room}`, ...ROOMS.slice(0, level).flat().map((below) => `^${below}`)] },
})));

/**
 * A file may use those of the folders that it lies in; every other folder is entered by its index.ts. What is loaded only
 * when it is needed is named by its file: an index would load its whole folder.
 * @type {import('dependency-cruiser').IForbiddenRuleType[]}
 */
const byTheirIndex = [1, 2, 3, 4, 5].map((depth) => {
  const folder = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => `$${index + 1}/`).join('');
  const around = Array.from({ length: depth }, (_, index) => `^${folder(index + 1)}`);
  return {
    name: `folders-by-their-index-from-level-${depth}`, severity: 'error',
    from: { path: `^${'([^/]+)/'.repeat(depth)}[^/]+$`, pathNot: [SPEC, '^(marbles/[^/]+$|test/)'] },
    to: {
      path: SHIPPED, dependencyTypesNot: ['dynamic-import'],
      pathNot: ['^src/core/', '^(src/[^/]+|operators|marbles/kit)/index[.]ts$', ...around.flatMap((path) => [`${path}[^/]+$`, `${path}[^/]+/index[.]ts$`])],
    },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    // Benchmarks import the package as users do; in a new clone it is built beside this check.
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: ['/dist/', '^rxcam(/|$)'] } },
    {
      name: 'no-development-package-in-what-is-shipped', severity: 'error',
      from: { path: SHIPPED, pathNot: '^src/(bundle[.]mjs$|apps/dashboard/(page/|build-page[.]mjs$))' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: 'node_modules/(rxjs|@platformatic/kafka|@opentelemetry/api)/' },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: SHIPPED }, to: { path: ['^test/', SPEC] } },
    ...downOnly,
    ...byTheirIndex,
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
