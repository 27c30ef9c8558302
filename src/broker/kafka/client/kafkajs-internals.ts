/**
 * All private parts of kafkajs that rxcam uses. kafkajs's own producer refreshes the metadata of all topics together, and gives up on
 * all of them if one has no leader; it looks topics up one after the other, under one lock; it has one result for a whole request,
 * although the broker answers for each partition; and it never reports how long the broker throttles. Its connections,
 * authentication and codecs are used unchanged, one request at a time, with the broker's answers unchanged.
 */
// @ts-expect-error -- private, and without types
import Broker from 'kafkajs/src/broker/index.js';
// @ts-expect-error -- private, and without types
import loggers from 'kafkajs/src/loggers/index.js';
// @ts-expect-error -- private, and without types
import ConnectionPool from 'kafkajs/src/network/connectionPool.js';
// @ts-expect-error -- private, and without types
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
// @ts-expect-error -- private, and without types
import protocol from 'kafkajs/src/protocol/requests/index.js';
// @ts-expect-error -- private, and without types
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/crc32C.js';
// @ts-expect-error -- private, and without types
import protocolErrors from 'kafkajs/src/protocol/error.js';
import type { LoggerEntryContent } from 'kafkajs';
import type { Socket } from 'node:net';
import {
  type Responses, type Checksum, type GroupRequests, type NewWire, type RawRequest, RequestBuffers, type Requests, type Wire, type WireOptions,
  checksumOr, produceBody, provideErrors,
} from '../wire/index.js';
import { type RequestQueue, replaceTimers } from './queue.js';
import { KafkaSockets } from './sockets.js';

provideErrors(protocolErrors as Parameters<typeof provideErrors>[0]);

/** INFO, in kafkajs's levels. */
const LOG_LEVEL = 4;

/** Also loads the native checksum. */
export async function kafkajsWires(): Promise<NewWire> {
  const checksum = await checksumOr(crc32c as Checksum);
  return (options) => kafkajsWire(options, checksum);
}

function kafkajsWire({ connectTimeoutMs, requestTimeoutMs, log, pauses, sasl, ...where }: WireOptions, checksum: Checksum): Wire {
  const logCreator = () => (entry: { level: number; log: LoggerEntryContent }) => { log(entry.level, entry.log); };
  const logger = (loggers as LoggersModule).createLogger({ level: LOG_LEVEL, logCreator });
  const sockets = new KafkaSockets({ isHeld: false });
  const pool = new (ConnectionPool as PoolClass)({
    // A copy: kafkajs writes its authentication provider into the object.
    ...where, sasl: sasl === undefined ? null : { ...sasl }, logger, socketFactory: sockets.factory,
    connectionTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, enforceRequestTimeout: true, maxInFlightRequests: null,
  });
  for (const { requestQueue } of pool.pool) replaceTimers(requestQueue, pauses);
  const writing = { checksum, buffers: new RequestBuffers() };
  const broker = new (Broker as BrokerClass)({
    connectionPool: pool, logger, authenticationTimeout: connectTimeoutMs, allowAutoTopicCreation: false,
  });
  return {
    connect: () => broker.connect(),
    disconnect: () => broker.disconnect(),
    get isConnected() { return pool.isConnected(); },
    hold: (isHeld) => { sockets.hold(isHeld); },
    destroy: () => {
      broker.disconnect().catch(() => { /* The connection is closed either way. */ });
      sockets.destroy();
    },
    ask: async (name, request) => {
      if (name === 'Raw') return { payload: await sendRaw(pool, request as RawRequest) } as never;
      const definition = (protocol as ProtocolModule).requests[name];
      const { request: encoded, response } = broker.lookupRequest((apiKeys as KeysModule)[name], definition)(request);
      if (name === 'Produce') {
        const answer = await produce(pool, request as Requests['Produce'], { encoded, response, ...writing });
        if ((answer.clientSideThrottleTime ?? 0) > 0) pauses.pause(answer.clientSideThrottleTime as number);
        return answer as never;
      }
      // kafkajs's own `parse` throws the first of several errors.
      const parse = (answer: unknown) => Promise.resolve(answer);
      return await pool.send({ request: encoded, response: { decode: (raw) => response.decode(raw), parse } }) as never;
    },
    askGroup: async (name, request, requestTimeout) => {
      const definition = (protocol as ProtocolModule).requests[name];
      const { request: encoded, response } = broker.lookupRequest((apiKeys as KeysModule)[name], definition)(request);
      const parse = (answer: unknown) => Promise.resolve(answer);
      return await pool.send({ request: encoded, response: { decode: (raw) => response.decode(raw), parse }, requestTimeout }) as never;
    },
  };
}

type Produced = Responses['Produce'] & { readonly clientSideThrottleTime?: number | null };

async function produce(pool: Pool, request: Requests['Produce'], { encoded, response, checksum, buffers }: Producing): Promise<Produced> {
  const { apiKey, apiVersion } = encoded;
  if (apiVersion < FIRST_VERSION_WITH_HEADERS) throw new Error('the broker is older than Kafka 0.11, whose messages have no headers');
  const body = await produceBody(request, checksum, buffers);
  const payload = await sendRaw(pool, { apiKey, apiVersion, apiName: 'Produce', body });
  buffers.giveBack(body);
  return await response.decode(payload) as Produced;
}

/** Sends a request as kafkajs's `send` does, without its four copies of the request. */
async function sendRaw(pool: Pool, { apiKey, apiName, apiVersion, body }: RawRequest): Promise<Buffer> {
  const connection = await pool.getConnection();
  // A session may expire (KIP-368).
  if (!connection.isAuthenticated()) await connection.authenticate();
  if (!connection.isConnected()) throw new Error('the connection was closed');
  const { requestQueue, clientId, socket } = connection;
  const correlationId = connection.nextCorrelationId();
  const head = headOf({ apiKey, apiVersion, correlationId, clientId, bytes: body.length });
  const { payload } = await new Promise<{ payload: unknown }>((resolve, reject) => {
    requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject }, expectResponse: true, requestTimeout: null,
      sendRequest: () => {
        socket.cork();
        socket.write(head);
        socket.write(body);
        socket.uncork();
      },
    });
  });
  return payload as Buffer;
}

/** First version of Produce whose messages have headers; `produceBody` encodes that version and later ones. */
const FIRST_VERSION_WITH_HEADERS = 3;

interface Head extends Omit<Encoded, 'encode'> { readonly correlationId: number; readonly clientId: string; readonly bytes: number }

/** The header of a request: its size, API key and version, correlation id and client id. */
function headOf({ apiKey, apiVersion, correlationId, clientId, bytes }: Head): Buffer {
  const idBytes = Buffer.byteLength(clientId);
  const head = Buffer.allocUnsafe(14 + idBytes);
  head.writeInt32BE(10 + idBytes + bytes, 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(apiVersion, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(idBytes, 12);
  head.write(clientId, 14);
  return head;
}

interface Producing { readonly encoded: Encoded; readonly response: Decoder; readonly checksum: Checksum; readonly buffers: RequestBuffers }
interface Encoded { readonly apiKey: number; readonly apiVersion: number; encode(): Promise<unknown> }
interface Decoder { decode(raw: unknown): Promise<unknown> }
interface Protocol { request: Encoded; response: Decoder }
interface Pool {
  readonly pool: readonly { readonly requestQueue: RequestQueue }[];
  isConnected(): boolean;
  getConnection(): Promise<Connection>;
  send(protocol: Protocol & { response: { parse(answer: unknown): Promise<unknown> }; requestTimeout?: number }): Promise<unknown>;
}
interface Connection {
  readonly requestQueue: RequestQueue;
  readonly clientId: string;
  readonly socket: Socket;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
}
interface BrokerObject {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  lookupRequest(key: unknown, definition: unknown): (request: unknown) => Protocol;
}
type PoolClass = new (options: object) => Pool;
type BrokerClass = new (options: object) => BrokerObject;
interface ProtocolModule { readonly requests: Readonly<Partial<Record<keyof Requests | keyof GroupRequests, unknown>>> }
type KeysModule = Readonly<Partial<Record<keyof Requests | keyof GroupRequests, number>>>;
interface LoggersModule { createLogger(options: object): unknown }
