"""Reports for each message whether it is whole, and the numbers that are missing before it. Reads from Kafka, or lines of JSON from stdin."""
import base64
import hashlib
import json
import os
import signal
import sys


def messages():
    if "KAFKA" not in os.environ:
        for line in sys.stdin:
            message = json.loads(line)
            yield message["headers"], base64.b64decode(message["value"])
        return
    from kafka import KafkaConsumer  # pip install kafka-python
    for record in KafkaConsumer("video", bootstrap_servers=os.environ["KAFKA"], group_id=None):
        yield {name: value.decode() for name, value in record.headers}, record.value


signal.signal(signal.SIGINT, signal.SIG_IGN)  # index.js ends this process
seen = {}  # the highest number in each run of a camera
for headers, value in messages():
    run, _, order = headers["ce_id"].rpartition("/")
    order, previous = int(order), int(headers["ce_previousorder"])
    last = seen.get(run, previous)
    if previous > last:
        print(f"{run}: {last + 1} to {previous} lost on the way")
    if order > previous + 1:
        print(f"{run}: {previous + 1} to {order - 1} dropped by the sender")
    torn = hashlib.sha256(value).hexdigest() != headers["ce_sha256"]
    verdict = "torn" if torn else "repeated" if order <= last else "whole"
    print(f"{headers['ce_key']} {order}: {len(value)} bytes, {verdict}", flush=True)
    seen[run] = max(last, order)
