/** The collections of the outbox, of Redis streams and of encoders, against plain ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo, retainedMemory } from '../../../src/broker/outbox/index.js';
import { MemoryCounter, type RetainedMemory } from '../../../src/broker/outbox/memory-counter.js';
import { StreamEntries } from '../../../src/broker/redis/trim/stream-entries.js';
import { ReorderBuffer } from '../../../src/camera/output/index.js';

describe('Retained', () => {
  it('counts each buffer once for each counter, over any order of adding and removing, also of frozen buffers', () => {
    const held = fc.record({ buffer: fc.nat(4), counter: fc.nat(1), isRemoved: fc.boolean(), freezes: fc.nat(9) });
    fc.assert(fc.property(fc.array(held, { maxLength: 60 }), (moves) => {
      const buffers = [1, 10, 100, 1_000, 10_000].map((length) => new ArrayBuffer(length));
      const counters = [new MemoryCounter(), new MemoryCounter()];
      const values: { counter: number; buffer: ArrayBuffer; value: RetainedMemory; isAlone: boolean }[] = [];
      for (const { buffer: index, counter, isRemoved, freezes } of moves) {
        const buffer = buffers[index] as ArrayBuffer;
        if (isRemoved) {
          const found = values.findIndex((one) => one.counter === counter && one.buffer === buffer);
          const [gone] = found < 0 ? [] : values.splice(found, 1);
          if (gone !== undefined) counters[counter]?.remove(gone.value);
        } else {
          const value = retainedMemory(Buffer.from(buffer, 0, 1));
          counters[counter]?.add(value);
          values.push({ counter, buffer, value, isAlone: !Object.isExtensible(buffer) });
        }
        // A frozen buffer has no holds to add to, so that each of its values counts; here only one that holds nothing is frozen.
        if (freezes === 0 && !values.some((one) => one.buffer === buffer)) Object.freeze(buffer);
      }
      for (const [counter, retained] of counters.entries()) {
        const own = values.filter((one) => one.counter === counter);
        const once = [...new Set(own.filter(({ isAlone }) => !isAlone).map(({ buffer }) => buffer))];
        const bytes = [...once, ...own.filter(({ isAlone }) => isAlone).map(({ buffer }) => buffer)].reduce((sum, { byteLength }) => sum + byteLength, 0);
        expect(retained.bytes).toBe(bytes);
      }
    }));
  });

  it('leaves nothing in the buffer of a message that has gone, that a copy or a listing would show', () => {
    const buffer = new ArrayBuffer(8);
    const value = retainedMemory(Buffer.from(buffer));
    const retained = new MemoryCounter();
    retained.add(value);
    expect([Object.keys(buffer), JSON.stringify(buffer)]).toEqual([[], '{}']);
    retained.remove(value);
    expect(retained.bytes).toBe(0);
  });
});

describe('Fifo', () => {
  it('is an array, over any operations', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), value: fc.nat(50) }), fc.record({ kind: fc.constant('shift' as const), value: fc.constant(0) }),
      fc.record({ kind: fc.constant('delete' as const), value: fc.nat(50) }), fc.record({ kind: fc.constant('unshift' as const), value: fc.nat(50) }),
    );
    fc.assert(fc.property(fc.integer({ min: 0, max: 3_000 }), fc.array(operation, { maxLength: 80 }), (length, operations) => {
      const fifo = new Fifo<number>();
      const model = Array.from({ length }, (_, index) => index % 50);
      for (const one of model) fifo.push(one);
      for (let drained = 0; drained < length / 2; drained++) expect(fifo.shift()).toBe(model.shift());
      for (const { kind, value } of operations) {
        if (kind === 'push') {
          fifo.push(value);
          model.push(value);
        } else if (kind === 'shift') {
          expect(fifo.shift()).toBe(model.shift());
        } else if (kind === 'unshift') {
          fifo.unshift([value, value + 1]);
          model.unshift(value, value + 1);
        } else {
          const index = model.indexOf(value);
          expect(fifo.delete(value)).toBe(index >= 0);
          if (index >= 0) model.splice(index, 1);
        }
        expect([fifo.length, fifo.peek(), fifo.at(1)]).toEqual([model.length, model[0], model[1]]);
      }
      expect([...fifo]).toEqual(model);
    }), { numRuns: 60 });
  });
});

describe('StreamEntries', () => {
  it('keeps ids of 64 bits and sizes, over any order of adding and removing', () => {
    const number = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 9n }));
    const move = fc.record({ isAdded: fc.boolean(), time: number, sequence: number, bytes: fc.nat() });
    fc.assert(fc.property(fc.array(move, { maxLength: 400 }), (moves) => {
      const entries = new StreamEntries();
      const model: { id: string; bytes: number }[] = [];
      for (const { isAdded, time, sequence, bytes } of moves) {
        if (isAdded) {
          entries.push(`${time}-${sequence}`, bytes);
          model.push({ id: `${time}-${sequence}`, bytes });
        } else {
          entries.shift();
          model.shift();
        }
      }
      const positions = Array.from({ length: entries.length }, (_, index) => entries.first + index);
      expect(positions.map((position) => ({ id: entries.idAt(position), bytes: entries.sizeAt(position) }))).toEqual(model);
      expect([entries.bytes, entries.next - entries.first]).toEqual([model.reduce((sum, { bytes }) => sum + bytes, 0), model.length]);
    }));
  });

  it('knows the least id after one', () => {
    const entries = new StreamEntries();
    entries.push('1764421200000-9007199254740993', 1);
    expect(entries.idAfter(0)).toBe('1764421200000-9007199254740994');
  });
});

describe('ReorderBuffer', () => {
  it('gives each picture once, from any position, and unchanged ones after those before them', () => {
    const operation = fc.record({ kind: fc.constantFrom('add' as const, 'same' as const, 'take' as const, 'mark' as const, 'pass' as const), key: fc.nat(30) });
    fc.assert(fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
      const buffer = new ReorderBuffer<string>();
      const model = new Map<number, { item: string; similarity: number | undefined }>();
      let next = 0;
      for (const { kind, key } of operations) {
        if (kind === 'add' || kind === 'same') {
          const similarity = kind === 'same' ? 1 : undefined;
          model.set(next, { item: `picture ${next}`, similarity });
          buffer.add(next, `picture ${next}`, similarity);
          next++;
        } else if (kind === 'take') {
          expect(buffer.take(key)).toBe(model.get(key)?.item);
          model.delete(key);
        } else if (kind === 'mark') {
          const found = model.get(key);
          if (found !== undefined) found.similarity = 0.5;
          buffer.mark(key, 0.5);
        } else {
          const passed: string[] = [];
          buffer.passUnchanged((item) => { passed.push(item); });
          for (const [own, { item, similarity }] of model) {
            if (similarity === undefined) break;
            expect(passed.shift()).toBe(item);
            model.delete(own);
          }
          expect(passed).toEqual([]);
        }
        expect([buffer.items, buffer.isEmpty]).toEqual([[...model.values()].map(({ item }) => item), model.size === 0]);
      }
    }));
  });

  it('may be cleared while unchanged ones leave', () => {
    const buffer = new ReorderBuffer<string>();
    for (const key of [1, 2, 3]) buffer.add(key, String(key), 1);
    const passed: string[] = [];
    buffer.passUnchanged((item) => {
      passed.push(item);
      buffer.clear();
    });
    expect([passed, buffer.isEmpty]).toEqual([['1'], true]);
  });
});
