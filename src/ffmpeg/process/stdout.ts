/**
 * Reads a child's stdout into one reused buffer. By default, Node allocates 64 kB for each read, which takes as long as the read
 * itself and limits its length.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** Size of a full pipe. Pages that are never written to take no memory. */
const BUFFER_BYTES = 256 * 1024;

/** Calls `onChunk` with each chunk, whose memory is overwritten after the call. Pausing `child.stdout` stops the reading. */
export function readStdout(child: ChildProcessWithoutNullStreams, onChunk: (chunk: Buffer) => void): void {
  if (!takeOver(child, onChunk)) child.stdout.on('data', onChunk);
}

/**
 * Moves the pipe to a new socket, because a socket has an option for a buffer, and `spawn` has none. Changes nothing in a release of
 * Node that keeps the pipe elsewhere.
 * @returns whether the pipe was moved
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
  // The child emits `close` only when its original streams are closed.
  reader.once('close', () => { pipe.destroy(); });
  (child.stdio as unknown[])[1] = child.stdout = reader;
  reader.resume();
  return true;
}
