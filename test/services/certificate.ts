/** A self-signed certificate and its key, for one day. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.js';

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  /** Both, in one file. */
  readonly pemFile: string;
}

/** Needs openssl. The key is unencrypted PKCS#8. */
export async function certificateFor(host: string, folder: string): Promise<Certificate> {
  const [keyFile, certificateFile, pemFile] = ['key.pem', 'cert.pem', 'both.pem'].map((name) => join(folder, name)) as [string, string, string];
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', `/CN=${host}`,
    '-addext', `subjectAltName=DNS:${host}`, '-keyout', keyFile, '-out', certificateFile,
  ]);
  const [key, certificate] = [keyFile, certificateFile].map((file) => readFileSync(file, 'utf8')) as [string, string];
  writeFileSync(pemFile, key + certificate);
  return { key, certificate, pemFile };
}
