/** Copies headers from kafkajs: a view would keep the whole answer in memory. */
import type { IHeaders } from 'kafkajs';
import { PlainHeaders } from '../../message/index.js';

export class BufferHeaders extends PlainHeaders {
  constructor(headers: IHeaders) {
    super(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)])));
  }
}
