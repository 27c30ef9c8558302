/** The order of the pages: the sidebar of the site, and llms.txt. */

/** @typedef {{ text: string, link: string }} Page */
/** @typedef {{ text: string, items: Page[] }} Group */

/** @param {string} folder @param {[text: string, name: string][]} pages @returns {Page[]} */
const pagesOf = (folder, pages) => pages.map(([text, name]) => ({ text, link: `/${folder}${name}` }));

/** @type {Group[]} */
export const SIDEBAR = [
  { text: 'Learn', items: pagesOf('learn/', [
    ['1. A camera', '1-a-camera'], ['2. Thin, resize, encode', '2-operators'], ['3. To a broker', '3-messages'], ['4. Cameras fail', '4-failures'],
    ['5. The ledger', '5-the-ledger'], ['6. The way back', '6-the-way-back'], ['7. Tests', '7-tests'],
  ]) },
  { text: 'Guides', items: pagesOf('guides/', [
    ['Install', 'install'], ['Sources', 'sources'], ['Thinning and resizing', 'pictures'], ['Encoding', 'encoding'], ['Messages', 'messages'],
    ['Brokers', 'brokers'], ['Reconnecting', 'reconnecting'], ['Back-pressure', 'back-pressure'], ['Events and statistics', 'statistics'],
    ['Consuming', 'consuming'], ['Recording', 'recording'], ['Testing with marbles', 'testing'],
  ]) },
  { text: 'Operate', items: pagesOf('operate/', [
    ['The command line', 'command-line'], ['A configuration file', 'configuration'], ['The dashboard', 'dashboard'], ['Metrics and traces', 'metrics'],
    ['Many machines: a fleet', 'fleet'], ['Security', 'security'], ['Operating', 'operating'],
  ]).concat(pagesOf('', [['Deploying', 'deploy/']])) },
  { text: 'Reference', items: [
    ...pagesOf('reference/', [['Which operator do I need?', 'which-operator'], ['Options', 'options'], ['CameraStreamer', 'camera-streamer'], ['Writing a step', 'own-step'], ['Writing a source', 'own-source'], ['Writing a driver', 'own-driver']]),
    ...pagesOf('', [['Errors', 'errors']]), ...pagesOf('reference/', [['API', 'api/']]),
  ] },
  { text: 'Examples', items: pagesOf('', [['All examples', 'examples/']]) },
  { text: 'About', items: [
    ...pagesOf('', [['Known to work', 'known-to-work']]),
    ...pagesOf('project/', [
      ['Comparison', 'comparison'], ['Moving from the Python system', 'moving-from-python'], ['Benchmarks', 'benchmarks'], ['Benchmark results', 'benchmark-results'], ['Architecture', 'architecture'],
      ['Style', 'style'], ['Contributing', 'contributing'],
    ]),
  ] },
];
