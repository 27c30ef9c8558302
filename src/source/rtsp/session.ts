/** One connection to a camera: sends requests with the login, and reads their answers and the packets between them. */
import type { Socket } from 'node:net';
import { notRtsp } from './connect.js';
import type { RtspLogin } from './login.js';
import { type Message, MessageReader, headerValue, headerValues, messageBytes, statusOf, withoutHeaders } from './message-reader.js';

/** A request without an answer yet. */
interface Pending {
  readonly method: string;
  readonly uri: string;
  readonly lines: readonly string[];
  readonly body: Buffer;
  readonly cseq: number;
  /** Whether it was repeated with a login: a camera that then sends another challenge, with any nonce, rejects the login. */
  readonly isRepeat: boolean;
  readonly answered: (answer: Message) => void;
}

/** Receives everything on the connection except answers. */
export interface SessionListener {
  packets(bytes: Buffer): void;
  /** A request of the camera. */
  requested(request: Message): void;
  /** The connection is closed; `error` is the reason if it broke. */
  closed(error: Error | undefined): void;
}

const NO_BODY = Buffer.alloc(0);
/** Time limit for closing a connection cleanly; ms. */
const CLOSE_TIMEOUT_MS = 500;

/** A connection, and the RTSP session on it. */
export class RtspSession {
  listener: SessionListener | undefined;
  #pending: Pending[] = [];
  #cseq = 0;
  /** The session id and address of the last successful SETUP, until TEARDOWN. */
  #setUp: { readonly id: string; readonly uri: string } | undefined;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(readonly socket: Socket, readonly login: RtspLogin | undefined) {
    const reader = new MessageReader();
    let isFirst = true;
    socket.on('data', (chunk: Buffer) => {
      const otherProtocol = isFirst ? notRtsp(chunk.toString('latin1', 0, 16)) : undefined;
      isFirst = false;
      if (otherProtocol !== undefined) {
        socket.destroy(otherProtocol);
        return;
      }
      try {
        for (const part of reader.push(chunk)) {
          if (part.kind === 'packets') this.listener?.packets(part.bytes);
          else this.#received(part.message);
        }
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => { this.#failure = error; });
    socket.on('end', () => { socket.destroy(); });
    socket.on('close', () => {
      this.#isClosed = true;
      this.listener?.closed(this.#failure);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends a request. If the camera requires a login, the request is repeated once with it.
   * @param answered - called with the answer, before anything after it is read
   */
  request(method: string, uri: string, lines: readonly string[], answered: (answer: Message) => void, body: Buffer = NO_BODY): void {
    this.#ask({ method, uri, lines, body, answered, isRepeat: false });
  }

  #ask(pending: Omit<Pending, 'cseq'>): void {
    const { method, uri, lines, body } = pending;
    const cseq = ++this.#cseq;
    this.#pending.push({ ...pending, cseq });
    const login = this.login?.lines(method, uri) ?? [];
    this.send({ start: `${method} ${uri} RTSP/1.0`, lines: [`CSeq: ${cseq}`, ...withoutHeaders(lines, 'cseq', 'authorization'), ...login], body });
    if (method === 'TEARDOWN') this.#setUp = undefined;
  }

  /** Sends an answer to the camera. */
  send(message: Message): void {
    this.pass(messageBytes(message));
  }

  /** Sends bytes unchanged. */
  pass(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Ends the camera's session, if there is one, and the connection. */
  close(): void {
    if (this.socket.destroyed) return;
    if (this.#setUp !== undefined) {
      const { id, uri } = this.#setUp;
      this.request('TEARDOWN', uri, [`Session: ${id}`], () => undefined);
    }
    this.listener = undefined;
    this.socket.end();
    setTimeout(() => { this.socket.destroy(); }, CLOSE_TIMEOUT_MS).unref();
  }

  #received(message: Message): void {
    if (!message.start.startsWith('RTSP/')) {
      this.listener?.requested(message);
      return;
    }
    const status = statusOf(message);
    // 100 Continue: the answer follows.
    if (status < 200) return;
    const pending = this.#takePending(Number(headerValue(message.lines, 'cseq')));
    if (pending === undefined) return;
    const { method, uri, answered, isRepeat } = pending;
    if (status === 401 && !isRepeat && this.login?.readChallenge(headerValues(message.lines, 'www-authenticate')) === true) {
      this.#ask({ ...pending, isRepeat: true });
      return;
    }
    const id = headerValue(message.lines, 'session')?.split(';')[0];
    if (method === 'SETUP' && status === 200 && id !== undefined) this.#setUp = { id, uri };
    answered(message);
  }

  /** Removes and returns the request of an answer: the oldest one if the number is wrong, because such cameras answer in order. */
  #takePending(cseq: number): Pending | undefined {
    const at = this.#pending.findIndex((one) => one.cseq === cseq);
    return this.#pending.splice(Math.max(0, at), 1)[0];
  }
}
