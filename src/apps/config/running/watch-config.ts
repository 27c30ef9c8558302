/** watchConfig(): reads a configuration file again when it or a file of secrets changes, or on request. */
import { type FSWatcher, readFileSync, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { EMPTY, Observable, Subject, debounceTime, merge, timer } from 'rxjs';
import { RUN } from '../../../core/defaults/limits.js';
import { InvalidOption, type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import { type Config, type ParseConfigOptions, parseConfig } from '../config.js';

/** Options of {@link watchConfig}. */
export interface WatchConfigOptions extends Omit<ParseConfigOptions, 'file'> {
  /** Called for a file that can't be read or has mistakes; the previous configuration stays in effect. Default: none. */
  readonly onInvalid?: ((error: RxcamError) => void) | undefined;
  /** Whether to read the file again when it has changed. Default true; with false, only `reload$` does. */
  readonly watch?: boolean | undefined;
  /** When it emits, the file is read again even if it is unchanged, on SIGHUP for example. Default: never. */
  readonly reload$?: Observable<unknown> | undefined;
}

/**
 * The text of a file.
 * @throws InvalidOption if it can't be read
 */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? ': there is no such file' : code === 'EISDIR' ? ': it is a folder' : '';
    throw new InvalidOption(`${file}: the file can't be read${why} (${code})`);
  }
}

/**
 * Emits the configuration of a file, and each later one. Watches folders as well as the file, because editors replace the file
 * and Kubernetes changes a link of its folder; and checks the times of the files every 5 s, because network file systems report
 * no changes.
 *
 * - Error: InvalidConfig if the first reading fails; later mistakes go to `onInvalid`.
 * - Completion: never. Unsubscription: stops watching.
 */
export function watchConfig(file: string, options: WatchConfigOptions = {}): Observable<Config> {
  return new Observable((subscriber) => {
    const { env, onInvalid, reload$ = EMPTY, watch: watches = true } = options;
    let last = '';
    let files: readonly string[] = [file];
    const watched = new Folders();
    subscriber.add(() => { watched.end(); });
    const read = () => {
      const config = parseConfig(readConfigFile(file), { file, env });
      files = [file, ...config.files];
      subscriber.next(config);
    };
    const again = () => {
      try {
        read();
      } catch (error) {
        if (!isRxcamError(error)) throw error;
        onInvalid?.(error);
      }
      if (watches) watched.watch(files);
    };
    last = signatureOf(files);
    try {
      read();
      last = signatureOf(files);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    if (watches) watched.watch(files);
    const looks$ = watches ? merge(watched.events$, timer(RUN.lookEveryMs, RUN.lookEveryMs)) : EMPTY;
    subscriber.add(looks$.pipe(debounceTime(RUN.settleMs)).subscribe(() => {
      const now = signatureOf(files);
      if (now === last) return;
      last = now;
      again();
    }));
    subscriber.add(reload$.subscribe(() => {
      last = signatureOf(files);
      again();
    }));
  });
}

/** A text that changes with the files, and with the targets of their links. */
function signatureOf(files: readonly string[]): string {
  return files.map((file) => {
    try {
      const { ino, size, mtimeMs, ctimeMs } = statSync(file);
      return [realpathSync(file), ino, size, mtimeMs, ctimeMs].join(' ');
    } catch {
      return 'missing';
    }
  }).join('\n');
}

/** Watches the folders of files, and of the targets of their links. */
class Folders {
  #watchers = new Map<string, FSWatcher>();
  readonly #events = new Subject<void>();
  readonly events$ = this.#events.asObservable();

  watch(files: readonly string[]): void {
    const folders = new Set(files.flatMap((file) => [dirname(file), folderBehind(file)]));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#add(folder);
  }

  end(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers = new Map();
  }

  /** If a folder can't be watched, checking the times of the files is enough. */
  #add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => { this.#events.next(); });
      watcher.on('error', () => { watcher.close(); this.#watchers.delete(folder); });
      this.#watchers.set(folder, watcher);
    } catch {
      // The timer checks the file.
    }
  }
}

function folderBehind(file: string): string {
  try {
    return dirname(realpathSync(file));
  } catch {
    return dirname(file);
  }
}
