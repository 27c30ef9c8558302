"""Serves a folder of HLS segments (argv[2]) on loopback port argv[1] as a live stream: a window of 4 segments that moves by one a second; prints each request."""
import http.server, re, sys, time
root=sys.argv[2]; t0=time.monotonic()
class H(http.server.BaseHTTPRequestHandler):
    protocol_version='HTTP/1.1'
    def log_message(self,*a): print(self.path, flush=True)
    def do_GET(self):
        p=self.path.lstrip('/').split('?')[0]
        if re.match(r'v\d\.m3u8',p):
            lines=open(f'{root}/{p}').read().split('\n'); segs=[(lines[i],lines[i+1]) for i in range(len(lines)) if lines[i].startswith('#EXTINF')]
            first=int(time.monotonic()-t0)
            out=['#EXTM3U','#EXT-X-VERSION:3','#EXT-X-TARGETDURATION:1',f'#EXT-X-MEDIA-SEQUENCE:{first}']
            for j in range(first,first+4):
                inf,name=segs[j%len(segs)]
                if j%len(segs)==0 and j>0: out.append('#EXT-X-DISCONTINUITY')
                out+= [inf,name]
            b=('\n'.join(out)+'\n').encode()
            ct='application/vnd.apple.mpegurl'
        else:
            b=open(f'{root}/{p}','rb').read(); ct='application/vnd.apple.mpegurl' if p.endswith('m3u8') else 'video/mp2t'
        self.send_response(200); self.send_header('Content-Type',ct); self.send_header('Content-Length',str(len(b))); self.end_headers(); self.wfile.write(b)
server=http.server.ThreadingHTTPServer(('127.0.0.1',int(sys.argv[1])),H)
print('ready',sys.argv[1],flush=True)
server.serve_forever()
