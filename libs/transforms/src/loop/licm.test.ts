import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { licm } from './licm.js';

/** Lines of the function after the pass, without indentation; what it computes is the same. */
function hoisted(text: string) {
  const before = runFunction(parse(text), 'k');
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(licm)', [licm]);
  expect(runFunction(module, 'k')).toEqual(before);
  return {
    lines: module
      .toString()
      .split('\n')
      .map((l) => l.trim()),
    count: statistics.hoisted ?? 0,
  };
}

const position = (lines: readonly string[], part: string) => {
  const at = lines.findIndex((l) => l.includes(part));
  expect(at, part).toBeGreaterThanOrEqual(0);
  return at;
};

/** A loop over %a (8 elements) into %o with two numbers outside of it. */
const kernel = (body: string, header = 'loop.for %i = 0 to 8') => `func.func @k(%a: memref<8xi32>, %o: memref<8xi32>) {
  %p = arith.constant 3 : i32
  %c0 = arith.constant 0 : index
  %q = memory.load %a[%c0] : memref<8xi32>
  ${header} {
    ${body}
    memory.store %r, %o[%i] : memref<8xi32>
  }
  return
}`;

describe('licm', () => {
  test('computations on values from outside move in front of the loop, with what they need', () => {
    const { lines, count } = hoisted(
      kernel(`%s = arith.muli %p, %q : i32
    %t = arith.addi %s, %q : i32
    %x = memory.load %a[%i] : memref<8xi32>
    %r = arith.addi %t, %x : i32`),
    );
    expect(count).toBe(2);
    const loop = position(lines, 'loop.for');
    expect(position(lines, 'arith.muli')).toBeLessThan(loop);
    expect(lines.findIndex((l) => l.includes('arith.addi'))).toBeLessThan(loop);
    expect(lines.findLastIndex((l) => l.includes('arith.addi'))).toBeGreaterThan(loop);
  });

  test('they leave all loops they do not depend on, and stay in the one they do', () => {
    const { lines, count } = hoisted(`func.func @k(%a: memref<4xi32>, %o: memref<4x4xi32>) {
  %p = arith.constant 3 : i32
  loop.for %i = 0 to 4 {
    %x = memory.load %a[%i] : memref<4xi32>
    loop.for %j = 0 to 4 {
      %s = arith.muli %p, %p : i32
      %t = arith.subi %x, %s : i32
      memory.store %t, %o[%i, %j] : memref<4x4xi32>
    }
  }
  return
}`);
    expect(count).toBe(3);
    const order = ['arith.muli', 'loop.for %i = ', 'memory.load', 'arith.subi', 'loop.for %i_0', 'memory.store'];
    const at = order.map((part) => position(lines, part));
    expect(at).toEqual([...at].sort((x, y) => x - y));
  });

  test('index computations and constants move too; vectors as well', () => {
    const { lines } = hoisted(`func.func @k(%o: memref<8xf32>) {
  loop.for %i = 0 to 2 {
    %x = arith.constant 2.0 : f32
    %c = arith.constant 1 : index
    %at = loop.apply affine_map<(d0) -> (d0 * 4)>(%c)
    %v = simd.splat %x : vector<4xf32>
    simd.store %v, %o[%at] : memref<8xf32>, vector<4xf32>
  }
  return
}`);
    const loop = position(lines, 'loop.for');
    for (const part of ['arith.constant', 'loop.apply', 'simd.splat']) expect(position(lines, part)).toBeLessThan(loop);
  });

  test('a division that may trap stays, as the loop may not run', () => {
    for (const op of ['divsi', 'divui', 'remsi', 'remui', 'floordivsi', 'ceildivsi']) {
      const body = `%one = arith.ori %q, %p : i32
    %r = arith.${op} %p, %one : i32`;
      const { lines } = hoisted(kernel(body));
      expect(position(lines, 'arith.ori')).toBeLessThan(position(lines, 'loop.for'));
      expect(position(lines, `arith.${op}`)).toBeGreaterThan(position(lines, 'loop.for'));
    }
    // By zero, in a loop that does not run.
    const never = `func.func @k(%o: memref<1xi32>) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %zero = memory.load %o[%c0] : memref<1xi32>
  %z = arith.subi %zero, %zero : i32
  loop.for %i = 0 to 0 {
    %r = arith.divsi %one, %z : i32
    memory.store %r, %o[%i] : memref<1xi32>
  }
  return
}`;
    expect(hoisted(never).count).toBe(0);
  });

  test('a load moves past stores to other elements, not past one that may be to its own', () => {
    const elements = (index: string, type = '') =>
      hoisted(`func.func @k(%a: memref<8xi32>${type}, %o: memref<8xi32>) {
  %c0 = arith.constant 0 : index
  loop.for %i = 1 to 8 {
    %x = memory.load %a[%c0] : memref<8xi32>
    %y = memory.load %o[${index}] : memref<8xi32>
    %r = arith.addi %x, %y : i32
    memory.store %r, %o[%i] : memref<8xi32>
  }
  return
}`);
    // Of another buffer; of the same one, the element in front of those that are written.
    expect(elements('%i').count).toBe(1);
    expect(elements('%c0').count).toBe(3);
    expect(elements('%i', ' {rt.in_place = 1 : i64}').count).toBe(1);
    const unknown = elements('%i', ' {rt.in_place}');
    expect(unknown.count).toBe(0);
    // Four at most.
    const many = Array.from(
      { length: 6 },
      (_, c) => `%d${c} = arith.constant ${c} : index
    %x${c} = memory.load %a[%d${c}] : memref<8xi32>
    memory.store %x${c}, %o[%i] : memref<8xi32>`,
    );
    expect(hoisted(kernel(`${many.join('\n    ')}\n    %r = arith.addi %x0, %x5 : i32`)).count).toBe(6 + 4);
  });

  test('loads, and what has regions, stay', () => {
    const { lines, count } = hoisted(
      kernel(`%x = memory.load %o[%c0] : memref<8xi32>
    %b = arith.cmpi slt, %p, %q : i32
    %r = loop.if %b -> (i32) {
      loop.yield %x : i32
    } else {
      loop.yield %p : i32
    }`),
    );
    expect(count).toBe(1);
    const loop = position(lines, 'loop.for');
    expect(position(lines, 'arith.cmpi')).toBeLessThan(loop);
    expect(lines.findLastIndex((l) => l.includes('memory.load'))).toBeGreaterThan(loop);
    expect(position(lines, 'loop.if')).toBeGreaterThan(loop);
  });

  test('private buffers stay inside: each iteration has its own', () => {
    expect(
      hoisted(
        kernel(`%t = memory.alloca() : memref<i32>
    %s = arith.addi %p, %q : i32
    memory.store %s, %t[] : memref<i32>
    %r = memory.load %t[] : memref<i32>`),
      ).count,
    ).toBe(1);
  });

  test('while loops are loops', () => {
    const { lines, count } = hoisted(`func.func @k(%o: memref<i32>) {
  %p = arith.constant 3 : i32
  %n = arith.constant 40 : i32
  %e = loop.while (%v = %p) : (i32) -> (i32) {
    %c = arith.cmpi slt, %v, %n : i32
    loop.condition(%c) %v : i32
  } do {
  ^bb0(%w: i32):
    %s = arith.muli %p, %p : i32
    %x = arith.addi %w, %s : i32
    loop.yield %x : i32
  }
  memory.store %e, %o[] : memref<i32>
  return
}`);
    expect(count).toBe(1);
    expect(position(lines, 'arith.muli')).toBeLessThan(position(lines, 'loop.while'));
  });

  test('remarks say why something that is the same in every iteration stays', () => {
    const remarks = (body: string, header?: string) => {
      const module = parse(kernel(body, header));
      const { remarks: found } = new PassManager(pipeline('builtin.module', passItem(licm))).run(module);
      return found.map(({ kind, name, message }) => [kind, name, message]);
    };
    const load = '%r = memory.load %o[%c0] : memref<8xi32>';
    expect(remarks(load)).toEqual([
      ['missed', 'memory-may-change', "'memory.load' stays in 'loop.for': it reads memory that the loop may change"],
    ]);
    const divide = '%r = arith.divsi %p, %q : i32';
    expect(remarks(divide, 'loop.for %i = 0 to 0')).toEqual([
      ['missed', 'loop-may-not-run', "'arith.divsi' stays in 'loop.for': it may trap, and the loop may not run"],
    ]);
    expect(remarks('%r = arith.addi %p, %q : i32')).toEqual([]);
    expect(remarks('%r = memory.load %a[%i] : memref<8xi32>')).toEqual([]);
  });

  test('reads move when the loop runs and writes nothing', () => {
    const reading = (upper: string, extra = '') => `func.func @k(%a: memref<8xi32>, %o: memref<1xi32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %n = memory.dim %a, 0 : memref<8xi32>
  %s = loop.for %i = 0 to ${upper} iter_args(%acc = %zero) -> (i32) {
    %x = memory.load %a[%c0] : memref<8xi32>
    %t = arith.addi %acc, %x : i32
    ${extra}
    loop.yield %t : i32
  }
  memory.store %s, %o[%c0] : memref<1xi32>
  return
}`;
    const before = ({ lines }: { lines: readonly string[] }) =>
      position(lines, 'memory.load') < position(lines, 'loop.for');
    expect(before(hoisted(reading('4')))).toBe(true);
    expect(before(hoisted(reading('%n')))).toBe(false);
    expect(before(hoisted(reading('0')))).toBe(false);
    expect(before(hoisted(reading('4', 'memory.store %t, %a[%c0] : memref<8xi32>')))).toBe(false);
  });

  test('conditionals and loops that do not depend on the loop move as a whole; those that may not end stay', () => {
    const { lines, count } = hoisted(
      kernel(`%b = arith.cmpi slt, %p, %q : i32
    %v = loop.if %b -> (i32) {
      %t = arith.muli %p, %q : i32
      loop.yield %t : i32
    } else {
      loop.yield %p : i32
    }
    %r = loop.for %j = 0 to 3 iter_args(%acc = %v) -> (i32) {
      %t = arith.addi %acc, %q : i32
      loop.yield %t : i32
    }`),
    );
    expect(count).toBe(3);
    expect(position(lines, 'loop.if')).toBeLessThan(position(lines, '0 to 8'));
    expect(position(lines, '0 to 3')).toBeLessThan(position(lines, '0 to 8'));
    const { lines: kept } = hoisted(
      kernel(`%r = loop.while (%v = %p) : (i32) -> (i32) {
      %c = arith.cmpi slt, %v, %q : i32
      loop.condition(%c) %v : i32
    } do {
    ^bb0(%w: i32):
      %t = arith.addi %w, %p : i32
      loop.yield %t : i32
    }`),
    );
    expect(position(kept, 'loop.while')).toBeGreaterThan(position(kept, 'loop.for'));
  });
});
