/** References to secrets: `${env:NAME}`, `${file:PATH}`; and `${camera}`, the camera's name. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSecretOption, secretsOf, wellFormed } from '../../../core/redact/redact.js';

/** Largest file that a reference can name; keys and tokens are shorter. */
const MAX_FILE_BYTES = 64 * 1024;

const REFERENCE = /\$\$\{|\$\{(?:(env|file):([^}]*)|(camera))\}|\$\{/g;
const LOGIN = /^\s*[a-z][a-z0-9+.-]*:\/\/.*@/i;

/** A reference that can't be resolved; its message shows the name, but no value. */
export class UnresolvedReference extends Error {}

/** The sources of references' values. */
export interface ReferenceSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base of relative paths. */
  readonly folder: string;
}

/** Resolves references, and records their secret values. */
export class References {
  readonly #secrets = new Set<string>();
  readonly #files = new Map<string, string>();

  constructor(readonly surroundings: ReferenceSources) {}

  /** Secret values, in every form in which they could appear in a log. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Paths of the files that were read. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  /**
   * The text with the values of its references, which are percent-encoded within the credentials of an address.
   * @param camera - the name for `${camera}`
   * @param isSecret - whether the option is secret by its name
   * @throws UnresolvedReference
   */
  resolve(text: string, camera: string | undefined, isSecret: boolean): string {
    if (!text.includes('${')) return text;
    const login = loginEnd(text);
    return text.replace(REFERENCE, (all: string, kind: string | undefined, name: string | undefined, ofCamera: string | undefined, at: number) => {
      if (all === '$${') return '${';
      if (ofCamera !== undefined && camera !== undefined) return at < login ? encodeURIComponent(wellFormed(camera)) : camera;
      if (kind === undefined) throw new UnresolvedReference(`an unknown reference after '\${'; expected \${env:NAME}, \${file:PATH}${camera === undefined ? '' : ' or ${camera}'}; write $\${ for the characters themselves`);
      const value = kind === 'env' ? this.#variable(name ?? '') : this.#file(name ?? '');
      if (kind === 'file' || at < login || isSecret || isSecretOption(name ?? '')) this.#keep(value);
      return at < login ? encodeURIComponent(wellFormed(value)) : value;
    });
  }

  #variable(name: string): string {
    const value = this.surroundings.env[name];
    if (value === undefined || value === '') throw new UnresolvedReference(`the environment variable ${name === '' ? 'without a name' : name} is ${value === undefined ? 'not set' : 'empty'}`);
    return value;
  }

  #file(name: string): string {
    const path = resolve(this.surroundings.folder, name);
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const value = contentOf(path);
    this.#files.set(path, value);
    return value;
  }

  #keep(secret: string): void {
    for (const form of [secret, ...secretsOf(secret), ...secretsOf(`x://:${encodeURIComponent(wellFormed(secret))}@x`)]) this.#secrets.add(form);
  }
}

/** End of the credentials if a text is an address with credentials; ignores the contents of references. */
function loginEnd(text: string): number {
  const masked = text.replace(REFERENCE, (reference) => '_'.repeat(reference.length));
  return LOGIN.exec(masked)?.[0].length ?? 0;
}

/** Reads a file, without the line break at its end. */
function contentOf(path: string): string {
  const because = (reason: string) => new UnresolvedReference(`the file ${JSON.stringify(path)} ${reason}`);
  let text: string;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw because('is not a regular file');
    if (stat.size > MAX_FILE_BYTES) throw because(`has ${stat.size} bytes; at most ${MAX_FILE_BYTES} are read`);
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof UnresolvedReference) throw error;
    throw because(`can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  if (text === '') throw because('is empty');
  return text;
}
