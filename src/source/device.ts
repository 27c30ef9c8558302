/** Capture devices: v4l2 on Linux, avfoundation on macOS, dshow on Windows. */
import { existsSync } from 'node:fs';
import { defer, of, throwError } from 'rxjs';
import { InvalidOption, SourceNotFound } from '../core/errors/errors.js';
import { LOCAL_ROWS } from '../core/errors/stderr-rows.js';
import type { SourceInput } from '../core/source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';

/** ffmpeg's format and its names of devices, by platform. */
const PLATFORMS: Partial<Record<NodeJS.Platform, { format: string; url(name: string): string; isPath: boolean }>> = {
  linux: { format: 'v4l2', url: (name) => (/^\d+$/.test(name) ? `/dev/video${name}` : name), isPath: true },
  darwin: { format: 'avfoundation', url: (name) => `${name}:none`, isPath: false },
  win32: { format: 'dshow', url: (name) => (/^\d+$/.test(name) ? `video=@device_pnp_${name}` : name), isPath: false },
};

export const device: SourceKind = {
  accepts: "a device (/dev/video0, 0, or 'video=NAME' on Windows)",
  protocols: [],
  secrets: 'none',
  match(address, options) {
    if (!/^\d+$/.test(address) && !/^\/dev\/(?!shm\/)[\w./-]+$/.test(address) && !/^video=[^:"]+$/.test(address)) return undefined;
    const platform = PLATFORMS[process.platform];
    if (platform === undefined) {
      throw new InvalidOption(`source: device '${address}' given on ${process.platform}; allowed on ${Object.keys(PLATFORMS).join(', ')}`);
    }
    const url = platform.url(address);
    return {
      kind: 'device',
      address: url,
      live: true,
      endless: true,
      remote: false,
      stderr: LOCAL_ROWS,
      secrets: [],
      prepare: () => defer(() => (platform.isPath && !existsSync(url)
        ? throwError(() => new SourceNotFound(`no such device: '${url}'${url === address ? '' : `; for a file of that name, give './${address}'`}`))
        : of({ type: 'input' as const, input: deviceInput(platform.format, url, options) }))),
    };
  },
};

function deviceInput(format: string, url: string, options: SourceReadOptions): SourceInput {
  return {
    options: [
      '-f', format,
      ...(options.fps === undefined ? [] : ['-framerate', String(options.fps)]),
      ...(options.size === undefined ? [] : ['-video_size', `${options.size.width}x${options.size.height}`]),
      ...(options.bufferBytes === undefined || format !== 'dshow' ? [] : ['-rtbufsize', String(options.bufferBytes)]),
    ],
    protocols: [],
    url,
  };
}
