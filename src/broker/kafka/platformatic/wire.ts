/**
 * A wire on @platformatic/kafka. Its connections, authentication and parsers are used, but not its producer, which has one result for
 * a whole request, although the broker answers for each partition, and which retries, limits time and batches by itself.
 */
import { Connection, type ConnectionOptions, Writer, crc32c, createTopicsV7, metadataV9, produceV7 } from '@platformatic/kafka';
// @ts-expect-error -- private, and without types
import protocolErrors from 'kafkajs/src/protocol/error.js';
import type { SASLOptions } from 'kafkajs';
import { isIP } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import {
  type Checksum, type NewWire, RequestBuffers, type Requests, type Responses, type Wire, type WireOptions, checksumOr, produceBody, provideErrors,
  withTimeoutOutsidePauses,
} from '../wire/index.js';
import { GIVEN_UP } from '../client/index.js';
import { withCauses, responseIn } from './library-errors.js';
import { saslOf } from './sasl.js';

provideErrors(protocolErrors as Parameters<typeof provideErrors>[0]);

/** As in kafkajs; ms. */
const KEEP_ALIVE_MS = 60_000;
/**
 * Longest timer of Node, to disable the library's timeout, after which a late answer stays in its buffer; ms.
 * `withTimeoutOutsidePauses` replaces it.
 */
const NEVER_MS = 2 ** 31 - 1;
/** ERROR, in kafkajs's levels. */
const ERROR = 1;
/** The sender limits requests in flight. */
const UNBOUNDED = 1_000_000;

type RequestFunctions = { readonly [K in keyof Requests]: (request: Requests[K]) => Promise<Responses[K] & { readonly throttleTimeMs: number }> };

/** Also loads the native checksum: the package's own copies the bytes first. */
export async function platformaticWires(): Promise<NewWire> {
  const checksum = await checksumOr(crc32c);
  return (options) => platformaticWire(options, checksum);
}

function platformaticWire(options: WireOptions, checksum: Checksum): Wire {
  const { host, port, clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs, pauses, log } = options;
  const connection = new Connection(clientId, {
    connectTimeout: connectTimeoutMs, requestTimeout: NEVER_MS, maxInflights: UNBOUNDED,
    ...(Boolean(ssl) && { tls: tlsOf(host, ssl) }), ...(sasl !== undefined && { sasl: saslOf(sasl as SASLOptions) }),
  } satisfies ConnectionOptions);
  // The requests fail with it as well. Without a listener, an error event would end the process.
  connection.on('error', (error) => { log(ERROR, { message: withCauses(error).message }); });
  const requests = requestFunctions(connection, checksum);
  let isHeld = false;
  let inFlight = 0;
  let onIdle: (() => void) | undefined;
  const hold = () => {
    // Undefined before it connects, although its type does not say so.
    const socket = connection.socket as typeof connection.socket | undefined;
    // `ref` of a destroyed socket waits for a connection.
    if (socket?.destroyed !== false) return;
    if (isHeld) socket.ref();
    else socket.unref();
  };
  const destroy = () => { (connection.socket as typeof connection.socket | undefined)?.destroy(new Error(GIVEN_UP)); };
  return {
    connect: async () => {
      try {
        const connected = connection.connect(host, port);
        hold();
        await connected;
      } catch (error) {
        throw withCauses(error);
      }
      connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    },
    disconnect: async () => {
      if (inFlight > 0) await new Promise<void>((resolve) => { onIdle = resolve; });
      await connection.close();
    },
    get isConnected() { return connection.isConnected(); },
    ask: async (name, request) => {
      inFlight++;
      try {
        // A broker answers the requests of a connection in order: if one hangs, all later ones hang too.
        const answer = await withTimeoutOutsidePauses(requests[name](request), { ms: requestTimeoutMs, pauses, onTimeout: destroy });
        if (answer.throttleTimeMs > 0) pauses.pause(answer.throttleTimeMs);
        return answer;
      } catch (error) {
        throw withCauses(error);
      } finally {
        if (--inFlight === 0) onIdle?.();
      }
    },
    hold: (yes) => {
      isHeld = yes;
      hold();
    },
    destroy,
  };
}

function requestFunctions(connection: Connection, checksum: Checksum): RequestFunctions {
  const buffers = new RequestBuffers();
  return {
    Metadata: async ({ topics, allowAutoTopicCreation }) => {
      const { topics: found, ...rest } = await responseIn(metadataV9.api.async(connection, [...topics], allowAutoTopicCreation, false));
      return {
        ...rest,
        topicMetadata: found.map(({ errorCode, name, partitions }) => ({
          topicErrorCode: errorCode, topic: name ?? '',
          partitionMetadata: partitions.map(({ partitionIndex, leaderId }) => ({ partitionId: partitionIndex, leader: leaderId })),
        })),
      };
    },
    CreateTopics: async ({ topics, timeout }) => {
      const wanted = topics.map(({ topic, numPartitions, replicationFactor, configEntries }) =>
        ({ name: topic, numPartitions, replicationFactor, assignments: [], configs: [...configEntries] }));
      const { topics: made, throttleTimeMs } = await responseIn(createTopicsV7.api.async(connection, wanted, timeout, false));
      const topicErrors = made.map(({ name, errorCode, errorMessage }) => ({ topic: name, errorCode, errorMessage: errorMessage ?? null }));
      return { throttleTimeMs, topicErrors };
    },
    Raw: ({ apiKey, apiVersion, body }) => new Promise((resolve, reject) => {
      const parse = (_id: number, _key: number, _version: number, reader: RawReader) => reader.buffer.slice(reader.position);
      connection.send(apiKey, apiVersion, () => Writer.create().append(body), parse, false, false, (error, payload) => {
        if (error === null) resolve({ payload: payload as Buffer, throttleTimeMs: 0 });
        else reject(error);
      });
    }),
    Produce: async (request) => {
      const bytes = await produceBody(request, checksum, buffers);
      const body = Writer.create().append(bytes);
      const { responses, throttleTimeMs } = await responseIn(new Promise<Produced>((resolve, reject) => {
        const { api: { key, version }, parseResponse } = produceV7;
        connection.send(key, version, () => body, parseResponse, false, false, (error, response) => {
          if (error === null) resolve(response as Produced);
          else reject(error);
        });
      }));
      buffers.giveBack(bytes);
      return {
        throttleTimeMs,
        topics: responses.map(({ name, partitionResponses }) => ({
          topicName: name,
          partitions: partitionResponses.map((one) => ({ partition: one.index, errorCode: one.errorCode, baseOffset: String(one.baseOffset) })),
        })),
      };
    },
  };
}

interface RawReader { readonly buffer: { slice(start: number): Buffer }; readonly position: number }
type Produced = ReturnType<typeof produceV7.parseResponse>;

function tlsOf(host: string, ssl: unknown): TlsOptions {
  return { ...(isIP(host) === 0 && { servername: host }), ...(typeof ssl === 'object' ? ssl : {}) };
}
