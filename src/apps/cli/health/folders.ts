/** Folders of the sockets through which running programs answer `rxcam health`: `PID.sock` in a folder that only their user can enter. */
import { lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** On Windows, sockets are named pipes, which have no folders. */
const PIPES = '\\\\.\\pipe\\';
const isWindows = process.platform === 'win32';
const SOCKET = isWindows ? /^rxcam-(\d+)$/ : /^(\d+)\.sock$/;
const WRITABLE_BY_OTHERS = 0o022;

/** A running program's socket. */
export interface Socket { readonly pid: number; readonly path: string }

/** The folder for the socket of this program. systemd sets `RUNTIME_DIRECTORY` for its services. */
export function socketFolder(env: NodeJS.ProcessEnv): string {
  if (isWindows) return PIPES;
  const { RXCAM_RUN_DIR: given, RUNTIME_DIRECTORY: ofService, XDG_RUNTIME_DIR: ofUser } = env;
  if (isPath(given)) return given;
  if (isPath(ofService)) return ofService.split(':')[0] ?? '';
  return isPath(ofUser) ? join(ofUser, 'rxcam') : temporaryFolder();
}

/** The folders to search: several, because the program may have been started with other variables. */
export function socketFolders(env: NodeJS.ProcessEnv): string[] {
  if (isWindows) return [PIPES];
  if (isPath(env['RXCAM_RUN_DIR'])) return [socketFolder(env)];
  return [...new Set([socketFolder(env), `/run/user/${process.getuid?.() ?? ''}/rxcam`, temporaryFolder(), '/run/rxcam'])];
}

/** The socket of a program in a folder. */
export function socketOf(folder: string, pid: number): string {
  return isWindows ? `${folder}rxcam-${pid}` : join(folder, `${pid}.sock`);
}

/** The sockets in a folder; none if another user could have created them. */
export function socketsIn(folder: string): Socket[] {
  if (!isWindows && !isTrusted(folder)) return [];
  try {
    return readdirSync(folder).flatMap((name) => {
      const pid = Number(SOCKET.exec(name)?.[1] ?? NaN);
      return Number.isNaN(pid) ? [] : [{ pid, path: socketOf(folder, pid) }];
    });
  } catch {
    return [];
  }
}

/** Whether a folder belongs to this user, and no other user can write to it. */
export function isPrivate(folder: string): boolean {
  return isPrivateOf(folder, process.getuid?.());
}

/** @param owner - user id; undefined for any */
function isPrivateOf(folder: string, owner: number | undefined): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && (owner === undefined || stat.uid === owner) && (stat.mode & WRITABLE_BY_OTHERS) === 0;
}

/** Whether only this user can have created a folder's sockets. Root also trusts other users' folders, except among temporary files. */
function isTrusted(folder: string): boolean {
  return isPrivate(folder) || (process.getuid?.() === 0 && !folder.startsWith(tmpdir()) && isPrivateOf(folder, undefined));
}

/** This user's folder in the folder of temporary files, which all users share. */
function temporaryFolder(): string {
  return join(tmpdir(), `rxcam-${process.getuid?.() ?? 0}`);
}

function isPath(path: string | undefined): path is string {
  return path !== undefined && isAbsolute(path);
}
