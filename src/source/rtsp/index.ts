/** RTSP cameras. */
export { rtsp } from './rtsp.js';
