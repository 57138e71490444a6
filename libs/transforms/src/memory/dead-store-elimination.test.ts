import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { deadStoreElimination } from './dead-store-elimination.js';

/** The function after the pass, checked to compute the same for several sizes, and what was erased. */
function eliminated(text: string, sizes: readonly number[] = [0, 1, 2, 5, 8]) {
  const module = parse(text);
  const { statistics, remarks } = runPasses(module, 'builtin.module(func.func(dead-store-elimination))', [
    deadStoreElimination,
  ]);
  for (const n of sizes)
    expect(runFunction(module, 'k', { sizes: [n] }), `size ${n}`).toEqual(
      runFunction(parse(text), 'k', { sizes: [n] }),
    );
  const { overwritten = 0, unread = 0 } = statistics;
  return { text: module.toString(), overwritten, unread, remarks: remarks.map((r) => r.name) };
}

const kernel = (body: string) => `func.func @k(%a: memref<?xf32>, %o: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %n = memory.dim %o, 0 : memref<?xf32>
${body}
  return
}`;
const NONE = { overwritten: 0, unread: 0 };
const fill = (value: string, from: string, to: string) => `  loop.for %i = ${from} to ${to} {
    memory.store ${value}, %o[%i] : memref<?xf32>
  }`;
const FIXED = (body: string) => `func.func @k(%a: memref<8xf32>, %o: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
${body}
  return
}`;
const fixed = (body: string) => {
  const { overwritten, unread } = eliminated(FIXED(body));
  return { overwritten, unread };
};

describe('stores that are written over', () => {
  test('in one block', () => {
    const { text, overwritten } = eliminated(
      FIXED(`  memory.store %zero, %o[%c1] : memref<8xf32>
  memory.store %one, %o[%c1] : memref<8xf32>`),
    );
    expect(overwritten).toBe(1);
    expect(text.match(/memory\.store/g)).toHaveLength(1);
    expect(text).toContain('memory.store %cst_0, %arg1[%c1]');
  });

  test('by a vector that covers them, not by one that does not', () => {
    const vector = (at: string) => `  memory.store %zero, %o[%c4] : memref<8xf32>
  %v = simd.load %a[%c0] : memref<8xf32>, vector<4xf32>
  simd.store %v, %o[%${at}] : memref<8xf32>, vector<4xf32>`;
    expect(fixed(vector('c4')).overwritten).toBe(1);
    expect(fixed(vector('c1')).overwritten).toBe(1);
    expect(fixed(vector('c0'))).toEqual(NONE);
  });

  test('by a whole nest of a dynamic size', () => {
    const { text, overwritten } = eliminated(kernel(`${fill('%zero', '0', '%n')}\n${fill('%one', '0', '%n')}`));
    expect(overwritten).toBe(1);
    expect(text.match(/memory\.store/g)).toHaveLength(1);
  });

  test('by a larger range, but not by a smaller one', () => {
    const loop = (value: string, from: number, to: number) => `  loop.for %i = ${from} to ${to} {
    memory.store ${value}, %o[%i] : memref<8xf32>
  }`;
    expect(fixed(`${loop('%zero', 2, 5)}\n${loop('%one', 2, 5)}`).overwritten).toBe(1);
    expect(fixed(`${loop('%zero', 2, 5)}\n${loop('%one', 0, 8)}`).overwritten).toBe(1);
    expect(fixed(`${loop('%zero', 2, 5)}\n${loop('%one', 3, 8)}`)).toEqual(NONE);
    expect(fixed(`${loop('%zero', 2, 5)}\n${loop('%one', 0, 4)}`)).toEqual(NONE);
  });

  test('by steps of a whole vector, not by steps that leave holes', () => {
    const steps = (step: number) => `  loop.for %i = 0 to 8 {
    memory.store %zero, %o[%i] : memref<8xf32>
  }
  %v = simd.load %a[%c0] : memref<8xf32>, vector<2xf32>
  loop.for %j = 0 to 8 step ${step} {
    simd.store %v, %o[%j] : memref<8xf32>, vector<2xf32>
  }`;
    expect(fixed(steps(2)).overwritten).toBe(1);
    expect(fixed(steps(4))).toEqual(NONE);
  });

  test('by two loops that make up an index, not by a diagonal', () => {
    const nest = (index: string) => `func.func @k(%a: memref<8x8xf32>, %o: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 64 {
    memory.store %zero, %o[%c0, %i] : memref<64x64xf32>
  }
  loop.for %i = 0 to 8 {
    loop.for %j = 0 to 8 {
      %x = memory.load %a[%i, %j] : memref<8x8xf32>
      %at = loop.apply affine_map<(d0, d1) -> (d0 * 8 + d1)>(%i, %j)
      memory.store %x, %o[${index}] : memref<64x64xf32>
    }
  }
  return
}`;
    expect(eliminated(nest('%c0, %at'), [0]).overwritten).toBe(1);
    expect(eliminated(nest('%i, %at'), [0]).overwritten).toBe(0);
    expect(eliminated(nest('%c0, %i'), [0]).overwritten).toBe(0);
  });

  test('not when the later store may not run', () => {
    const later = (store: string) => {
      const text = kernel(`  memory.store %zero, %a[%c0] : memref<?xf32>\n${store}`);
      const { overwritten, unread } = eliminated(text, [1, 2, 5]);
      return { overwritten, unread };
    };
    expect(
      later(`  %c = arith.cmpi sgt, %n, %c1 : index
  loop.if %c {
    memory.store %one, %a[%c0] : memref<?xf32>
  }`),
    ).toEqual(NONE);
    expect(
      later(`  loop.for %i = 1 to %n {
    memory.store %one, %a[%c0] : memref<?xf32>
  }`),
    ).toEqual(NONE);
    expect(
      later(`  loop.for %i = 0 to 2 {
    memory.store %one, %a[%c0] : memref<?xf32>
  }`).overwritten,
    ).toBe(1);
  });

  test('not when something reads them before: between, in the loop of the store, or in front of the other store', () => {
    const between = eliminated(
      FIXED(`  memory.store %zero, %o[%c1] : memref<8xf32>
  %x = memory.load %o[%c1] : memref<8xf32>
  memory.store %x, %a[%c1] : memref<8xf32>
  memory.store %one, %o[%c1] : memref<8xf32>`),
    );
    expect(between).toMatchObject({ overwritten: 0, remarks: ['read-before-overwritten'] });
    const inLoop = (index: string) =>
      fixed(`  loop.for %i = 1 to 8 {
    memory.store %one, %o[%i] : memref<8xf32>
    %before = loop.apply affine_map<(d0) -> (${index})>(%i)
    %x = memory.load %o[%before] : memref<8xf32>
    memory.store %x, %a[%i] : memref<8xf32>
  }
  loop.for %j = 0 to 8 {
    memory.store %zero, %o[%j] : memref<8xf32>
  }`);
    expect(inLoop('d0 - 1').overwritten).toBe(0);
    expect(inLoop('d0').overwritten).toBe(0);
    // One that is only written by a later iteration is seen as it was before.
    expect(inLoop('-d0 + 8').overwritten).toBe(0);
    expect(
      fixed(`  loop.for %i = 1 to 7 {
    memory.store %one, %o[%i] : memref<8xf32>
    %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    %x = memory.load %o[%next] : memref<8xf32>
    memory.store %x, %a[%i] : memref<8xf32>
  }
  loop.for %j = 0 to 8 {
    memory.store %zero, %o[%j] : memref<8xf32>
  }`).overwritten,
    ).toBe(1);
  });

  test('a sum in memory keeps its start; reading again what the later store wrote is fine', () => {
    const sum = fixed(`  memory.store %zero, %o[%c0] : memref<8xf32>
  loop.for %i = 0 to 8 {
    %x = memory.load %a[%i] : memref<8xf32>
    %s = memory.load %o[%c0] : memref<8xf32>
    %t = arith.addf %s, %x : f32
    memory.store %t, %o[%c0] : memref<8xf32>
  }`);
    expect(sum).toEqual(NONE);
    const again = fixed(`  loop.for %i = 0 to 8 {
    memory.store %zero, %o[%i] : memref<8xf32>
  }
  loop.for %i = 0 to 8 {
    memory.store %one, %o[%i] : memref<8xf32>
    %s = memory.load %o[%i] : memref<8xf32>
    memory.store %s, %a[%i] : memref<8xf32>
  }`);
    expect(again.overwritten).toBe(1);
  });

  test('inside loops around both, each iteration on its own', () => {
    const { overwritten } = eliminated(
      FIXED(`  loop.for %i = 0 to 8 {
    memory.store %zero, %o[%i] : memref<8xf32>
    %x = memory.load %a[%i] : memref<8xf32>
    memory.store %x, %o[%i] : memref<8xf32>
  }`),
    );
    expect(overwritten).toBe(1);
    // Another element.
    expect(
      fixed(`  loop.for %i = 0 to 7 {
    memory.store %zero, %o[%i] : memref<8xf32>
    %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    memory.store %one, %o[%next] : memref<8xf32>
  }`),
    ).toEqual(NONE);
  });

  test('a buffer that may be another one counts as read', () => {
    const text = (attr: string) => `func.func @k(%a: memref<8xf32>${attr}, %o: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  memory.store %zero, %o[%c0] : memref<8xf32>
  %x = memory.load %a[%c0] : memref<8xf32>
  memory.store %x, %o[%c0] : memref<8xf32>
  return
}`;
    expect(eliminated(text('')).overwritten).toBe(1);
    expect(eliminated(text(' {rt.in_place = 1 : i64}')).overwritten).toBe(0);
  });

  test('functions with calls are left alone, and say so', () => {
    const { overwritten, remarks } = eliminated(`func.func private @f()
func.func @k(%o: memref<8xf32>, %c: i1) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  loop.if %c {
    func.call @f() : () -> ()
  }
  memory.store %zero, %o[%c0] : memref<8xf32>
  memory.store %zero, %o[%c0] : memref<8xf32>
  return
}`);
    expect({ overwritten, remarks }).toEqual({ overwritten: 0, remarks: ['not-analysed'] });
  });
});

describe('stores to private buffers', () => {
  test('behind the last read are erased, loops or not', () => {
    const text = FIXED(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %one, %t[%i] : memref<8xf32>
  }
  loop.for %i = 0 to 8 {
    %x = memory.load %t[%i] : memref<8xf32>
    memory.store %x, %o[%i] : memref<8xf32>
    memory.store %zero, %t[%i] : memref<8xf32>
  }`);
    expect(eliminated(text)).toMatchObject({ unread: 1, overwritten: 0 });
  });

  test('of which other elements are read are erased; of which an unknown one is read, not', () => {
    const halves = (read: string) =>
      fixed(`  %t = memory.alloca() : memref<16xf32>
  loop.for %i = 0 to 8 {
    %high = loop.apply affine_map<(d0) -> (d0 + 8)>(%i)
    memory.store %one, %t[%i] : memref<16xf32>
    memory.store %zero, %t[%high] : memref<16xf32>
  }
  loop.for %i = 0 to 8 {
    %at = loop.apply affine_map<(d0) -> (${read})>(%i)
    %x = memory.load %t[%at] : memref<16xf32>
    memory.store %x, %o[%i] : memref<8xf32>
  }`);
    expect(halves('d0').unread).toBe(1);
    expect(halves('d0 + 8').unread).toBe(1);
    expect(halves('d0 * 2').unread).toBe(0);
  });

  test('that are read in the next iteration stay, unless the buffer is fresh in each', () => {
    const body = (outside: string, inside: string) =>
      fixed(`${outside}
  loop.for %i = 0 to 8 {
${inside}
    %x = memory.load %t[] : memref<f32>
    memory.store %x, %o[%i] : memref<8xf32>
    memory.store %one, %t[] : memref<f32>
  }`);
    const alloca = '  %t = memory.alloca() : memref<f32>\n  memory.store %zero, %t[] : memref<f32>';
    expect(body(alloca, '').unread).toBe(0);
    expect(body('', alloca).unread).toBe(1);
  });

  test('in a loop of unknown length stay', () => {
    const { unread } = eliminated(`func.func @k(%o: memref<8xi32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %t = memory.alloca() : memref<i32>
  memory.store %zero, %t[] : memref<i32>
  loop.while (%i = %zero) : (i32) -> (i32) {
    %x = memory.load %t[] : memref<i32>
    memory.store %x, %o[%c0] : memref<8xi32>
    %s = arith.addi %i, %one : i32
    memory.store %s, %t[] : memref<i32>
    %ten = arith.constant 10 : i32
    %c = arith.cmpi slt, %s, %ten : i32
    loop.condition(%c) %s : i32
  } do {
  ^bb0(%j: i32):
    loop.yield %j : i32
  }
  return
}`);
    expect(unread).toBe(0);
  });
});
