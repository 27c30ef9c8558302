/** Servers that misbehave like those of public bug reports. The first lines of each script list its options. */
import { fileURLToPath } from 'node:url';
import { python } from '../cache.mjs';
import { freePort } from '../ports.js';
import { type Program, startProgram } from '../process.js';

/** A running odd server. */
export interface OddServer {
  readonly host: string;
  readonly port: number;
  /** First lines of the requests so far, in the order in which they came. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** The options of rtsp_server.py. */
export interface OddRtspOptions {
  /** Annex B with access unit delimiters, played in a loop. */
  file?: string;
  codec?: 'h264' | 'h265';
  fps?: number;
  /** Index of the first access unit. */
  start?: number;
  /** Whether the SDP holds the parameter sets. */
  sprop?: boolean;
  udp?: boolean;
  tcp?: boolean;
  /** `[index, seconds]` added to the RTP time of one access unit, in each `period`. */
  ts?: readonly (readonly [number, number])[];
  period?: number;
  /** `[from, seconds]` added to all access units from this index on. */
  step?: readonly (readonly [number, number])[];
  /** Lines of the SDP before `m=video`. */
  extra?: readonly string[];
  /** Access units until the connection is closed. */
  count?: number;
  /** Answer to DESCRIBE, e.g. `453 Not Enough Bandwidth`. */
  status?: string;
  /** Address that DESCRIBE is redirected to; `{port}` is the server's own. */
  redirect?: string;
  /** The method that `status` and `redirect` answer; default DESCRIBE. */
  at?: string;
  /** The requested authentication; `new-nonce`: a digest whose nonce changes each time. The client's header is among `requests`, as `auth …`. */
  auth?: 'basic' | 'digest' | 'new-nonce';
  user?: string;
  password?: string;
  /** The method at which the connection is cut. */
  cut?: string;
  /** The Transport that SETUP is answered with. */
  granted?: string;
  /** Whether the answer to DESCRIBE has a Content-Base. */
  base?: boolean;
}

/** An RTSP server in Python, without a library. */
export async function startOddRtsp(options: OddRtspOptions): Promise<OddServer> {
  return start('rtsp_server.py', (port) => [JSON.stringify({ ...options, port })]);
}

/** The options of http_server.py. */
export interface OddHttpOptions {
  mode: 'live' | 'mjpeg' | 'endless' | 'drip';
  /** The head of the answer, byte for byte. */
  head?: string;
  /** `live`: a file sent at `rate` bytes a second, again and again. */
  file?: string;
  offset?: number;
  rate?: number;
  loop?: boolean;
  /** `mjpeg`: a glob of JPEG files. */
  files?: string;
  fps?: number;
  /** Sent before the first part. */
  first?: string;
  /** Head of a part, with `{len}` for the length. */
  part?: string;
  /** The same for the first part, if it differs. */
  firstpart?: string;
  /** `drip`: seconds from one byte to the next. */
  every?: number;
  /** Sent after each part. */
  tail?: string;
}

/** An HTTP server on bare sockets. */
export async function startOddHttp(options: OddHttpOptions): Promise<OddServer> {
  return start('http_server.py', (port) => [JSON.stringify({ ...options, port })]);
}

/** A folder of segments and playlists as a live HLS stream. */
export async function startOddHls(folder: string): Promise<OddServer> {
  return start('hls_server.py', (port) => [String(port), folder]);
}

async function start(script: string, args: (port: number) => string[]): Promise<OddServer> {
  const port = await freePort();
  const requests: string[] = [];
  const program: Program = await startProgram({
    name: `the odd server ${script}`, command: python, args: [fileURLToPath(new URL(script, import.meta.url)), ...args(port)], ready: /^ready \d+/,
    onLine: (line) => { requests.push(line); },
  });
  return { host: '127.0.0.1', port, requests, stop: () => program.stop() };
}
