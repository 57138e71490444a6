import { Interpreter, memrefOver } from '@budflow/interpreter';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { expandMath } from './expand-math.js';
import { legalizeVectors } from './legalize-vectors.js';

/** A kernel of one op on vectors of 8, run before and after the pass: the same bits, without the op. */
function expanded(op: string, type: 'f32' | 'f64', operands: number, target = 'wasm32-simd128', flags = '') {
  const names = Array.from({ length: operands }, (_, i) => `%x${i}`);
  const text = `func.func @k(${names.map((x) => `%m${x.slice(1)}: memref<8x${type}>`).join(', ')}, %o: memref<8x${type}>) {
  %z = arith.constant 0 : index
${names.map((x) => `  ${x} = simd.load %m${x.slice(1)}[%z] : memref<8x${type}>, vector<8x${type}>`).join('\n')}
  %r = ${op} ${names.join(', ')}${flags} : vector<8x${type}>
  simd.store %r, %o[%z] : memref<8x${type}>, vector<8x${type}>
  return
}`;
  const before = runFunction(parse(text), 'k');
  const module = parse(text);
  const manager = new PassManager(pipeline('builtin.module', passItem(expandMath, { target })));
  expect(manager.run(module).succeeded).toBe(true);
  expect(runFunction(module, 'k')).toEqual(before);
  return module.toString();
}

describe('expand-math', () => {
  const names =
    'exp expm1 log log1p tanh erf rsqrt sin cos tan asin acos atan asinh acosh atanh sinh cosh cbrt round'.split(' ');
  for (const name of names)
    test(`turns math.${name} into arithmetic that gives the same bits, in f32 and f64`, () => {
      for (const type of ['f32', 'f64'] as const)
        expect(expanded(`math.${name}`, type, 1)).not.toContain(`math.${name}`);
    });

  test.each(['exp', 'log2', 'erf', 'sin', 'cbrt'])('turns math.%s with the flag afn into fewer ops', (name) => {
    const length = (text: string): number => text.match(/(?:arith|math)\.(?!constant)\w+/g)!.length;
    for (const type of ['f32', 'f64'] as const) {
      const fast = expanded(`math.${name}`, type, 1, 'wasm32-simd128', ' fastmath<afn>');
      expect(fast).not.toContain(`math.${name}`);
      expect(length(fast)).toBeLessThan(length(expanded(`math.${name}`, type, 1)));
    }
  });

  test('math.exp has a way of its own where all that is rare has vanished', () => {
    const text = expanded('math.exp', 'f32', 1);
    // Two conditions, one in the other, on vectors of eight; the inner one's common case selects zeros.
    expect(text.match(/loop\.if/g)).toHaveLength(2);
    const run = (xs: number[]): number[] => {
      const module = parse(`func.func @k(%m: memref<8xf32>) {
  %z = arith.constant 0 : index
  %x = simd.load %m[%z] : memref<8xf32>, vector<8xf32>
  %r = math.exp %x : vector<8xf32>
  simd.store %r, %m[%z] : memref<8xf32>, vector<8xf32>
  return
}`);
      const manager = new PassManager(pipeline('builtin.module', passItem(expandMath, {})));
      manager.run(module);
      const data = Float32Array.from(xs);
      new Interpreter(module).call('k', [memrefOver(module.context.memref([8], module.context.f32), data, [8])]);
      return Array.from(data);
    };
    const exp = (x: number): number => run(new Array<number>(8).fill(x))[0]!;
    for (const far of [-1e9, Number.NEGATIVE_INFINITY, -105, -104, -103.9, -90, 80, 100, Number.NaN]) {
      const xs = [0, -1.5, far, 2, far, -63, far, 1];
      expect(run(xs)).toEqual(xs.map(exp));
    }
    expect(run(new Array<number>(8).fill(-1e9))).toEqual(new Array<number>(8).fill(0));
  });

  for (const name of ['powf', 'atan2'])
    test(`turns math.${name} into arithmetic that gives the same bits, in f32 and f64`, () => {
      for (const type of ['f32', 'f64'] as const)
        expect(expanded(`math.${name}`, type, 2)).not.toContain(`math.${name}`);
    });

  test('turns integer powers into a loop of as many steps as the type has bits', () => {
    for (const [type, lanes] of [
      ['i8', 16],
      ['i64', 2],
    ] as const) {
      const t = `vector<${lanes}x${type}>`;
      const m = `memref<${lanes}x${type}>`;
      const list = Array.from({ length: lanes }, (_, i) => (i % 5) - 2);
      const powers = list.map((base, i) => (base === 0 ? i : 3 * i - 7));
      const text = `func.func @k(%o: ${m}) {
  %z = arith.constant 0 : index
  %x = arith.constant dense<[${list.join(', ')}]> : ${t}
  %y = arith.constant dense<[${powers.join(', ')}]> : ${t}
  %r = math.ipowi %x, %y : ${t}
  simd.store %r, %o[%z] : ${m}, ${t}
  return
}`;
      const before = runFunction(parse(text), 'k');
      const module = parse(text);
      const manager = new PassManager(pipeline('builtin.module', passItem(expandMath, { target: 'wasm32-simd128' })));
      expect(manager.run(module).succeeded).toBe(true);
      expect(runFunction(module, 'k')).toEqual(before);
      expect(module.toString()).not.toContain('ipowi');
      expect(module.toString()).toMatch(new RegExp(`loop\\.for .* to ${type.slice(1)}`));
    }
  });

  test('reduces large angles in a branch that is taken when any lane has one', () => {
    const text = expanded('math.sin', 'f32', 1);
    expect(text).toMatch(/simd\.reduce_or %\w+ : vector<8xi1>/);
    expect(text.match(/loop\.if/g)).toHaveLength(1);
    // What ordinary angles pay: nothing of the table of digits.
    const before = text.slice(0, text.indexOf('loop.if'));
    expect(before.match(/arith\.select/g)).toBeNull();
    expect(text.slice(before.length).match(/arith\.select/g)!.length).toBeGreaterThan(40);
  });

  test('mixes ordinary and large angles in one vector', () => {
    const text = (op: string, type: string) => `func.func @k(%m: memref<8x${type}>, %o: memref<8x${type}>) {
  %z = arith.constant 0 : index
  %c = arith.constant dense<[1.0, 1.0e9, -0.0, 2.0e30, 38999.0, 39001.0, 0x${type === 'f32' ? '7F800000' : '7FF0000000000000'}, -3.0e38]> : vector<8x${type}>
  %r = math.${op} %c : vector<8x${type}>
  simd.store %r, %o[%z] : memref<8x${type}>, vector<8x${type}>
  return
}`;
    for (const op of ['sin', 'cos', 'tan'])
      for (const type of ['f32', 'f64']) {
        const before = runFunction(parse(text(op, type)), 'k');
        const module = parse(text(op, type));
        const manager = new PassManager(
          pipeline('builtin.module', passItem(expandMath, { target: 'wasm32-simd128' }), passItem(legalizeVectors, {})),
        );
        expect(manager.run(module).succeeded).toBe(true);
        expect(runFunction(module, 'k')).toEqual(before);
        // The branch carries four vectors of a register each (f64: four of two lanes).
        expect(module.toString()).toMatch(
          type === 'f32' ? /vector<4xf32>, vector<4xf32>/ : /vector<2xf64>, vector<2xf64>/,
        );
      }
  });

  test('branches on a scalar without vectors', () => {
    const module = parse(`func.func @k(%m: memref<1xf64>, %o: memref<1xf64>) {
  %z = arith.constant 0 : index
  %x = memory.load %m[%z] : memref<1xf64>
  %r = math.sin %x : f64
  memory.store %r, %o[%z] : memref<1xf64>
  return
}`);
    const before = runFunction(module.clone(), 'k');
    const manager = new PassManager(pipeline('builtin.module', passItem(expandMath, { target: 'wasm32-simd128' })));
    expect(manager.run(module).succeeded).toBe(true);
    expect(runFunction(module, 'k')).toEqual(before);
    expect(module.toString()).toContain('loop.if');
    expect(module.toString()).not.toContain('vector');
  });

  test('turns remainders into arithmetic', () => {
    expect(expanded('arith.remf', 'f32', 2)).not.toContain('remf');
  });

  test('keeps what every target has as an instruction', () => {
    for (const name of ['sqrt', 'absf', 'floor', 'ceil', 'trunc', 'roundeven'])
      expect(expanded(`math.${name}`, 'f32', 1)).toContain(`math.${name}`);
  });

  test('expands a multiply-add that rounds once only where the target has none', () => {
    expect(expanded('math.fma', 'f32', 3)).not.toContain('math.fma');
    expect(expanded('math.fma', 'f32', 3, 'x86-64-v3')).toContain('math.fma');
  });
});
