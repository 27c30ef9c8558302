/** The hosts that a camera may connect to, for any form of an address and any resolution of a name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { camera } from '../../../src/camera/camera.js';
import { HostRules, type HostsConfig, canonicalHost, parsePattern } from '../../../src/source/client/hosts/index.js';

/** Rules with a resolver that knows one name. */
function rules(config: HostsConfig, own = 'camera.example.com', addresses: readonly string[] = ['10.0.0.5']) {
  return new HostRules(config, own, async () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))));
}
const isOpen = async (of: HostRules, host: string) => of.resolve(host).then(() => true, (error: unknown) => {
  expect(error).toMatchObject({ code: 'SOURCE_REFUSED' });
  return false;
});

describe('a host', () => {
  it.each([
    ['CAMERA.example.com.', 'camera.example.com'], ['169.254.169.254', '169.254.169.254'], ['2852039166', '169.254.169.254'],
    ['0xA9FEA9FE', '169.254.169.254'], ['0251.0376.0251.0376', '169.254.169.254'], ['169.254.43518', '169.254.169.254'],
    ['[::ffff:169.254.169.254]', '169.254.169.254'], ['::ffff:a9fe:a9fe', '169.254.169.254'], ['64:ff9b::a9fe:a9fe', '169.254.169.254'],
    ['[FE80::1%25eth0]', 'fe80::1'], ['fe80:0:0::1', 'fe80::1'], ['::1', '::1'],
    ['%31%36%39.254.169.254', '169.254.169.254'], ['169%E3%80%82254%E3%80%82169%E3%80%82254', '169.254.169.254'], ['::ffff:0:a9fe:a9fe', '169.254.169.254'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s is %s', (written, expected) => {
    expect(canonicalHost(written)).toBe(expected);
  });

  it('has a canonical form that is stable for any input', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(canonicalHost(canonicalHost(text))).toBe(canonicalHost(text));
    }));
    fc.assert(fc.property(fc.ipV4(), (address) => {
      const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
      expect([canonicalHost(String(number)), canonicalHost(`0x${number.toString(16)}`), canonicalHost(`::ffff:${address}`)]).toEqual([address, address, address]);
    }));
  });
});

describe('a rule', () => {
  it.each(['', ' ', 'a b', 'http://a', 'a/24', '10.0.0.0/33', 'fe80::/129', '*', '*.', 'a:80', 'a*b', '10.0.0.0/'])('%j is none', (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });

  it.each(['a', '*.example.com', 'bücher.example', '10.0.0.1', '10.0.0.0/8', '[fe80::]/10', 'fe80::/10', 'my_camera'])('%j is one', (text) => {
    expect(parsePattern(text)).toBeDefined();
  });
});

describe('without options', () => {
  it.each([
    ['10.0.0.1', true], ['127.0.0.1', true], ['camera.example.com', true], ['169.254.1.1', false], ['169.254.169.254', false],
    ['2852039166', false], ['[::ffff:169.254.169.254]', false], ['fe80::1%eth0', false], ['fd00:ec2::254', false], ['fd00::1', true],
    ['metadata.google.internal', false], ['100.100.100.200', false], ['fd20:ce::254', false], ['2002:a9fe:a9fe::1', false], ['', false], ['.', false],
  ])('%s is open: %s', async (host, open) => {
    expect(await isOpen(rules({}), host)).toBe(open);
  });

  it('what the user has named is open, and nothing beside it', async () => {
    expect(await isOpen(rules({}, '169.254.7.7'), '169.254.7.7')).toBe(true);
    expect(await isOpen(rules({}, '169.254.7.7'), '169.254.7.8')).toBe(false);
  });

  it('a name that means a closed address is closed, the camera\'s own too', async () => {
    expect(await isOpen(rules({}, 'camera.example.com', ['169.254.169.254']), 'camera.example.com')).toBe(false);
    expect(await isOpen(rules({}, 'camera.local', ['169.254.3.4']), 'camera.local')).toBe(true);
    expect(await isOpen(rules({}, 'camera.local', ['169.254.169.254']), 'camera.local')).toBe(false);
  });

  it('of several addresses the open ones are used', async () => {
    expect(await rules({}, 'a', ['fe80::1', '10.0.0.5']).resolve('a')).toEqual([{ address: '10.0.0.5', family: 4 }]);
  });
});

describe('with options', () => {
  it('allow closes all else', async () => {
    const only = rules({ allow: ['10.0.0.0/8', '*.cdn.example.com'] }, '10.0.0.1', ['192.168.0.1']);
    const open = await Promise.all(['10.9.9.9', 'a.cdn.example.com', 'cdn.example.com', '192.168.0.1', '127.0.0.1'].map(async (host) => isOpen(only, host)));
    expect(open).toEqual([true, true, false, false, false]);
  });

  it('deny wins, by name and by address', async () => {
    const all = rules({ allow: ['0.0.0.0/0', '*.example.com'], deny: ['10.0.0.5', 'b.example.com'] });
    expect([await isOpen(all, 'a.example.com'), await isOpen(all, 'b.example.com'), await isOpen(all, '10.0.0.6')]).toEqual([false, false, true]);
  });

  it('an allowed name opens no metadata; an allowed network does', async () => {
    expect(await isOpen(rules({ allow: ['a.example.com'] }, 'a.example.com', ['169.254.169.254']), 'a.example.com')).toBe(false);
    expect(await isOpen(rules({ allow: ['169.254.0.0/16'] }, 'a.example.com', ['169.254.169.254']), 'a.example.com')).toBe(true);
  });

  it.each([
    ['http://10.0.0.1/a', { deny: ['10.0.0.0/8'] }], ['rtsp://10.0.0.1/a', { deny: ['10.0.0.0/8'] }], ['rtsp://167772161/a', { deny: ['10.0.0.1'] }],
    ['http://a.example.com/a', { allow: ['b.example.com'] }], ['rtsp://a.example.com/a', { allow: ['b.example.com'] }],
  ])('%s with %j is an InvalidOption at once', (address, hosts) => {
    expect(() => camera(address.replace('//', '//user:s3cret@'), { hosts })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(/^camera: option 'hosts': (?!.*s3cret)/) as string }) as Error);
  });

  it.each([[{ allow: [] }], [{ allow: ['a b'] }], [{ deny: ['10.0.0.0/64'] }], [{ only: ['a'] }]])('%j is an InvalidOption', (hosts) => {
    expect(() => camera('http://a/', { hosts: hosts as HostsConfig })).toThrow(/^camera: .*(hosts|only)/);
  });
});
