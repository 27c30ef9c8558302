/** The driver `platformatic`: on @platformatic/kafka, an optional package. */
import type { KafkaOptions } from '../options.js';
import type { NewWire } from '../wire/index.js';
import { checkInstalled } from './installed.js';
import { checkSasl } from './sasl.js';

/** @throws InvalidOption if the package is not installed, or does not support an option */
export function checkPlatformatic({ sasl }: Pick<KafkaOptions, 'sasl'>): void {
  checkInstalled();
  checkSasl(sasl);
}

/** Loads the package. */
export async function loadPlatformaticWires(): Promise<NewWire> {
  return (await import('./wire.js')).platformaticWires();
}
