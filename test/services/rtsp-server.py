"""An RTSP server on GStreamer: /stream (video), /av (video and sound), /audio (sound alone).

Takes one argument, a JSON object: port, width, height, fps, gop, codec (h264 or h265), pattern, bitrate, user,
password, auth (basic or digest), file (an Annex B stream with access unit delimiters, played in a loop instead
of the pattern), launch (another pipeline for /stream, with a payloader named pay0).
Prints "ready PORT" when it listens. Ends on SIGTERM.
"""
import json
import re
import signal
import sys

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

SOUND = 'audiotestsrc is-live=true wave=ticks ! audioconvert ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay pt=8'


def video(options):
    """The pipeline up to, and without, the payloader's name."""
    codec = options['codec']
    payloader = 'rtph265pay' if codec == 'h265' else 'rtph264pay'
    parser = 'h265parse' if codec == 'h265' else 'h264parse'
    tail = f'{parser} config-interval=-1 ! {payloader} config-interval=-1 pt=96'
    if options.get('file'):
        caps = f'video/x-{codec},stream-format=byte-stream,alignment=au,framerate={options["fps"]}/1'
        return f'appsrc name=units is-live=true format=time caps="{caps}" ! {tail}'
    gop = options['gop']
    bitrate = options['bitrate']
    encoder = (
        f'x265enc speed-preset=ultrafast tune=zerolatency key-int-max={gop} bitrate={bitrate} '
        'option-string="scenecut=0:pools=none:frame-threads=1"' if codec == 'h265' else
        f'x264enc speed-preset=ultrafast tune=zerolatency key-int-max={gop} bitrate={bitrate} threads=1 '
        'option-string="scenecut=0"')
    return (
        f'videotestsrc is-live=true pattern={options["pattern"]} horizontal-speed=2 ! '
        f'video/x-raw,format=I420,width={options["width"]},height={options["height"]},framerate={options["fps"]}/1 ! '
        f'{encoder} ! {tail}')


class Loop:
    """Feeds the access units of a file to an appsrc, one every frame time, without end."""

    def __init__(self, path, codec, fps):
        with open(path, 'rb') as file:
            data = file.read()
        delimiter = rb'\x00\x00\x00\x01\x46' if codec == 'h265' else rb'\x00\x00\x00\x01\x09'
        starts = [match.start() for match in re.finditer(delimiter, data)]
        self.units = [data[start:end] for start, end in zip(starts, starts[1:] + [len(data)])]
        self.duration = Gst.SECOND // fps

    def configure(self, _factory, media):
        source = media.get_element().get_child_by_name('units')
        count = [0]

        def push():
            buffer = Gst.Buffer.new_wrapped(self.units[count[0] % len(self.units)])
            buffer.pts = buffer.dts = count[0] * self.duration
            buffer.duration = self.duration
            count[0] += 1
            return source.emit('push-buffer', buffer) == Gst.FlowReturn.OK

        timer = GLib.timeout_add(self.duration // Gst.MSECOND, push)
        media.connect('unprepared', lambda _media: timer in live and (live.discard(timer) or GLib.source_remove(timer)))
        live.add(timer)


live = set()


def mount(server, path, launch, options, loop=None):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f'( {launch} )')
    factory.set_shared(True)
    if loop is not None:
        factory.connect('media-configure', loop.configure)
    if options.get('user'):
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role('user', 'media.factory.access', True)
        permissions.add_permission_for_role('user', 'media.factory.construct', True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)


def protect(server, options):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', 'user')
    if options['auth'] == 'digest':
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options['user'], options['password'], token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options['user'], options['password']), token)
    server.set_auth(auth)


def main():
    options = json.loads(sys.argv[1])
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address('127.0.0.1')
    server.set_service(str(options['port']))
    if options.get('user'):
        protect(server, options)
    loop = Loop(options['file'], options['codec'], options['fps']) if options.get('file') else None
    picture = video(options)
    mount(server, '/stream', options.get('launch') or f'{picture} name=pay0', options, None if options.get('launch') else loop)
    mount(server, '/av', f'{picture} name=pay0 {SOUND} name=pay1', options, loop)
    mount(server, '/audio', f'{SOUND} name=pay0', options)
    main_loop = GLib.MainLoop()
    if server.attach(None) == 0:
        sys.exit(f'cannot listen on port {options["port"]}')
    GLib.unix_signal_add(GLib.PRIORITY_HIGH, signal.SIGTERM, main_loop.quit)
    print(f'ready {options["port"]}', flush=True)
    main_loop.run()


main()
