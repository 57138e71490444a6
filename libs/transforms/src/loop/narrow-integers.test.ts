import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { narrowIntegers } from './narrow-integers.js';

/** A kernel over bytes, signed bytes and 16-bit numbers; `body` makes %r of the type of the result. */
const kernel = (body: string, result = 'i8') =>
  `func.func @k(%a: memref<8xi8>, %b: memref<8xi8>, %c: memref<8xi16>, %o: memref<8x${result}>) attributes {rt.kernel = #rt.kernel<inputs = 3, outputs = 1>} {
  loop.for %i = 0 to 8 {
    %top = arith.constant -128 : i8
    %x8 = memory.load %a[%i] : memref<8xi8>
    %y7 = memory.load %b[%i] : memref<8xi8>
    %y8 = arith.xori %y7, %top : i8
    %z16 = memory.load %c[%i] : memref<8xi16>
    %x = arith.extui %x8 : i8 to i32
    %y = arith.extsi %y8 : i8 to i32
    %u = arith.extui %y8 : i8 to i32
    %z = arith.extsi %z16 : i16 to i32
    %c77 = arith.constant 77 : i32
    %c8 = arith.constant 8 : i32
    ${body}
    memory.store %r, %o[%i] : memref<8x${result}>
  }
  return
}`;

/** The kernel after the pass; what it computes is the same. */
function narrowed(text: string) {
  const before = runFunction(parse(text), 'k');
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(func.func(narrow-integers))', [narrowIntegers]);
  expect(runFunction(module, 'k')).toEqual(before);
  return { text: module.toString(), count: statistics.narrowed ?? 0 };
}

describe('narrow-integers', () => {
  test('a weighted byte is a byte of a 16-bit product', () => {
    const { text, count } = narrowed(
      kernel(`%0 = arith.muli %x, %c77 : i32
    %1 = arith.shrui %0, %c8 : i32
    %r = arith.trunci %1 : i32 to i8`),
    );
    expect(count).toBe(2);
    expect(text).toMatch(/arith\.muli .* : i16/);
    expect(text).toMatch(/arith\.shrui .* : i16/);
    expect(text).not.toMatch(/arith\.\w+ .* : i32$/m);
  });

  test('a sum that is needed wide is extended by its sign', () => {
    const { text } = narrowed(
      kernel(
        `%0 = arith.addi %y, %y : i32
    %1 = arith.addi %0, %x : i32
    %2 = arith.addi %1, %x : i32
    %r = arith.muli %2, %2 : i32`,
        'i32',
      ),
    );
    expect(text).toMatch(/arith\.extsi .* : i16 to i32/);
    expect(text).toMatch(/arith\.muli .* : i32/);
    expect(text.match(/arith\.addi .* : i16/g)).toHaveLength(3);
  });

  test('what does not fit stays wide', () => {
    // A product of 24 bits whose upper ones are asked for.
    const product = narrowed(
      kernel(`%0 = arith.muli %z, %x : i32
    %1 = arith.shrsi %0, %c8 : i32
    %r = arith.trunci %1 : i32 to i8`),
    );
    expect(product.count).toBe(0);
    // One operation does not pay for extending what it makes; nor do numbers of 16 bits.
    expect(narrowed(kernel(`%r = arith.addi %x, %y : i32`, 'i32')).count).toBe(0);
    const halves = `%0 = arith.shrsi %z, %c8 : i32
    %1 = arith.addi %0, %x : i32
    %r = arith.addi %1, %x : i32`;
    expect(narrowed(kernel(halves, 'i32')).count).toBe(0);
    // A function that is no kernel is left alone.
    const host = kernel(`%0 = arith.addi %x, %x : i32
    %r = arith.trunci %0 : i32 to i8`).replace(/ attributes .*\{\n/, ' {\n');
    expect(narrowed(host).count).toBe(0);
  });

  test('random expressions keep their values (property)', () => {
    const step = fc.record({
      op: fc.constantFrom(
        'addi',
        'subi',
        'muli',
        'andi',
        'ori',
        'xori',
        'shli',
        'shrui',
        'shrsi',
        'minsi',
        'maxsi',
        'minui',
        'maxui',
        'select',
      ),
      a: fc.nat(20),
      b: fc.nat(20),
      by: fc.integer({ min: 0, max: 17 }),
    });
    let total = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 9 }),
        fc.constantFrom('i8', 'i16', 'i32'),
        fc.constantFrom(-300, -1, 0, 3, 255, 40000, 70000),
        (steps, result, k) => {
          const values = ['%x', '%y', '%u', '%z', '%x', '%u', '%k'];
          const lines = [`%k = arith.constant ${k} : i32`];
          steps.forEach(({ op, a, b, by }, n) => {
            // Later values are taken more often.
            const pick = (i: number) => values[values.length - 1 - (i % values.length)]!;
            const name = `%v${n}`;
            if (op.startsWith('sh')) {
              lines.push(`%s${n} = arith.constant ${by} : i32`, `${name} = arith.${op} ${pick(a)}, %s${n} : i32`);
            } else if (op === 'select') {
              lines.push(`%p${n} = arith.cmpi slt, ${pick(a)}, ${pick(b)} : i32`);
              lines.push(`${name} = arith.select %p${n}, ${pick(b + 1)}, ${pick(a + 1)} : i32`);
            } else lines.push(`${name} = arith.${op} ${pick(a)}, ${pick(b)} : i32`);
            values.push(name);
          });
          const last = values[values.length - 1]!;
          lines.push(
            result === 'i32'
              ? `%zero = arith.constant 0 : i32\n%r = arith.addi ${last}, %zero : i32`
              : `%r = arith.trunci ${last} : i32 to ${result}`,
          );
          total += narrowed(kernel(lines.join('\n    '), result)).count;
        },
      ),
      { numRuns: 200, seed: 5 },
    );
    expect(total).toBeGreaterThan(100);
  });
});
