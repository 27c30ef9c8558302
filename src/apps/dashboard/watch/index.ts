/** What the dashboard knows of cameras, brokers and streams, without touching a picture. */
export { Watch } from './watch.js';
