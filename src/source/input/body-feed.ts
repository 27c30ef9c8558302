/**
 * Writes the body of a live HTTP stream to ffmpeg's stdin: rxcam follows redirects, logs in and checks addresses, so ffmpeg opens no
 * connection.
 */
import type { Writable } from 'node:stream';
import { Observable } from 'rxjs';
import { failureOf, isRxcamError } from '../../core/errors/errors.js';
import { type RequestTarget, checkAnswer, getWithRedirects } from '../client/index.js';
import { nextChunk } from '../download/index.js';
import { MultipartReader } from './multipart.js';

/** Writes the stream at an address to a process's stdin until one of them ends. Errors with an RxcamError if the stream can't be read. */
export function feed(target: Omit<RequestTarget, 'signal'>, isMultipart: boolean): (stdin: Writable) => Observable<never> {
  return (stdin) => new Observable((subscriber) => {
    const controller = new AbortController();
    run({ ...target, signal: controller.signal }, isMultipart, stdin).then(() => { subscriber.complete(); }, (error: unknown) => {
      subscriber.error(isRxcamError(error) ? error : failureOf(error, `reading '${target.shown}'`, {}));
    });
    return () => { controller.abort(); };
  });
}

async function run(target: RequestTarget, isMultipart: boolean, stdin: Writable): Promise<void> {
  const answer = await getWithRedirects(target, {});
  try {
    await checkAnswer(answer, target.shown);
    const parts = isMultipart ? new MultipartReader(answer.headers['content-type']) : undefined;
    const body = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    for (;;) {
      const chunk = await nextChunk(body, answer, target);
      // Not an error, even if the connection broke: ffmpeg decodes the bytes so far, and then ends.
      if (chunk === undefined || chunk instanceof Error || stdin.destroyed) break;
      for (const piece of parts?.push(chunk) ?? [chunk]) await write(stdin, piece);
    }
  } finally {
    await answer.close();
    stdin.end();
  }
}

async function write(stdin: Writable, piece: Buffer): Promise<void> {
  if (stdin.destroyed || stdin.write(piece)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      stdin.off('drain', done).off('close', done);
      resolve();
    };
    stdin.once('drain', done).once('close', done);
  });
}
