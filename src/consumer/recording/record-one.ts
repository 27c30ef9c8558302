/** Records all messages of one key into one file, across gaps. */
import { type OperatorFunction, Observable } from 'rxjs';
import type { Gap, Verified } from '../../message/index.js';
import type { Muxer } from '../../core/engine/recorder.js';
import { take } from '../../ledger/index.js';
import type { Recorded } from './recorded.js';
import type { RecordTarget } from './record-target.js';
import type { RecordSettings } from './sink.js';
import { RecordStream } from './record-stream.js';

const SETTINGS: RecordSettings = { every: Infinity, gapMs: Infinity, continuesAfterGaps: true };

/** Ends as `record` does. Another file begins only if the size or the codec changes, or the sender's media time restarts. */
export function recordOne(target: RecordTarget, muxer: Muxer): OperatorFunction<Verified | Gap, Recorded> {
  return (source) => new Observable<Recorded>((subscriber) => {
    const step = {};
    let stream: RecordStream | undefined;
    const streamOf = ({ topic, key, camera }: Verified | Gap) => stream ??= new RecordStream(target, muxer, SETTINGS, { topic, key, camera }, {
      report: (event) => { subscriber.next(event); },
      error: (error) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    });
    subscriber.add(() => { stream?.stop(); });
    subscriber.add(source.subscribe({
      next: (one) => {
        if (one.verdict === 'gap') streamOf(one).gap(one.cause, one.size);
        else streamOf(one).push(one, take(one, 'stdin', step));
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { if (stream === undefined) subscriber.complete(); else stream.end(); },
    }));
  });
}
