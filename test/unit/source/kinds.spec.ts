/** The declarations of each kind of source and broker: ffmpeg gets no protocol that its kind does not name, and secrets have their place. */
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { BROKERS } from '../../../src/broker/index.js';
import type { FfmpegFacts } from '../../../src/core/engine/ffmpeg-facts.js';
import { isSecretParameter } from '../../../src/core/redact/secret-places.js';
import { SOURCES, type SourceName, detect } from '../../../src/source/index.js';

const OPTIONS = { readTimeoutMs: 1_000 };
/** An address of each kind; undefined if an input needs a server or a device. */
const ADDRESSES: Readonly<Record<SourceName, string | undefined>> = {
  test: 'test:?duration=1', existingFile: 'package.json', file: './package.json', rtsp: undefined, http: undefined, device: undefined,
};

describe.each(Object.keys(SOURCES) as SourceName[])('the source %s', (name) => {
  const { protocols, accepts, secrets } = SOURCES[name];
  const address = ADDRESSES[name];

  it('says what it takes, and names no protocol twice', () => {
    expect(accepts).not.toBe('');
    expect(new Set(protocols).size).toBe(protocols.length);
    expect(secrets === 'none' || isSecretParameter('password')).toBe(true);
  });

  it.skipIf(address === undefined)('lets ffmpeg use no other protocols than it names', async () => {
    const step = await lastValueFrom(detect(address, OPTIONS).prepare({} as FfmpegFacts));
    expect(step.type === 'input' && step.input.protocols.filter((one) => !(protocols as readonly string[]).includes(one))).toEqual([]);
  });
});

describe.each(Object.entries(BROKERS))('the broker %s', (name, { flags, passwordVariable, schemes }: { flags: readonly { flags: string }[]; passwordVariable?: string; schemes: readonly string[] }) => {
  it('has its own scheme, and a password where the command line looks for one', () => {
    const others = Object.entries(BROKERS).flatMap(([other, kind]) => (other === name ? [] : kind.schemes as readonly string[]));
    expect(schemes.filter((scheme) => others.includes(scheme))).toEqual([]);
    if (passwordVariable !== undefined) expect(passwordVariable).toBe(`RXCAM_${name.toUpperCase()}_PASSWORD`);
    expect(flags.map((flag) => flag.flags.split(' ')[0])).toEqual([...new Set(flags.map((flag) => flag.flags.split(' ')[0]))]);
  });
});
