#!/usr/bin/env node
/** The command `rxcam`. The title comes first: the modules after it take a fifth of a second to load. */
import './title.js';
import { guard, keepHeapSmall } from './program/index.js';

keepHeapSmall();
guard();
const { run } = await import('./run.js');
process.exitCode = await run(process.argv.slice(2), process.env);
