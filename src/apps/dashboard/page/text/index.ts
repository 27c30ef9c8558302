/** The texts of the page: figures, and the states of cameras, brokers, workers. */
export { type StateLabel, brokerState, cameraState, impairment, isHeld, pictureText, stateDuration, stateHint } from './camera-states.js';
export { byteSize, clockTime, countText, duration, fps, hourAndMinute, latency, lowerFirst } from './figures.js';
export { filterLabel, fleetCameraState, headline, troubleText, workerState } from './fleet-states.js';
