"""A consumer of the matrice layout, as users write them: reads, checks and decodes every message.

    consumer.py kafka HOST:PORT TOPIC COUNT
    consumer.py redis HOST:PORT STREAM COUNT

On Redis it reads with the group STREAM_group, which must exist. Prints a JSON list: the contents of each
message. Ends with an AssertionError at the first message that is wrong.
"""
import base64
import hashlib
import json
import re
import sys
import uuid
from datetime import datetime, timezone

import av

TOP = ['frame_id', 'input_name', 'input_unit', 'input_stream']
STREAM = [
    'ip_key_name', 'stream_info', 'feed_type', 'original_fps', 'stream_fps', 'stream_unit', 'input_order', 'frame_count',
    'start_frame', 'end_frame', 'video_codec', 'bw_opt_alg', 'original_resolution', 'stream_resolution', 'camera_info',
    'latency_stats', 'content', 'input_hash', 'stream_type', 'frame_sample_rate', 'video_timestamp', 'video_properties',
    'is_video_chunk', 'chunk_duration_seconds', 'chunk_frames', 'video_format', 'encoding_type', 'compression_format',
    'similarity_score', 'skip_reason', 'difference_metadata', 'reference_input_hash',
]
NOT_ALWAYS = {
    'chunk_duration_seconds', 'chunk_frames', 'encoding_type', 'compression_format', 'similarity_score', 'skip_reason',
    'difference_metadata', 'reference_input_hash',
}
FLOATS = ['original_fps', 'frame_sample_rate', 'chunk_duration_seconds', 'similarity_score']
WHOLE = ['input_order', 'frame_count', 'start_frame', 'end_frame', 'chunk_frames']
DECODERS = {'h265': 'hevc', 'h264': 'h264', 'jpeg': 'mjpeg'}
PATIENCE_MS = 20_000


def from_kafka(address, topic, count):
    """Key and document of the first `count` records; there must be no headers."""
    from kafka import KafkaConsumer
    reader = KafkaConsumer(
        topic, bootstrap_servers=address, auto_offset_reset='earliest', group_id=f'{topic}_reader',
        consumer_timeout_ms=PATIENCE_MS, max_partition_fetch_bytes=64 * 1024 * 1024)
    found = []
    for record in reader:
        assert not record.headers, record.headers
        document = json.loads(record.value.decode('utf-8'))
        assert str(uuid.UUID(document.pop('_msg_id'), version=4)), 'no _msg_id'
        found.append((record.key.decode('utf-8'), document))
        if len(found) == count:
            break
    reader.close()
    return found


def from_redis(address, stream, count):
    """The same of the first `count` entries, a field for each top-level name."""
    import redis
    host, port = address.rsplit(':', 1)
    client = redis.Redis(host=host, port=int(port), decode_responses=True)
    found = []
    while len(found) < count:
        answer = client.xreadgroup(f'{stream}_group', 'reader', {stream: '>'}, count=count - len(found), block=PATIENCE_MS)
        if not answer:
            break
        entries = answer[stream][0] if isinstance(answer, dict) else answer[0][1]
        for entry, fields in entries:
            assert list(fields) == [*TOP, '_message_key'], list(fields)
            key = fields.pop('_message_key')
            found.append((key, {**fields, 'input_stream': json.loads(fields['input_stream'])}))
            client.xack(stream, f'{stream}_group', entry)
    client.close()
    return found


class Reader:
    """The state of one stream."""

    def __init__(self):
        self.decoder = None
        self.order = 0
        self.last_hash = None

    def read(self, document):
        """Checks a message, and returns its contents."""
        stream = document['input_stream']
        check_layout(document, stream)
        self.order += 1
        assert stream['input_order'] == self.order, f"{stream['input_order']} after {self.order - 1}"
        if stream['video_codec'] == 'cached':
            self.check_reference(stream)
            pictures = []
        else:
            pictures = self.decode(stream)
        return {
            'name': document['input_name'], 'order': stream['input_order'], 'start': stream['start_frame'], 'end': stream['end_frame'],
            'codec': stream['video_codec'], 'type': stream.get('encoding_type'), 'broker': stream['stream_info']['broker'],
            'topic': stream['stream_info']['topic'], 'timestamp': stream['video_timestamp'], 'fps': stream['stream_fps'],
            'originalFps': stream['original_fps'], 'original': stream['original_resolution'], 'latency': stream['latency_stats'],
            'camera': stream['camera_info'], 'service': stream['ip_key_name'],
            'pictures': [{'width': one.width, 'height': one.height, 'mean': brightness(one)} for one in pictures],
        }

    def decode(self, stream):
        """The pictures of the content, which must have the stated number and size."""
        data = base64.b64decode(stream['content'], validate=True)
        assert hashlib.md5(data).hexdigest() == stream['input_hash'], 'the hash differs'
        self.last_hash = stream['input_hash']
        pictures = self.pictures(stream, data)
        size = (stream['stream_resolution']['width'], stream['stream_resolution']['height'])
        assert len(pictures) == stream['frame_count'], f"{len(pictures)} pictures of {stream['frame_count']}"
        assert all((one.width, one.height) == size for one in pictures), size
        return pictures

    def pictures(self, stream, data):
        name = DECODERS[stream['video_codec']]
        if stream['is_video_chunk'] and stream['frame_count'] == 1:
            self.decoder = self.decoder or new_decoder(name)
            return self.decoder.decode(av.Packet(data))
        decoder = new_decoder(name)
        packets = [av.Packet(data)] if stream['frame_count'] == 1 else [*decoder.parse(data), *decoder.parse(b'')]
        return [picture for packet in [*packets, None] for picture in decoder.decode(packet)]

    def check_reference(self, stream):
        assert stream['content'] == '' and stream['input_hash'] is None
        assert stream['reference_input_hash'] == self.last_hash, 'it does not refer to the last full message'
        assert stream['skip_reason'] and 0 <= stream['similarity_score'] <= 1


def brightness(picture):
    """Mean of the luma plane, 0 to 255; the padding of its lines counts too."""
    plane = bytes(picture.planes[0])
    return sum(plane) / len(plane)


def new_decoder(name):
    decoder = av.CodecContext.create(name, 'r')
    decoder.thread_count = 1
    return decoder


def check_layout(document, stream):
    """Checks names, their order, and types, as Python parses them."""
    assert list(document) == TOP, list(document)
    assert uuid.UUID(hex=document['frame_id']).version == 4
    assert list(stream) == [name for name in STREAM if name in stream], list(stream)
    missing = [name for name in STREAM if name not in stream and name not in NOT_ALWAYS]
    assert not missing, missing
    assert document['input_name'] == f"{document['input_unit']}_{stream['input_order']}"
    assert document['input_unit'] == stream['stream_unit'] in ('frame', 'segment')
    for name in FLOATS:
        assert type(stream.get(name, 0.0)) is float, (name, stream[name])
    for name in WHOLE:
        assert type(stream.get(name, 0)) is int, (name, stream[name])
    assert all(type(value) is float for value in stream['latency_stats'].values())
    assert stream['bw_opt_alg'] is None
    assert stream['stream_info']['camera_info'] == stream['camera_info']
    check_times(stream)


def check_times(stream):
    made = datetime.strptime(stream['stream_info']['stream_time'], '%Y-%m-%d-%H:%M:%S.%f UTC').replace(tzinfo=timezone.utc)
    assert abs((datetime.now(timezone.utc) - made).total_seconds()) < 600, made
    assert re.fullmatch(r'\d\d:\d\d:\d\d:\d\d\d', stream['video_timestamp']), stream['video_timestamp']


def main():
    kind, address, topic, count = sys.argv[1:]
    found = {'kafka': from_kafka, 'redis': from_redis}[kind](address, topic, int(count))
    assert len(found) == int(count), f'{len(found)} of {count} messages'
    readers = {}
    messages = [{'key': key, **readers.setdefault(key, Reader()).read(document)} for key, document in found]
    print(json.dumps(messages))


if __name__ == '__main__':
    main()
