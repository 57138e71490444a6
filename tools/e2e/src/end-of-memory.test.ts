// Nothing is read or written past an array: arrays end where the memory ends, so that the byte behind them traps, and
// what lies before them keeps its value.
import { Heap } from '@budflow/heap';
import { compile, NdArray } from 'budflow';
import { describe, expect, test } from 'vitest';
import { difference, interpretProgram, PLAIN, RELAXED } from './differential.js';
import { atEnd, elements, isComplex } from './end-of-memory.js';

/** In the order in which they are likely to differ; the last ones run for the target with all instructions only. */
const BOTH = ['f32', 'f64', 'i32', 'ui8'] as const;
const INTEGERS = ['i1', 'i8', 'i16', 'i64', 'ui16', 'ui32', 'ui64'] as const;
const ELEMENTS = [...BOTH, ...INTEGERS, 'f16', 'bf16', 'complex<f32>', 'complex<f64>'] as const;

const combined = (e: string) => (e === 'i1' ? 'or' : isComplex(e) ? 'add' : 'max');

const elementwise = (e: string) => `func.func @main(%x: tensor<?x${e}>, %y: tensor<?x${e}>) -> (tensor<?x${e}>) {
  %0 = array.${e === 'i1' ? 'xor' : 'mul'} %x, %y : tensor<?x${e}>
  %1 = array.${combined(e)} %0, %x : tensor<?x${e}>
  return %1 : tensor<?x${e}>
}`;
const reduction = (e: string) => `func.func @main(%x: tensor<?x${e}>, %z: tensor<${e}>) -> (tensor<${e}>) {
  %s = array.reduce ${e === 'i1' ? 'xor' : 'add'} %x init %z dims = [0] : tensor<?x${e}>, tensor<${e}> to tensor<${e}>
  return %s : tensor<${e}>
}`;
const rows = (e: string) => `func.func @main(%x: tensor<3x?x${e}>, %z: tensor<${e}>) -> (tensor<3x${e}>) {
  %s = array.reduce ${combined(e)} %x init %z dims = [1] : tensor<3x?x${e}>, tensor<${e}> to tensor<3x${e}>
  return %s : tensor<3x${e}>
}`;

/** What elements are cast to; of complex numbers the parts. */
const wideOf = (e: string) => (e === 'f64' || e === 'complex<f32>' ? 'f32' : 'f64');
const widened = (e: string) => {
  const wide = wideOf(e);
  if (isComplex(e))
    return `func.func @main(%x: tensor<?x${e}>) -> (tensor<?x${wide}>) {
  %0 = array.imag %x : tensor<?x${e}>
  return %0 : tensor<?x${wide}>
}`;
  return `func.func @main(%x: tensor<?x${e}>) -> (tensor<?x${wide}>) {
  %0 = array.cast %x : tensor<?x${e}> to tensor<?x${wide}>
  return %0 : tensor<?x${wide}>
}`;
};

describe.each(ELEMENTS)('%s', (element) => {
  const targets = BOTH.some((e) => e === element) ? [RELAXED, PLAIN] : [RELAXED];
  describe.each(targets)('%s', (target) => {
    const configuration = { target, numerics: 'default', level: 3 } as const;
    const sizes = Array.from({ length: 64 }, (_, i) => i + 1);

    test('elementwise ops read and write nothing past the end', () => {
      const text = elementwise(element);
      const module = compile(text, { ...configuration, heap: Heap.create({ initialBytes: 2 ** 20 }) });
      for (const n of sizes) {
        const [x, y] = [elements(element, [n]), elements(element, [n], 2)];
        const expected = interpretProgram(text, [x, y], configuration);
        const fixed = [x, y].map((t) => module.array(t.data, t.shape, element));
        // Each argument at the end in turn, then the result.
        for (const position of [0, 1]) {
          const [result] = atEnd(module, [x, y][position]!, element, (array) => {
            const args = position === 0 ? [array, fixed[1]!] : [fixed[0]!, array];
            return module.call('main', args);
          });
          expect(difference(expected, [{ shape: result!.shape, data: result!.data }]), `n = ${n}`).toBeUndefined();
          result!.dispose();
        }
        atEnd(module, { shape: [n], data: y.data.slice() }, element, (array) => {
          module.call('main', fixed, { out: array });
          expect(difference(expected, [{ shape: array.shape, data: array.data }]), `n = ${n}`).toBeUndefined();
        });
        for (const array of fixed) array.dispose();
      }
      module.dispose();
    });

    test('elements that change their width are written where they belong', () => {
      const text = widened(element);
      const module = compile(text, { ...configuration, heap: Heap.create({ initialBytes: 2 ** 20 }) });
      const wide = wideOf(element);
      for (const n of sizes) {
        const x = elements(element, [n], n);
        const expected = interpretProgram(text, [x], configuration);
        const [result] = atEnd(module, x, element, (array) => module.call('main', [array]));
        expect(difference(expected, [{ shape: result!.shape, data: result!.data }]), `n = ${n}`).toBeUndefined();
        result!.dispose();
        const given = module.array(x.data, x.shape, element);
        const target = { shape: [n], data: wide === 'f64' ? new Float64Array(n) : new Float32Array(n) };
        atEnd(module, target, wide, (array) => {
          module.call('main', [given], { out: array });
          expect(difference(expected, [{ shape: array.shape, data: array.data }]), `n = ${n}`).toBeUndefined();
        });
        given.dispose();
      }
      module.dispose();
    });

    test.each([
      ['sums', reduction, (n: number) => [n]],
      ['maxima of rows', rows, (n: number) => [3, n]],
    ] as const)('%s read nothing past the end', (_, program, shape) => {
      const text = program(element);
      const module = compile(text, { ...configuration, heap: Heap.create({ initialBytes: 2 ** 20 }) });
      const zero = elements(element, []);
      for (const n of sizes) {
        const x = elements(element, shape(n), n);
        const expected = interpretProgram(text, [x, zero], configuration);
        const [result] = atEnd(module, x, element, (array) =>
          module.call('main', [array, NdArray.from(zero.data, [], element)]),
        );
        expect(difference(expected, [{ shape: result!.shape, data: result!.data }]), `n = ${n}`).toBeUndefined();
        result!.dispose();
      }
      module.dispose();
    });
  });
});
