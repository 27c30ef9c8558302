/** Three projects: `marbles` (virtual time) and `unit` start nothing; `real` starts processes and servers. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const SECOND = 1_000;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  cacheDir: '.cache/vite',
  test: {
    pool: 'forks',
    // A third of the time, tests wait for a server: one worker more than there are cores.
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    reporters: ['default', 'json'],
    outputFile: { json: '.cache/test-report.json' },
    // The build of 2018 is tried on all that it can do.
    env: { RXCAM_ALLOW_OLD_FFMPEG: '1' },
    passWithNoTests: true,
    teardownTimeout: 30 * SECOND,
    // For properties with many runs, on a machine that has other things to do.
    testTimeout: 60 * SECOND,
    projects: [
      { extends: true, test: { name: 'marbles', include: ['marbles/**/*.spec.ts'] } },
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.spec.ts', 'test/faults/**/*.spec.ts', 'test/field/**/*.spec.ts'],
          globalSetup: 'test/services/shared.ts',
          hookTimeout: 120 * SECOND,
        },
      },
    ],
  },
});
