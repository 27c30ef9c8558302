/** Options of the demuxer that live sources share. */
import { SOURCE } from '../../core/defaults/defaults.js';
import type { SourceReadOptions } from '../source-kind.js';

/** Longest wait for packets out of order; 0.5 s is ffmpeg's own default for RTSP; µs. */
const MAX_DELAY_US = { low: 0, smooth: 500_000 } as const;

export function liveOptions(options: SourceReadOptions): Record<string, string | number> {
  return {
    max_delay: MAX_DELAY_US[options.latency ?? SOURCE.latency],
    // By default, ffmpeg probes twenty frames for the rate before it emits the first: two seconds at 10 fps, at each reconnect. Most
    // streams state their rate, and rxcam measures it otherwise.
    fpsprobesize: 0,
    ...(options.latency === 'low' && { fflags: 'nobuffer' }),
    ...(options.bufferBytes !== undefined && { buffer_size: options.bufferBytes }),
  };
}
