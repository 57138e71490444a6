import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { expandMath } from './expand-math.js';

/** A kernel of one op on vectors of 8, run before and after the pass: the same bits, without the op. */
function expanded(op: string, type: 'f32' | 'f64', operands: number, target = 'wasm32-simd128') {
  const names = Array.from({ length: operands }, (_, i) => `%x${i}`);
  const text = `func.func @k(${names.map((x) => `%m${x.slice(1)}: memref<8x${type}>`).join(', ')}, %o: memref<8x${type}>) {
  %z = arith.constant 0 : index
${names.map((x) => `  ${x} = simd.load %m${x.slice(1)}[%z] : memref<8x${type}>, vector<8x${type}>`).join('\n')}
  %r = ${op} ${names.join(', ')} : vector<8x${type}>
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
  for (const name of ['exp', 'expm1', 'log', 'log1p', 'tanh', 'erf', 'rsqrt'])
    test(`turns math.${name} into arithmetic that gives the same bits, in f32 and f64`, () => {
      for (const type of ['f32', 'f64'] as const)
        expect(expanded(`math.${name}`, type, 1)).not.toContain(`math.${name}`);
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
