/** Remembers the latest description of each source. */
import type { OpenedSource } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { definedOnly } from '../../core/options.js';
import type { Source } from '../../core/source.js';

/** Properties of a source, with the rate that ffmpeg assumes if the source states none. */
export type KnownFacts = Partial<SourceInfo> & Pick<OpenedSource, 'guessedFps'>;

const remembered = new WeakMap<Source, KnownFacts>();

/** Whether a source has been open before. */
export function isKnown(source: Source): boolean {
  return remembered.has(source);
}

/** Known facts about a source, from its last description or its address. */
export function knownFacts(source: Source): KnownFacts {
  return remembered.get(source) ?? source.expected ?? {};
}

/** Remembers `opened`, and returns it with what was known before: a measured rate is kept until the source states one. */
export function rememberOpened(source: Source, { source: info, guessedFps }: OpenedSource, { fps, fpsMeasured }: KnownFacts): KnownFacts {
  const rate = info.fps === undefined ? definedOnly({ fps, fpsMeasured }) : {};
  const now = { ...rate, ...definedOnly({ guessedFps }), ...info };
  rememberFacts(source, now);
  return now;
}

/** Remembers a source's description. */
export function rememberFacts(source: Source, info: KnownFacts): void {
  remembered.set(source, info);
}
