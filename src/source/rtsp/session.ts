/** One connection to a camera: sends requests with the login, reads their answers, and the packets between them. */
import type { Socket } from 'node:net';
import { notRtsp } from './connect.js';
import type { RtspLogin } from './login.js';
import { type Message, MessageReader, headerValue, headerValues, messageBytes, statusOf, withoutHeaders } from './message.js';

interface Pending {
  readonly method: string;
  readonly uri: string;
  readonly lines: readonly string[];
  readonly body: Buffer;
  readonly number: number;
  /** Whether it has been repeated with a login: if the camera asks again, with any nonce, it rejects the login. */
  readonly isRepeat: boolean;
  readonly answered: (answer: Message) => void;
}

/** Events besides answers. */
export interface SessionListener {
  packets(bytes: Buffer): void;
  /** A request of the camera. */
  asked(request: Message): void;
  /** The connection is closed; `error` if that was not clean. */
  over(error: Error | undefined): void;
}

const NO_BODY = Buffer.alloc(0);
/** Time limit for closing a connection cleanly; ms. */
const GOODBYE_MS = 500;

export class RtspSession {
  listener: SessionListener | undefined;
  #pending: Pending[] = [];
  #number = 0;
  /** The session id and address of the last successful SETUP, until TEARDOWN. */
  #open: { readonly id: string; readonly uri: string } | undefined;
  #failure: Error | undefined;
  #isOver = false;

  constructor(readonly socket: Socket, readonly login: RtspLogin | undefined) {
    const reader = new MessageReader();
    let isFirst = true;
    socket.on('data', (chunk: Buffer) => {
      const foreign = isFirst ? notRtsp(chunk.toString('latin1', 0, 16)) : undefined;
      isFirst = false;
      if (foreign !== undefined) {
        socket.destroy(foreign);
        return;
      }
      try {
        for (const part of reader.push(chunk)) {
          if (part.kind === 'packets') this.listener?.packets(part.bytes);
          else this.#came(part.message);
        }
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => { this.#failure = error; });
    socket.on('end', () => { socket.destroy(); });
    socket.on('close', () => {
      this.#isOver = true;
      this.listener?.over(this.#failure);
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Sends a request. A challenge is answered once; the message after that is the answer.
   * @param answered - called before anything after the answer is read
   */
  request(method: string, uri: string, lines: readonly string[], answered: (answer: Message) => void, body: Buffer = NO_BODY): void {
    this.#ask({ method, uri, lines, body, answered, isRepeat: false });
  }

  #ask(asked: Omit<Pending, 'number'>): void {
    const { method, uri, lines, body } = asked;
    const number = ++this.#number;
    this.#pending.push({ ...asked, number });
    const login = this.login?.lines(method, uri) ?? [];
    this.send({ start: `${method} ${uri} RTSP/1.0`, lines: [`CSeq: ${number}`, ...withoutHeaders(lines, 'cseq', 'authorization'), ...login], body });
    if (method === 'TEARDOWN') this.#open = undefined;
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
    if (this.#open !== undefined) {
      const { id, uri } = this.#open;
      this.request('TEARDOWN', uri, [`Session: ${id}`], () => undefined);
    }
    this.listener = undefined;
    this.socket.end();
    setTimeout(() => { this.socket.destroy(); }, GOODBYE_MS).unref();
  }

  #came(message: Message): void {
    if (!message.start.startsWith('RTSP/')) {
      this.listener?.asked(message);
      return;
    }
    const status = statusOf(message);
    // 100 Continue: the answer follows.
    if (status < 200) return;
    const asked = this.#take(Number(headerValue(message.lines, 'cseq')));
    if (asked === undefined) return;
    const { method, uri, answered, isRepeat } = asked;
    if (status === 401 && !isRepeat && this.login?.challenged(headerValues(message.lines, 'www-authenticate')) === true) {
      this.#ask({ ...asked, isRepeat: true });
      return;
    }
    const id = headerValue(message.lines, 'session')?.split(';')[0];
    if (method === 'SETUP' && status === 200 && id !== undefined) this.#open = { id, uri };
    answered(message);
  }

  /** The request of an answer: some cameras send wrong sequence numbers, but answer in order. */
  #take(number: number): Pending | undefined {
    const at = this.#pending.findIndex((one) => one.number === number);
    return this.#pending.splice(Math.max(0, at), 1)[0];
  }
}
