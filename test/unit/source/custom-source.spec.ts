/** camera(source): a value that is not a source is refused, and a source's mistakes show no login. */
import { EMPTY, type Observable, firstValueFrom, from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { camera } from '../../../src/camera/index.js';
import type { FfmpegFacts } from '../../../src/core/engine/ffmpeg-facts.js';
import { InvalidOption } from '../../../src/core/errors/errors.js';
import type { Preparation, Source } from '../../../src/core/source.js';
import { detect } from '../../../src/source/index.js';

class Own implements Source {
  readonly kind = 'own';
  readonly address: string = 'own://me:se/cret@host/x';
  readonly live = true;
  readonly endless = true;
  readonly remote = true;
  readonly secrets = ['tok-en'];
  readonly input: object = { options: [], protocols: ['tcp'], url: 'tcp://host:1' };

  prepare(): Observable<Preparation> {
    return of({ type: 'input', input: this.input } as Preparation);
  }
}

const OPTIONS = { readTimeoutMs: 1_000 };

describe('a source of the user\'s own', () => {
  it('is taken by camera, shows no login, and hides what it names', () => {
    const source = detect(new Own(), OPTIONS);
    expect(source.address).toBe('own://***@host/x');
    expect([...source.secrets]).toEqual(expect.arrayContaining(['tok-en', 'se/cret']));
    const gate = camera(new Own());
    expect(gate.key).toBe('host_x');
    expect(() => camera(new Own(), { loop: true })).toThrow(/option 'loop': true given for own:\/\/\*\*\*@host\/x, which has no end/);
  });

  it.each<[string, object, RegExp]>([
    ['nothing of it', {}, /option 'source\.kind': undefined given, expected text/],
    ['no liveness', { kind: 'x', address: 'x:' }, /option 'source\.live': undefined given, expected true or false/],
    ['no secrets', Object.assign(new Own(), { secrets: undefined }), /option 'source\.secrets': undefined given, expected a list of texts/],
    ['an empty address', Object.assign(new Own(), { address: '' }), /option 'source\.address': an empty text given/],
  ])('is refused with %s', (_, given, says) => {
    expect(() => camera(given as Source)).toThrow(InvalidOption);
    expect(() => camera(given as Source)).toThrow(says);
  });

  it('is refused an input that does not say which protocols ffmpeg may use', async () => {
    const source = detect(Object.assign(new Own(), { input: { options: [], url: 'tcp://host:1' } }), OPTIONS);
    await expect(lastValueFrom(source.prepare({} as FfmpegFacts))).rejects.toThrow(/without url, options or protocols/);
    const step = await firstValueFrom(detect(new Own(), OPTIONS).prepare({} as FfmpegFacts));
    expect(step).toEqual({ type: 'input', input: { options: [], protocols: ['tcp'], url: 'tcp://host:1' } });
  });

  it.each<[string, Observable<unknown>, RegExp]>([
    ['nothing', EMPTY, /completed without an input, expected one input/],
    ['progress alone', of({ type: 'progress' }), /completed without an input, expected one input/],
    ['a text', of('tcp://host:1'), /'tcp:\/\/host:1' emitted, expected \{ type: 'progress' \} or \{ type: 'input', input \}/],
    ['an input without contents', of({ type: 'input' }), /without url, options or protocols/],
  ])('is refused if its preparation emits %s', async (_, steps$, says) => {
    const source = detect(Object.assign(new Own(), { prepare: () => steps$ as Observable<Preparation> }), OPTIONS);
    const failed: unknown = await lastValueFrom(source.prepare({} as FfmpegFacts)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InvalidOption);
    expect((failed as Error).message).toMatch(says);
  });

  it('is read by its first input', async () => {
    const inputs = [new Own().input, { options: [], protocols: ['tcp'], url: 'tcp://host:2' }];
    const prepare = () => from(inputs.map((input) => ({ type: 'input', input }) as Preparation));
    expect(await lastValueFrom(detect(Object.assign(new Own(), { prepare }), OPTIONS).prepare({} as FfmpegFacts).pipe(toArray()))).toHaveLength(1);
  });
});
