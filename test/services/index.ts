/** The services, as tests import them. */
export { needs, has, type Service } from './needs.js';
export { sharedKafka, sharedRedis, sharedRtsp, type SharedServer } from './shared.js';
export { KAFKA_DRIVERS, startKafka, unsignedToken, type KafkaOptions, type KafkaServer } from './kafka.js';
export { certificateFor } from './certificate.js';
export { startRedis, type RedisOptions, type RedisServer } from './redis.js';
export { startRtspServer, type RtspOptions, type RtspServer } from './rtsp.js';
export * as http from './http.js';
export { startHttpServer, type HttpServer, type Route } from './http.js';
export { startTcpProxy, TcpProxy } from './proxy.js';
export { freePort } from './ports.js';
export { type Consumed, consumeMatrice } from './matrice/index.js';
export { run, startProgram, type Program } from './process.js';
export { temporaryFolder } from './restartable.js';
export * from './media.js';
export { fieldHls, fieldInput, fieldJpegs } from './field-inputs.js';
export { type OddServer, startOddHls, startOddHttp, startOddRtsp } from './odd/index.js';
export {
  ffmpegChildren, ledgerBalances, noFfmpegLeft, processArguments, secretsKept, threeQuestions, type Counts,
} from './processes.js';
