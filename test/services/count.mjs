/** Prints the closing line of a test run from Vitest's JSON report: `N passed, N failed, N skipped`. */
import { readFileSync } from 'node:fs';

const [report = '.cache/test-report.json'] = process.argv.slice(2);

/**
 * @type {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[],
 * }}
 */
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));

/** A file that fails as a whole (it does not compile, its hook throws) has no test to count. */
const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;

console.log(`${numPassedTests} passed, ${numFailedTests + brokenFiles} failed, ${numPendingTests + numTodoTests} skipped`);
