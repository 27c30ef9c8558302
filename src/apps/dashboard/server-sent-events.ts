/** Sends a page the current state every second. A slow reader gets fewer events, never old ones. */
import type { ServerResponse } from 'node:http';
import type { FleetWatch } from './fleet/index.js';
import type { Watch } from './watch/index.js';

/** Sends events until the connection ends. @param id - the camera whose page is open */
export function sendEvents(watch: Watch, fleet: FleetWatch | undefined, response: ServerResponse, id: string | undefined): void {
  let isTaken = true;
  const look = fleet?.open();
  const send = () => {
    if (!isTaken) return;
    const state = { ...watch.state(id), ...(look !== undefined && { fleet: look.next() }) };
    isTaken = response.write(`data: ${JSON.stringify(state)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  response.on('drain', () => { isTaken = true; });
  send();
  const looking = watch.looks$.subscribe(send);
  response.on('close', () => {
    looking.unsubscribe();
    look?.end();
  });
}
