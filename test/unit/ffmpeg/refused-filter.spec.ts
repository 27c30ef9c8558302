/** A filter that ffmpeg does not accept: the reason is read from its messages. */
import { describe, expect, it } from 'vitest';
import { whyFilterRefused } from '../../../src/ffmpeg/process/refused-filter.js';

const whyRefused = (filter: string, ...lines: string[]) => whyFilterRefused(filter, lines);

describe('the reason for which ffmpeg refuses a filter', () => {
  it('is the line with the reason, of this filter alone', () => {
    const failed = "[AVFilterGraph @ 0x1] [error] Error initializing filter 'hflip' with args 'x=1'";
    expect(whyRefused('hflip=x=1', '[info] hflip', "[Parsed_hflip_4 @ 0x1] [error] Option 'x' not found", failed)).toBe("Option 'x' not found");
    expect(whyRefused('hflip=x=1', '[AVHWDeviceContext @ 0x1] [error] Cannot load libcuda.so.1', failed)).toBe("Cannot load libcuda.so.1; Error initializing filter 'hflip' with args 'x=1'");
    expect(whyRefused('hflip@mine', '[hflip@mine @ 0x1] [error] No.')).toBe('No.');
    expect(whyRefused('vflip', "[Parsed_hflip_4 @ 0x1] [error] Option 'x' not found", failed)).toBeUndefined();
    expect(whyRefused('vflip', '[error] Error reinitializing filters!', "[error] Impossible to convert between the formats supported by the filter 'a' and the filter 'b'")).toBeUndefined();
    expect(whyRefused('hflip=x=1', failed, '[fatal] Cannot allocate memory')).toBeUndefined();
  });
});
