/** The properties of an HTTP answer, and how a login answers a challenge. */
import { describe, expect, it } from 'vitest';
import { conditionalHeaders, lengthOf, natureOf, natureOfContent, rangeOf, validatorsOf } from '../../../src/source/client/answer.js';
import { statusFailure, storageFailure } from '../../../src/source/client/http-failures.js';
import type { HttpResponse } from '../../../src/source/client/request.js';
import { networkFailure } from '../../../src/source/client/network.js';
import { rtspFailure } from '../../../src/source/rtsp/connect.js';

function answer(headers: Record<string, string>, path = '/video.mp4', status = 200): HttpResponse {
  return { headers, status, url: new URL(path, 'http://camera.example.com') } as HttpResponse;
}

describe('the nature of an answer', () => {
  it.each([
    [{ 'content-type': 'video/mp4', 'content-length': '10' }, '/a.mp4', 'file'],
    [{ 'content-length': '10' }, '/a', 'file'],
    [{ 'content-type': 'multipart/x-mixed-replace; boundary=x' }, '/video.cgi', 'multipart'],
    [{ 'content-type': 'Multipart/Mixed;boundary=x', 'content-length': '9999999' }, '/video.cgi', 'multipart'],
    [{ 'content-type': 'application/vnd.apple.mpegurl', 'content-length': '10' }, '/live', 'playlist'],
    [{ 'content-type': 'application/x-mpegURL; charset=utf-8', 'content-length': '10' }, '/live', 'playlist'],
    [{ 'content-type': 'audio/mpegurl', 'content-length': '10' }, '/live', 'playlist'],
    [{ 'content-type': 'application/dash+xml', 'content-length': '10' }, '/live', 'playlist'],
    [{ 'content-type': 'text/plain', 'content-length': '10' }, '/live.M3U8', 'playlist'],
    [{ 'content-length': '10' }, '/live.mpd?token=a', 'playlist'],
    [{ 'content-type': 'video/mp2t' }, '/live.ts', 'stream'],
    [{ 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' }, '/a.mp4', 'stream'],
    [{ 'content-type': 'video/mp4', 'content-length': '10', 'content-encoding': 'gzip' }, '/a.mp4', 'stream'],
    [{ 'content-type': 'text/html; charset=utf-8', 'content-length': '10' }, '/login', 'page'],
  ])('%j at %s is a %s', (headers, path, nature) => {
    expect(natureOf(answer(headers, path))).toBe(nature);
  });

  it.each([
    ['#EXTM3U\n#EXT-X-VERSION:3', 'playlist'],
    ['\u00ef\u00bb\u00bf#EXTM3U\n', 'playlist'],
    ['<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">', 'playlist'],
    ['ffconcat version 1.0\nfile /etc/passwd', 'list'],
    ['v=0\r\no=- 0 0 IN IP4 127.0.0.1', 'list'],
    ['<CompositionPlaylist>', 'list'],
    ['<!DOCTYPE html><html>', 'page'],
    ['\0\0\0 ftypisom', 'file'],
    ['RIFF', 'file'],
    ['', 'file'],
  ])('content that starts with %j is a %s', (head, nature) => {
    expect(natureOfContent(Buffer.from(head, 'latin1'))).toBe(nature);
  });
});

describe('length and range', () => {
  it('a length that is not a number is ignored', () => {
    expect(lengthOf({ 'content-length': 'many' })).toBeUndefined();
    expect(lengthOf({})).toBeUndefined();
    expect(lengthOf({ 'content-length': '0' })).toBe(0);
  });

  it('only a range with all its numbers counts', () => {
    expect(rangeOf({ 'content-range': 'bytes 5-9/10' })).toEqual({ first: 5, last: 9, total: 10 });
    expect(rangeOf({ 'content-range': 'bytes 5-9/*' })).toBeUndefined();
    expect(rangeOf({})).toBeUndefined();
  });
});

describe('validators', () => {
  const modified = 'Tue, 01 Jul 2025 10:00:00 GMT';

  it('joins parts by a strong ETag, or by a date that was past when it was sent', () => {
    expect(validatorsOf({ etag: '"a"', 'last-modified': modified }).strong).toBe('"a"');
    expect(validatorsOf({ etag: 'W/"a"' }).strong).toBeUndefined();
    expect(validatorsOf({ etag: 'W/"a"', 'last-modified': modified, date: 'Tue, 01 Jul 2025 10:00:01 GMT' }).strong).toBe(modified);
    expect(validatorsOf({ 'last-modified': modified, date: modified }).strong).toBeUndefined();
    expect(validatorsOf({ 'last-modified': modified }).strong).toBeUndefined();
  });

  it('asks with what there is', () => {
    expect(conditionalHeaders({ etag: '"a"', lastModified: modified })).toEqual({ 'If-None-Match': '"a"', 'If-Modified-Since': modified });
    expect(conditionalHeaders({})).toEqual({});
  });
});

describe('failures', () => {
  it.each([
    [401, 'SOURCE_UNAUTHORIZED'], [403, 'SOURCE_UNAUTHORIZED'], [404, 'SOURCE_NOT_FOUND'], [410, 'SOURCE_NOT_FOUND'],
    [400, 'SOURCE_REFUSED'], [418, 'SOURCE_REFUSED'], [500, 'SOURCE_REFUSED'], [503, 'SOURCE_REFUSED'],
  ])('status %i is %s and is named', (status, code) => {
    expect(statusFailure(status, 'http://***@host/')).toMatchObject({ code, message: expect.stringContaining(String(status)) as string });
  });

  it.each([
    ['ECONNREFUSED', 'SOURCE_REFUSED'], ['ENOTFOUND', 'SOURCE_REFUSED'], ['EHOSTUNREACH', 'SOURCE_REFUSED'],
    ['ETIMEDOUT', 'SOURCE_TIMEOUT'], ['NOT_HTTP', 'SOURCE_REFUSED'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SOURCE_REFUSED'],
  ])('%s is %s and is named', (code, expected) => {
    const failure = networkFailure(Object.assign(new Error('no'), { code }), 'http://host/');
    expect(failure).toMatchObject({ code: expected, message: expect.stringContaining(code) as string });
  });

  it.each(['constructor', 'EMYSTERY'])('%s is a connection that failed, with its code', (code) => {
    for (const failureOf of [networkFailure, rtspFailure]) {
      expect(failureOf({ code }, 'rtsp://host/')).toMatchObject({ code: 'SOURCE_REFUSED', message: `'rtsp://host/' cannot be read: the connection failed (${code})` });
    }
  });

  it('over RTSP a cut connection and TLS have words of their own, and all else has those of HTTP', () => {
    expect(rtspFailure({ code: 'ECONNRESET' }, 'a').message).toMatch(/closed before the source described itself \(ECONNRESET\)/);
    expect(rtspFailure({ code: 'EPROTO' }, 'a').message).toMatch(/is it rtsp:\/\/\?/);
    expect(rtspFailure({ code: 'ENOTFOUND' }, 'a').message).toBe(networkFailure({ code: 'ENOTFOUND' }, 'a').message);
    expect(rtspFailure(undefined, 'a').message).toBe("'a' cannot be read: the connection failed");
  });

  it('a disk that is full is named with its folder', () => {
    const failure = storageFailure(Object.assign(new Error('no'), { code: 'ENOSPC' }), '/var/cache/here', 'http://host/');
    expect(failure).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringMatching(/no space left in '\/var\/cache\/here'.*cacheDir/) as string });
  });
});
