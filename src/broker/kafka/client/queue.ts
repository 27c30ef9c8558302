/**
 * Takes the timers out of kafkajs's queue of requests. Once it has had an answer it looks for waiting requests every
 * millisecond for ever, with delays below zero (Node 24 warns of them); it looks for late answers ten times a second; and it
 * counts both in wall clock, which may jump. Here each request has a timer of its own, and an idle connection none.
 */
import { type Pauses, startLimit } from '../wire/index.js';

/** The parts of it that are replaced or called. */
export interface RequestQueue {
  scheduleRequestTimeoutCheck(): void;
  scheduleCheckPendingRequests(): void;
  maybeThrottle(ms: number | null | undefined): void;
  sendSocketRequest(request: SocketRequest): void;
  push(request: PushedRequest): void;
}

interface PushedRequest {
  readonly entry: {
    apiKey: number; apiName: string; apiVersion: number; correlationId: number;
    resolve: (answer: { payload: unknown }) => void; reject: (error: unknown) => void;
  };
  readonly expectResponse: boolean;
  readonly requestTimeout: number | null;
  sendRequest(): void;
}

interface SocketRequest {
  readonly expectResponse: boolean;
  readonly requestTimeout: number;
  readonly entry: { resolve: (value: unknown) => void; reject: (error: unknown) => void };
  timeoutRequest(): void;
}

export function tame(queue: RequestQueue, pauses: Pauses): void {
  const send = queue.sendSocketRequest.bind(queue);
  queue.scheduleRequestTimeoutCheck = () => { /* Each request has its own timer. */ };
  // Nothing waits here: the number of requests in progress is not bounded, and the sender handles pauses.
  queue.scheduleCheckPendingRequests = () => { /* There is nothing to look for. */ };
  queue.maybeThrottle = (ms) => { if (ms !== null && ms !== undefined && ms > 0) pauses.pause(ms); };
  queue.sendSocketRequest = (request) => {
    if (request.expectResponse) limit(request, pauses);
    send(request);
  };
}

function limit(request: SocketRequest, pauses: Pauses): void {
  const { entry, requestTimeout } = request;
  const { resolve, reject } = entry;
  const stop = startLimit({ ms: requestTimeout, pauses, expired: () => { request.timeoutRequest(); } });
  entry.resolve = (value) => { stop(); resolve(value); };
  entry.reject = (error) => { stop(); reject(error); };
}
