/** `kafka({ driver })`: what is missing is said where the broker is made. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { InvalidOption, kafka } from '../../../src/index.js';
import { temporaryFolder } from '../../services/restartable.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const WRITES = "import 'SERVICES'; const { kafka } = await import('./src/broker/index.ts');"
  + "try { kafka({ brokers: ['h:1'], driver: process.argv[2] }); console.log('made'); } catch ({ code, message }) { console.log(code, message); }";

it.each([
  ['platformatic', "INVALID_OPTION kafka: option 'driver': 'platformatic' given, but the package @platformatic/kafka is not installed; run: npm install @platformatic/kafka@1.34"],
  ['kafkajs', 'made'],
])('says how to install the package of driver %s where it is not there', async (driver, says) => {
  const folder = temporaryFolder('driver');
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((one) => one !== '@platformatic')) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'main.mjs'), WRITES.replace('SERVICES', join(ROOT, 'test/services/typescript.mjs')));
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.mjs'), driver]);
  rmSync(folder, { recursive: true });
  expect(stdout.trim()).toBe(says);
});

it('names the logins that a driver knows', () => {
  const sasl = { mechanism: 'aws', authorizationIdentity: 'me', accessKeyId: 'id', secretAccessKey: 'hush' } as const;
  const make = () => kafka({ brokers: ['h:1'], driver: 'platformatic', sasl });
  expect(make).toThrow(InvalidOption);
  expect(make).toThrow("kafka: option 'sasl.mechanism': 'aws' given, expected one of 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer' with the driver 'platformatic'");
  expect(() => kafka({ brokers: ['h:1'], sasl })).not.toThrow();
});

it('takes no other driver', () => {
  expect(() => kafka({ brokers: ['h:1'], driver: 'librdkafka' as 'kafkajs' })).toThrow(/'driver'.*librdkafka.*kafkajs/s);
});
