/**
 * A relay on loopback between one ffmpeg and a camera. Alone, ffmpeg would send the login to the target of any redirect, connect to any
 * host, and report few reasons. The relay follows no redirect, and ffmpeg gets no login.
 */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, type Server, type Socket, createServer, isIPv6 } from 'node:net';
import type { RxcamError } from '../../core/errors/errors.js';
import { type DescribeTarget, type DescribedCamera, reasonPhrase } from './describe.js';
import { rtspFailure } from './connect.js';
import { answerFailure } from './failures.js';
import { type Message, MessageReader, headerValue, messageBytes, statusOf, withoutHeaders } from './message-reader.js';
import { type Granted, type TransportChoice, grantedTransport } from './transport.js';

/** Receives the outcome of the session. */
export interface RelayListener {
  /** The camera can't be played. Called before ffmpeg ends. */
  failed(error: RxcamError): void;
  /** The camera plays, over this transport. */
  playing(transport: Granted['transport']): void;
}

const NO_BODY = Buffer.alloc(0);
const UNSUPPORTED = 'RTSP/1.0 461 Unsupported Transport';
const UNAVAILABLE = 'RTSP/1.0 503 Service Unavailable';

/** The relay of one camera. It accepts one client. */
export class Relay {
  readonly #server: Server;
  readonly #token = randomBytes(16).toString('hex');
  #client: Socket | undefined;
  #transport: Granted['transport'] | undefined;
  #isPlaying = false;

  constructor(readonly camera: DescribedCamera, readonly target: DescribeTarget, readonly choice: TransportChoice, readonly listener: RelayListener) {
    this.#server = createServer((socket) => { this.#admit(socket); });
    const { session } = camera;
    session.listener = {
      packets: (bytes) => { this.#toClient(bytes); },
      requested: (request) => { this.#toClient(messageBytes(request)); },
      closed: (error) => {
        if (this.#isPlaying) this.#client?.end();
        else listener.failed(rtspFailure(error ?? { code: 'ECONNRESET' }, target.shown));
      },
    };
  }

  /**
   * Opens the relay; resolves with its address. That has the camera's address family, because over UDP the camera sends to ffmpeg
   * directly.
   */
  async open(): Promise<string> {
    const host = isIPv6(this.camera.session.socket.remoteAddress ?? '') && !this.#isMapped ? '::1' : '127.0.0.1';
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, host, resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `rtsp://${host === '::1' ? '[::1]' : host}:${port}/${this.#token}`;
  }

  close(): void {
    this.#server.close();
    this.camera.session.close();
    this.#client?.destroy();
  }

  get #isMapped(): boolean {
    return this.camera.session.socket.remoteAddress?.toLowerCase().startsWith('::ffff:') === true;
  }

  /** Admits the connection with the token, which only ffmpeg knows, and closes others: other programs on this machine may connect too. */
  #admit(socket: Socket): void {
    const reader = new MessageReader();
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    const first = (chunk: Buffer) => {
      const parts = partsIn(reader, chunk);
      const [part] = parts ?? [];
      if (parts === undefined || (part !== undefined && (part.kind !== 'message' || !part.message.start.includes(`/${this.#token}`)))) {
        socket.destroy();
      } else if (part !== undefined && this.#client === undefined) {
        socket.off('data', first);
        this.#serve(socket, reader);
        for (const one of parts) this.#fromClient(one.kind === 'message' ? one.message : one.bytes);
      }
    };
    socket.on('data', first);
  }

  #serve(socket: Socket, reader: MessageReader): void {
    this.#client = socket;
    this.#server.close();
    const { session } = this.camera;
    socket.on('data', (chunk: Buffer) => {
      for (const part of partsIn(reader, chunk) ?? []) this.#fromClient(part.kind === 'message' ? part.message : part.bytes);
    });
    socket.on('drain', () => { session.socket.resume(); });
    socket.once('close', () => { session.close(); });
  }

  #toClient(bytes: Buffer): void {
    if (this.#client?.write(bytes) === false) this.camera.session.socket.pause();
  }

  #fromClient(given: Message | Buffer): void {
    const { session, uri: cameraUri, options, description } = this.camera;
    if (Buffer.isBuffer(given)) {
      session.pass(given);
      return;
    }
    const [, method, uri] = /^([A-Z_]+) (\S+) RTSP/.exec(given.start) ?? [];
    if (method === undefined || uri === undefined) {
      // An answer of ffmpeg to a request of the camera.
      session.send(given);
      return;
    }
    if (method === 'OPTIONS' && options !== undefined) this.#answer(given, options);
    else if (method === 'OPTIONS') this.#answer(given, { start: 'RTSP/1.0 200 OK', lines: ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN'], body: NO_BODY });
    else if (method === 'DESCRIBE') this.#answer(given, withBase(description, cameraUri));
    else if (method === 'SETUP' && !this.choice.allows(headerValue(given.lines, 'transport') ?? '')) {
      this.#answer(given, { start: UNSUPPORTED, lines: [], body: NO_BODY });
    } else {
      const target = uri.includes(this.#token) ? cameraUri : uri;
      session.request(method, target, given.lines, (answer) => { this.#answered(method, given, answer); }, given.body);
    }
  }

  /** Sends the camera's answer to ffmpeg, synchronously, because packets follow it. */
  #answered(method: string, request: Message, answer: Message): void {
    const { target, listener } = this;
    const status = statusOf(answer);
    const rtspRequest = { method, shown: target.shown, transport: target.transport };
    if (method === 'SETUP' && status === 200) {
      const result = grantedTransport(request, answer, this.camera.session.socket.remoteAddress ?? '', target);
      if ('failure' in result) {
        listener.failed(result.failure);
        return;
      }
      this.#transport = result.transport;
      this.#answer(request, result.answer);
      return;
    }
    if (method === 'PLAY' && status === 200 && this.#transport !== undefined && !this.#isPlaying) {
      this.#isPlaying = true;
      listener.playing(this.#transport);
    }
    const isFinal = (method === 'SETUP' && !(status === 461 && this.choice.hasAnother)) || method === 'PLAY';
    if (isFinal && status !== 200 && !this.#isPlaying) listener.failed(answerFailure(status, reasonPhrase(answer), rtspRequest));
    // Without this, ffmpeg would follow the redirect.
    else if (status >= 300 && status < 400) this.#answer(request, { ...answer, start: UNAVAILABLE });
    else this.#answer(request, answer);
  }

  #answer(request: Message, { start, lines, body }: Message): void {
    const cseq = headerValue(request.lines, 'cseq') ?? '0';
    const own = [`CSeq: ${cseq}`, ...(body.length === 0 ? [] : [`Content-Length: ${body.length}`])];
    this.#toClient(messageBytes({ start, lines: [...own, ...withoutHeaders(lines, 'cseq', 'content-length', 'location', 'www-authenticate')], body }));
  }
}

function partsIn(reader: MessageReader, chunk: Buffer) {
  try {
    return reader.push(chunk);
  } catch {
    return undefined;
  }
}

/** Adds the camera's address as the base of tracks' addresses, which are relative to that of the description: ffmpeg knows only the relay's. */
function withBase(description: Message, uri: string): Message {
  if (headerValue(description.lines, 'content-base') !== undefined) return description;
  return { ...description, lines: [...description.lines, `Content-Base: ${uri}`] };
}
