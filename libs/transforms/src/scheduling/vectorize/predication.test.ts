// Control flow that differs between lanes: each kernel runs before and after, for n = 0 .. 67, on the same data.
import { describe, expect, test } from 'vitest';
import type { Step } from '../schedule.js';
import { checkSchedule, lines, upTo } from '../testing/kernel.js';

const vectors = (width: number): Step[] => [
  { primitive: 'split', loop: 'e.d0', factor: width },
  { primitive: 'vectorize', loop: 'e.d0.i' },
];

/** A kernel of one loop over `inputs` with `body`, which stores to %out. */
function kernel(inputs: readonly string[], output: string, body: string, more = ''): string {
  const args = [...inputs.map((t, i) => `%a${i}: memref<?x${t}>`), `%out: memref<?x${output}>`].join(', ');
  const loads = inputs.map((t, i) => `%x${i} = memory.load %a${i}[%i] : memref<?x${t}>`).join('\n');
  return `func.func @f(${args}${more}) {
    %n = memory.dim %out, 0 : memref<?x${output}>
    loop.for %i = 0 to %n name "e.d0" {
      ${loads}
      ${body}
    }
    return
  }`;
}

function check(inputs: readonly string[], output: string, body: string, width = 8): string[] {
  const sizes = upTo(67).map(([n]) => [...inputs, output].map(() => n!));
  return lines(checkSchedule(kernel(inputs, output, body), vectors(width), sizes));
}

/** The main loop, up to its end. */
const main = (text: readonly string[]): string[] => {
  const at = text.findIndex((l) => l.includes('name "e.d0.o"'));
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    if (/^\}/.test(text[end]!)) depth--;
    if (text[end]!.endsWith('{')) depth++;
    if (depth === 0) return text.slice(at, end + 1);
  }
  return [];
};

const COUNT = (type: string) => `
  %zero = arith.constant 0.0 : ${type}
  %four = arith.constant 4.0 : ${type}
  %none = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %most = arith.constant 20 : i32
  %r:3 = loop.while (%z = %zero, %count = %none, %k = %none) : (${type}, i32, i32) -> (${type}, i32, i32) {
    %zz = arith.mulf %z, %z : ${type}
    %near = arith.cmpf ole, %zz, %four : ${type}
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %near, %more : i1
    loop.condition(%go) %z, %count, %k : ${type}, i32, i32
  } do {
  ^bb0(%z: ${type}, %count: i32, %k: i32):
    %zz = arith.mulf %z, %z : ${type}
    %next = arith.addf %zz, %x0 : ${type}
    %c = arith.addi %count, %one : i32
    %l = arith.addi %k, %one : i32
    loop.yield %next, %c, %l : ${type}, i32, i32
  }`;

describe('a loop.while that lanes leave at different times', () => {
  for (const type of ['f32', 'f64'])
    test(`${type}: runs until no lane is left; only what is used stands still`, () => {
      const text = main(check([type], 'i32', `${COUNT(type)} memory.store %r#1, %out[%i] : memref<?xi32>`));
      expect(text.filter((l) => l.includes('simd.reduce_or'))).toHaveLength(1);
      // z goes on in lanes that have left, the count does not; k is the same for all and stays a scalar.
      expect(text.filter((l) => l.includes('arith.select'))).toHaveLength(1);
      expect(text.some((l) => l.includes('arith.cmpi slt') && l.endsWith(': i32'))).toBe(true);
    });
  test('a counter that is used after the loop is one for each lane', () => {
    const text = main(check(['f32'], 'i32', `${COUNT('f32')} memory.store %r#2, %out[%i] : memref<?xi32>`));
    expect(text.some((l) => l.includes('arith.cmpi slt') && l.endsWith(': vector<8xi32>'))).toBe(true);
  });
  test('the last value of each lane is the one it left with', () => {
    check(['f64'], 'f64', `${COUNT('f64')} memory.store %r#0, %out[%i] : memref<?xf64>`, 4);
  });
  for (const type of ['i8', 'i16', 'i32', 'i64'])
    test(`${type}: the greatest common divisor divides by nothing but its own numbers`, () => {
      const text = main(
        check(
          [type, type],
          type,
          `%zero = arith.constant 0 : ${type}
           %r:2 = loop.while (%a = %x0, %b = %x1) : (${type}, ${type}) -> (${type}, ${type}) {
             %go = arith.cmpi ne, %b, %zero : ${type}
             loop.condition(%go) %a, %b : ${type}, ${type}
           } do {
           ^bb0(%a: ${type}, %b: ${type}):
             %m = arith.remui %a, %b : ${type}
             loop.yield %b, %m : ${type}, ${type}
           }
           memory.store %r#0, %out[%i] : memref<?x${type}>`,
        ),
      );
      const at = text.findIndex((l) => l.includes('arith.remui'));
      // Both operands are ones in lanes that have left.
      expect(text.slice(at - 4, at).filter((l) => l.includes('arith.select'))).toHaveLength(2);
    });
  test('a condition that is carried as a mask is as wide as the data', () => {
    const text = main(
      check(
        ['f32'],
        'f32',
        `%true = arith.constant true
         %half = arith.constant 0.5 : f32
         %one = arith.constant 1.0 : f32
         %r:2 = loop.while (%v = %x0, %go = %true) : (f32, i1) -> (f32, i1) {
           loop.condition(%go) %v, %go : f32, i1
         } do {
         ^bb0(%v: f32, %go: i1):
           %w = arith.mulf %v, %half : f32
           %next = arith.cmpf ogt, %w, %one : f32
           loop.yield %w, %next : f32, i1
         }
         memory.store %r#0, %out[%i] : memref<?xf32>`,
      ),
    );
    expect(text.find((l) => l.includes('loop.while'))).toContain('vector<8xi32>');
  });
  test('a search reads in bounds only: lanes that have found theirs read index 0', () => {
    const text = kernel(
      ['index'],
      'index',
      `%one = arith.constant 1 : index
       %end = arith.constant 9 : index
       %r = loop.while (%p = %x0) : (index) -> (index) {
         %go = arith.cmpi slt, %p, %end : index
         loop.condition(%go) %p : index
       } do {
       ^bb0(%p: index):
         %v = memory.load %table[%p] : memref<9xindex>
         %q = arith.addi %p, %one : index
         %s = arith.addi %q, %v : index
         loop.yield %s : index
       }
       memory.store %r, %out[%i] : memref<?xindex>`,
      ', %table: memref<9xindex>',
    );
    checkSchedule(
      text,
      vectors(4),
      upTo(40).map(([n]) => [n!, n!]),
    );
  });
  test('loops inside loops', () => {
    check(
      ['i32'],
      'i32',
      `%zero = arith.constant 0 : i32
       %one = arith.constant 1 : i32
       %two = arith.constant 2 : i32
       %mask = arith.constant 15 : i32
       %start = arith.andi %x0, %mask : i32
       %r:2 = loop.while (%a = %start, %s = %zero) : (i32, i32) -> (i32, i32) {
         %go = arith.cmpi ugt, %a, %zero : i32
         loop.condition(%go) %a, %s : i32, i32
       } do {
       ^bb0(%a: i32, %s: i32):
         %t:2 = loop.while (%b = %a, %u = %s) : (i32, i32) -> (i32, i32) {
           %q = arith.divui %mask, %a : i32
           %go = arith.cmpi ugt, %b, %q : i32
           loop.condition(%go) %b, %u : i32, i32
         } do {
         ^bb0(%b: i32, %u: i32):
           %c = arith.divui %b, %two : i32
           %v = arith.addi %u, %b : i32
           loop.yield %c, %v : i32, i32
         }
         %d = arith.subi %a, %one : i32
         loop.yield %d, %t#1 : i32, i32
       }
       memory.store %r#1, %out[%i] : memref<?xi32>`,
      4,
    );
  });
});

describe('a loop.if that lanes take differently', () => {
  test('of plain arithmetic becomes a select', () => {
    const text = main(
      check(
        ['f32', 'f32'],
        'f32',
        `%c = arith.cmpf olt, %x0, %x1 : f32
         %r = loop.if %c -> (f32) {
           %0 = arith.mulf %x0, %x1 : f32
           loop.yield %0 : f32
         } else {
           loop.yield %x1 : f32
         }
         memory.store %r, %out[%i] : memref<?xf32>`,
      ),
    );
    expect(text.some((l) => l.includes('loop.if'))).toBe(false);
    expect(text.filter((l) => l.includes('arith.select'))).toHaveLength(1);
  });
  test('stores where it is taken, all lanes at once when all take it', () => {
    const text = main(
      check(
        ['f32', 'f32'],
        'f32',
        `%c = arith.cmpf olt, %x0, %x1 : f32
         loop.if %c {
           %0 = arith.mulf %x0, %x1 : f32
           memory.store %0, %out[%i] : memref<?xf32>
         }`,
      ),
    );
    expect(text.filter((l) => l.includes('simd.store'))).toHaveLength(1);
    expect(text.filter((l) => l.includes('memory.store'))).toHaveLength(8);
  });
  test('divides and loads only where it is taken', () => {
    const text = kernel(
      ['i32', 'index'],
      'i32',
      `%zero = arith.constant 0 : i32
       %three = arith.constant 3 : index
       %c = arith.cmpi slt, %x1, %three : index
       %r = loop.if %c -> (i32) {
         %t = memory.load %table[%x1] : memref<3xi32>
         %d = loop.apply affine_map<(d0) -> (d0 * 2)>(%x1)
         %e = memory.load %pairs[%x1, %d] : memref<3x5xi32>
         %q = arith.addi %t, %e : i32
         loop.yield %q : i32
       } else {
         %z = arith.cmpi eq, %x0, %zero : i32
         %q = loop.if %z -> (i32) {
           loop.yield %zero : i32
         } else {
           %s = arith.divsi %zero, %x0 : i32
           loop.yield %s : i32
         }
         loop.yield %q : i32
       }
       memory.store %r, %out[%i] : memref<?xi32>`,
      ', %table: memref<3xi32>, %pairs: memref<3x5xi32>',
    );
    checkSchedule(
      text,
      vectors(4),
      upTo(40).map(([n]) => [n!, n!, n!]),
    );
  });
  test('a private buffer keeps what lanes stored that took another way', () => {
    check(
      ['i32'],
      'i32',
      `%acc = memory.alloca() : memref<i32>
       %seven = arith.constant 7 : i32
       %zero = arith.constant 0 : i32
       memory.store %zero, %acc[] : memref<i32>
       %c = arith.cmpi sgt, %x0, %zero : i32
       loop.if %c {
         memory.store %seven, %acc[] : memref<i32>
       }
       %r = memory.load %acc[] : memref<i32>
       memory.store %r, %out[%i] : memref<?xi32>`,
    );
  });
});
