/**
 * Reads a child's stdout into one buffer that is used again: by itself Node allocates 64 kB for each read, which costs as much as the
 * reading, and no read of it is longer.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As much as the system holds of a pipe that is full. Pages that are never written to take no memory. */
const BUFFER_BYTES = 256 * 1024;

/** Calls `onChunk` with what comes; the memory of a chunk is written over after the call. Pausing `child.stdout` stops it. */
export function readStdout(child: ChildProcessWithoutNullStreams, onChunk: (chunk: Buffer) => void): void {
  if (!takeOver(child, onChunk)) child.stdout.on('data', onChunk);
}

/**
 * `spawn` has no option for a buffer, a socket has: another one takes the pipe over. Where a release of Node keeps the pipe
 * elsewhere, nothing is changed.
 * @returns whether it did
 */
function takeOver(child: ChildProcessWithoutNullStreams, onChunk: (chunk: Buffer) => void): boolean {
  const pipe = child.stdout as unknown as Socket & { _handle?: { useUserBuffer?: unknown; reading?: boolean } | null };
  const handle = pipe._handle;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  pipe._handle = null;
  const options: SocketConstructorOpts & { handle: object; onread: OnReadOpts } = {
    handle, writable: false,
    onread: { buffer, callback: (size: number) => { onChunk(buffer.subarray(0, size)); return true; } },
  };
  const reader = new Socket(options);
  reader.on('error', () => undefined);
  // The child is closed when all of its own streams are.
  reader.once('close', () => { pipe.destroy(); });
  (child.stdio as unknown[])[1] = child.stdout = reader;
  reader.resume();
  return true;
}
