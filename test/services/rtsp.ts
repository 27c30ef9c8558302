/** A real RTSP server. */
import { fileURLToPath } from 'node:url';
import { python } from './cache.mjs';
import { freePort } from './ports.js';
import { startProgram } from './process.js';
import { restartable, type Restartable } from './restartable.js';

export interface RtspOptions {
  port?: number;
  /** Default 640. */
  width?: number;
  /** Default 360. */
  height?: number;
  /** Default 25. */
  fps?: number;
  /** Frames from one keyframe to the next, default 25. */
  gop?: number;
  /** Default 'h264'. */
  codec?: 'h264' | 'h265';
  /** Of the encoder, in kbit/s, default 2000. */
  bitrate?: number;
  /** A pattern of GStreamer's videotestsrc, moving; default 'smpte', part of which is noise. */
  pattern?: string;
  /** Annex B footage (`annexB` in media.ts) that is played in a loop instead of the pattern. */
  file?: string;
  /** A GStreamer pipeline instead of the pattern at /stream; its payloader is named pay0. */
  launch?: string;
  /** Clients must log in. */
  user?: string;
  password?: string;
  /** Default 'basic'. */
  auth?: 'basic' | 'digest';
}

export interface RtspServer extends Restartable {
  readonly host: string;
  readonly port: number;
  /** Address of the video at /stream, with the percent-encoded login if there is one. */
  readonly url: string;
  /** Address of another path: '/av' also has sound, '/audio' only sound. Other paths are answered with 404. */
  urlOf(path: string): string;
}

/** Starts a server. All clients of a path share one encoder, so a client that connects later waits for a keyframe. */
export async function startRtspServer(options: RtspOptions = {}): Promise<RtspServer> {
  const host = '127.0.0.1';
  const port = options.port ?? await freePort();
  const settings = {
    width: 640, height: 360, fps: 25, gop: 25, codec: 'h264', bitrate: 2000, pattern: 'smpte', auth: 'basic',
    ...options, port,
  };
  const script = fileURLToPath(new URL('rtsp-server.py', import.meta.url));
  const server = await restartable(() => startProgram({
    name: 'the RTSP server', command: python, args: [script, JSON.stringify(settings)], ready: /^ready \d+/,
  }));
  const { user, password = '' } = options;
  const login = user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const urlOf = (path: string) => `rtsp://${login}${host}:${port}${path}`;
  return Object.assign(server, { host, port, url: urlOf('/stream'), urlOf });
}
