import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../src/core/defaults/make-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcam-folder-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe('makeFolder', () => {
  it('creates a folder and those above it, and leaves one that is there', () => {
    const path = join(folder, 'a/b/c');
    makeFolder(path, 0o700);
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('throws if a file has the name, or that of a folder above', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => { makeFolder(join(folder, 'file')); }).toThrow('EEXIST');
    expect(() => { makeFolder(join(folder, 'file/below')); }).toThrow(/ENOTDIR|EEXIST/);
  });

  it.runIf(process.platform === 'linux')('returns from /proc, where a folder can never be created', () => {
    expect(() => { makeFolder('/proc/nope/below'); }).toThrow('ENOENT');
  });
});
