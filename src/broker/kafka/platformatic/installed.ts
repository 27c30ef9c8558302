/** Checks that the package is installed, so that a missing one is reported when the broker is created, not with the first message. */
import { createRequire } from 'node:module';
import { InvalidOption } from '../../../core/errors/errors.js';

const PACKAGE = '@platformatic/kafka';
/** The last version that runs on Node 20. */
const VERSION = '1.34';

/** @throws InvalidOption */
export function checkInstalled(): void {
  try {
    createRequire(import.meta.url).resolve(PACKAGE);
  } catch (error) {
    // Any other error: the package is installed, and has no entry for `require`.
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') return;
    throw new InvalidOption(
      `kafka: option 'driver': 'platformatic' given, but the package ${PACKAGE} is not installed; run: npm install ${PACKAGE}@${VERSION}`);
  }
}
