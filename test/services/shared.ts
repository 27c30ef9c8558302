/**
 * The servers that ordinary tests share. Each is started when the first test requests it, and ended with the run.
 * Vitest runs the default export once in its main process; workers request servers over HTTP. Fault tests, which kill
 * servers, start their own.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { startKafka } from './kafka.js';
import type { Restartable } from './restartable.js';
import { startRedis } from './redis.js';
import { startRtspServer } from './rtsp.js';

/** The address of a shared server. */
export interface SharedServer {
  readonly host: string;
  readonly port: number;
  /** As rxcam expects it: `redis://host:port`, `kafka://host:port`, `rtsp://host:port/stream`. */
  readonly url: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    sharedServices: string;
  }
}

type Started = Restartable & SharedServer;

type SharedName = 'redis' | 'kafka' | 'rtsp';

const STARTERS: Record<SharedName, () => Promise<Started>> = {
  redis: () => startRedis(),
  kafka: () => startKafka(),
  rtsp: () => startRtspServer(),
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<SharedName, Promise<Started>>();
  const server = createServer((request, response) => {
    // A worker that was busy for 5 s would write to a kept connection that this server has just closed.
    response.setHeader('connection', 'close');
    const name = request.url?.slice(1) as SharedName;
    let service = started.get(name);
    if (service === undefined) {
      service = STARTERS[name]();
      started.set(name, service);
    }
    service.then(
      ({ host, port, url }) => response.end(JSON.stringify({ host, port, url })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('sharedServices', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    const services = await Promise.allSettled(started.values());
    await Promise.all(services.map(async (one) => { if (one.status === 'fulfilled') await one.value.stop(); }));
  };
}

async function shared(name: SharedName): Promise<SharedServer> {
  const answer = await fetch(`${inject('sharedServices')}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The shared ${name} could not be started: ${text}`);
  return JSON.parse(text) as SharedServer;
}

/** A Redis for all tests of the run: use keys that no other test uses. */
export async function sharedRedis(): Promise<SharedServer> {
  return shared('redis');
}

/** A Kafka for all tests of the run: use topics and groups that no other test uses. The first caller waits for some seconds. */
export async function sharedKafka(): Promise<SharedServer> {
  return shared('kafka');
}

/** An RTSP server for all tests of the run, 640x360 at 25 fps, a keyframe every second. */
export async function sharedRtsp(): Promise<SharedServer> {
  return shared('rtsp');
}
