/** The matrice layout against messages written down by hand: names, order, types, the forms of numbers and dates. */
import { createHash } from 'node:crypto';
import { firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ToMessageConfig, publish, toMessage } from '../../../operators/index.js';
import { FRAME_RECORDS } from '../../../src/core/frame/accounted.js';
import type { Outgoing } from '../../../src/broker/index.js';
import { InvalidOption } from '../../../src/core/errors/errors.js';
import type { CameraMessage, EncodedFrame, SourceInfo } from '../../../src/core/frame/frame.js';
import { PlainHeaders } from '../../../src/message/headers.js';
import { Received } from '../../../src/message/index.js';
import { FakeDriver, FakeRun, fakeBroker } from '../broker/outbox-fakes.js';

const RTSP: SourceInfo = { kind: 'rtsp', address: 'rtsp://camera.example.com/stream', width: 1920, height: 1080, fps: 25 };
const BYTES = Buffer.from('one access unit');
const MD5 = createHash('md5').update(BYTES).digest('hex');
const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A picture of a camera that sends 25 a second, of which 5 are kept. */
function picture(facts: Partial<EncodedFrame> = {}): EncodedFrame {
  return {
    camera: 'gate', run: 1, seq: 6, lastSeq: 6, frames: 1, pts: 3_723_004_999, capturedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 600), fps: 5,
    width: 640, height: 360, source: RTSP, codec: 'h265', mode: 'frame', keyframe: true, crf: 23, encoder: 'libx265', encodeMs: 12,
    data: BYTES, ...facts,
  };
}

/** Of the format alone. */
type Matrice = Omit<Extract<ToMessageConfig, { format: 'matrice' }>, 'format'>;

const make = (frame: EncodedFrame, config: Matrice = {}): Promise<CameraMessage> =>
  firstValueFrom(of(frame).pipe(toMessage({ format: 'matrice', ...config })));

const parsed = ({ value }: { value: Buffer }) => JSON.parse(value.toString()) as { input_stream: Record<string, unknown> } & Record<string, unknown>;

/** `input_stream` of the message of a frame. */
const streamOf = async (frame: EncodedFrame, config: Matrice = {}) => parsed(await make(frame, config)).input_stream;

/** The parts of a message that a broker gets. */
async function sent(kind: string, message: CameraMessage, servers?: string): Promise<Outgoing> {
  const driver = Object.assign(new FakeDriver(), { kind, servers });
  await lastValueFrom(of(message).pipe(publish(fakeBroker(driver), { topic: 'video' })));
  return driver.log[0] as Outgoing;
}

const without = (text: string) => text.replace(/"(frame_id|_msg_id)":"[0-9a-f-]+"/g, '"$1":"…"');

beforeEach(() => { vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5, 678), toFake: ['Date'] }); });
afterEach(() => { vi.useRealTimers(); });

describe('the matrice layout', () => {
  it('is this text for a picture', async () => {
    const message = await make(picture(), { serviceId: 'service_1', group: 'yard', location: 'Halle Süd', name: 'Gate' });
    expect(without((await sent('memory', message, 'localhost:9092')).message.value.toString())).toBe([
      '{"frame_id":"…","input_name":"frame_1","input_unit":"frame","input_stream":{"ip_key_name":"service_1",',
      '"stream_info":{"broker":"localhost:9092","topic":"video","stream_time":"2026-01-02-03:04:05.678000 UTC",',
      '"camera_info":{"camera_name":"Gate","camera_group":"yard","location":"Halle Süd"}},',
      '"feed_type":"camera","original_fps":25.0,"stream_fps":5,"stream_unit":"frame","input_order":1,"frame_count":1,',
      '"start_frame":6,"end_frame":6,"video_codec":"h265","bw_opt_alg":null,"original_resolution":{"width":1920,"height":1080},',
      '"stream_resolution":{"width":640,"height":360},',
      '"camera_info":{"camera_name":"Gate","camera_group":"yard","location":"Halle Süd"},',
      '"latency_stats":{"last_read_time_sec":0.0,"last_write_time_sec":0.0,"last_process_time_sec":0.0},',
      `"content":"${BYTES.toString('base64')}","input_hash":"${MD5}","stream_type":"rtsp","frame_sample_rate":5.0,`,
      '"video_timestamp":"01:02:03:004","video_properties":{"original_fps":25.0,"frame_count":0,"width":1920,"height":1080},',
      '"is_video_chunk":false,"video_format":".h265","encoding_type":"h265_frame","compression_format":"hevc"}}',
    ].join(''));
  });

  it('has a unique id for each message, a uuid4 in hexadecimal, which is the id of the message', async () => {
    const messages = await lastValueFrom(of(picture(), picture()).pipe(toMessage({ format: 'matrice' }), toArray()));
    const ids = messages.map((message) => parsed(message)['frame_id'] as string);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    expect(new Set(ids).size).toBe(2);
    expect(messages.map(({ id }) => id)).toEqual(ids);
    expect(messages.map((message) => parsed(message)['input_name'])).toEqual(['frame_1', 'frame_2']);
    expect(messages[0]?.headers).toEqual({});
  });

  it('states rxcam, the key, no group and the default location if nothing is given', async () => {
    const { ip_key_name, camera_info } = await streamOf(picture(), { key: 'gate_7' });
    expect(ip_key_name).toBe('rxcam');
    expect(camera_info).toEqual({ camera_name: 'gate_7', camera_group: null, location: 'Unknown Location' });
  });

  it('has of a chunk its pictures, the first and the last of them, and how long they last', async () => {
    const message = await make(picture({ mode: 'stream', seq: 11, lastSeq: 31, frames: 5 }));
    const { input_stream: stream, ...top } = parsed(message);
    expect(top).toMatchObject({ input_name: 'segment_1', input_unit: 'segment' });
    expect(stream).toMatchObject({
      stream_unit: 'segment', frame_count: 5, start_frame: 11, end_frame: 31, is_video_chunk: true, chunk_duration_seconds: 1,
      chunk_frames: 5, encoding_type: 'h265_stream_chunk', compression_format: 'hevc',
    });
    expect(Object.keys(stream).slice(-6)).toEqual([
      'is_video_chunk', 'chunk_duration_seconds', 'chunk_frames', 'video_format', 'encoding_type', 'compression_format',
    ]);
    expect(message.value.toString()).toContain('"chunk_duration_seconds":1.0,"chunk_frames":5,');
  });

  it('calls one access unit of a stream a segment too: it need not decode alone', async () => {
    expect(await streamOf(picture({ mode: 'stream', keyframe: false }))).toMatchObject({
      stream_unit: 'segment', is_video_chunk: true, frame_count: 1, chunk_frames: 1, encoding_type: 'h265_stream_chunk',
    });
  });

  it('says what the bytes are', async () => {
    const jpeg = await streamOf(picture({ codec: 'jpeg' }));
    expect(jpeg).toMatchObject({ video_codec: 'jpeg', encoding_type: 'jpeg', video_format: '.jpg' });
    expect(jpeg).not.toHaveProperty('compression_format');
    const h264 = await streamOf(picture({ codec: 'h264', mode: 'stream' }));
    expect(h264).toMatchObject({ video_codec: 'h264', encoding_type: 'h264_stream_chunk', video_format: '.h264' });
    expect(h264).not.toHaveProperty('compression_format');
  });

  it.each([
    ['rtsp', 'rtsp', 'camera'], ['http', 'http', 'camera'], ['http-file', 'video_file', 'disk'], ['file', 'video_file', 'disk'],
    ['device', 'camera', 'camera'], ['test', 'camera', 'camera'],
  ])('calls a source of kind %s %s, fed from %s', async (kind, stream_type, feed_type) => {
    expect(await streamOf(picture({ source: { ...RTSP, kind } }))).toMatchObject({ stream_type, feed_type });
  });

  it('counts the pictures of a source that has an end, and writes rates as they are', async () => {
    const message = await make(picture({ fps: 9.99, source: { ...RTSP, kind: 'file', fps: 29.97, durationSeconds: 10 } }));
    const { stream_fps, frame_sample_rate, video_properties } = parsed(message).input_stream;
    expect(stream_fps).toBe(9.99);
    expect(frame_sample_rate).toBeCloseTo(3);
    expect(video_properties).toEqual({ original_fps: 29.97, frame_count: 300, width: 1920, height: 1080 });
    expect(message.value.toString()).toContain('"original_fps":29.97,');
  });

  it('states for a source without properties: rate 0.0, no size', async () => {
    const { fps: _, source: __, ...bare } = picture();
    const message = await make(bare);
    expect(parsed(message).input_stream).toMatchObject({
      original_fps: 0, stream_fps: 0, frame_sample_rate: 1, stream_type: 'camera', original_resolution: { width: null, height: null },
    });
    expect(message.value.toString()).toContain('"original_fps":0.0,"stream_fps":0,');
  });

  it("has the times of the camera's last picture and message, in seconds", async () => {
    const run = new FakeRun('gate');
    run.emit({ type: 'captured', seq: 1, frames: 1, pts: 0, to: 'handover', readMs: 40 });
    run.emit({ type: 'encoded', codec: 'h265', seq: 1, frames: 1, from: 'handover', to: 'handover', bytes: 1, keyframe: true, processMs: 12.5, width: 2, height: 2 });
    run.emit({
      type: 'published', seq: 1, frames: 1, from: 'handover', inputOrder: 1, topic: 'video', key: 'gate', bytes: 1, writeMs: 2_000, latencyMs: 1,
    });
    const message = await make(picture({ [FRAME_RECORDS]: [run.capture()] }));
    expect(message.value.toString()).toContain(
      '"latency_stats":{"last_read_time_sec":0.04,"last_write_time_sec":2.0,"last_process_time_sec":0.0125}');
  });

  it('names the last full picture in place of the content of one that is unchanged', async () => {
    const unchanged = { similarity: 1, threshold: 0.98, reference: { seq: 1, data: BYTES } };
    const message = await make(picture({ data: Buffer.alloc(0), keyframe: false, unchanged }));
    expect(message.value.toString()).toMatch(new RegExp([
      '"video_codec":"cached",.*"content":"","input_hash":null,.*"is_video_chunk":false,"video_format":".h265",',
      '"similarity_score":1.0,"skip_reason":"unchanged","difference_metadata":\\{"threshold":0.98,"reference_frame":1\\},',
      `"reference_input_hash":"${MD5}"\\}\\}$`,
    ].join('')));
  });

  it('leaves the content out on request, and keeps its hash', async () => {
    expect(await streamOf(picture(), { stripInputContent: true })).toMatchObject({ content: '', input_hash: MD5 });
  });
});

describe('a matrice message on its way', () => {
  it('has no broker and no topic before it is published', async () => {
    expect((await streamOf(picture()))['stream_info']).toMatchObject({ broker: null, topic: null });
  });

  it('is on Kafka a record without headers, with an id for the transport behind all else', async () => {
    const { headers, message, key } = await sent('kafka', await make(picture()), 'a:9092,b:9092');
    expect(headers).toEqual({});
    expect(key).toBe('gate');
    const document = parsed(message);
    expect(Object.keys(document)).toEqual(['frame_id', 'input_name', 'input_unit', 'input_stream', '_msg_id']);
    expect(document['_msg_id']).toMatch(UUID4);
    expect(document.input_stream['stream_info']).toMatchObject({ broker: 'a:9092,b:9092', topic: 'video' });
  });

  it('is on Redis an entry with a field for each top-level name, and a group for the stream', async () => {
    const { message } = await sent('redis', await make(picture()), 'localhost:6379');
    const { fields = {}, consumerGroup, value } = message;
    expect(Object.keys(fields)).toEqual(['frame_id', 'input_name', 'input_unit', 'input_stream']);
    expect(consumerGroup).toBe('video_group');
    const { input_stream, ...texts } = parsed({ value });
    expect(JSON.parse(String(fields['input_stream']))).toEqual(input_stream);
    expect(fields).toMatchObject(texts);
    expect((fields['input_stream'] as Buffer).buffer).toBe(value.buffer);
  });

  it('is the same when it is sent again', async () => {
    const driver = Object.assign(new FakeDriver(0, (_, index) => (index === 0 ? 'fail' : 'ok')), { kind: 'kafka' });
    await lastValueFrom(of(await make(picture())).pipe(publish(fakeBroker(driver), { topic: 'video' })));
    const [first, second] = driver.requests.map(({ batch }) => batch[0]?.message.value);
    expect(first).toBeInstanceOf(Buffer);
    expect(second).toBe(first);
  });

  it('says when it was captured without being parsed, as Kafka and as Redis has it', async () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const { message, key, topic } = await sent('kafka', await make(picture()));
    const parts = { topic, key, timestamp: 0, headers: new PlainHeaders({}) };
    const received = new Received({ ...parts, value: message.value });
    // Nothing parses a document that is cut within the bytes of the picture.
    const cut = new Received({ ...parts, value: message.value.subarray(0, message.value.indexOf('"content"')) });
    expect([received.peekCapturedAt(), received.capturedAt, cut.peekCapturedAt(), cut.capturedAt]).toEqual([at, at, at, undefined]);
    const { message: { fields = {} } } = await sent('redis', await make(picture()));
    expect(new Received({ ...parts, value: fields['input_stream'] as Buffer }).peekCapturedAt()).toBe(at);
    for (const text of ['', '{', '{"stream_time":"soon"}', '"stream_time":"2026-01-02-03:04:05.678000 UTC"']) {
      expect(new Received({ ...parts, value: Buffer.from(text) }).peekCapturedAt()).toBeUndefined();
    }
  });

  it('stays what user code has made of it', async () => {
    const value = Buffer.from('other');
    expect((await sent('kafka', { ...await make(picture()), value })).message.value).toBe(value);
    const moved = await sent('kafka', { ...await make(picture()), key: 'other' });
    expect(parsed(moved.message).input_stream['stream_info']).toMatchObject({ topic: 'video' });
    expect(moved.key).toBe('other');
  });
});

describe('options that only one format takes', () => {
  it.each<[object, RegExp]>([
    [{ serviceId: 'service_1' }, /option 'serviceId': given for the format 'cloudevents', expected only with 'matrice'/],
    [{ stripInputContent: true }, /option 'stripInputContent': given for the format 'cloudevents', expected only with 'matrice'/],
    [{ format: 'matrice', headers: { site: '7' } }, /option 'headers': given for the format 'matrice', expected only with 'cloudevents'/],
    [{ format: 'matrice', serviceID: 'x' } as ToMessageConfig, /unknown option 'serviceID'/],
    [{ format: 'matrix' as 'matrice' }, /option 'format': "matrix" given/],
  ])('%j', (config, message) => {
    expect(() => toMessage(config)).toThrow(InvalidOption);
    expect(() => toMessage(config)).toThrow(message);
  });
});
