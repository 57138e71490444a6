// Tails that repeat iterations or run under a condition (the default ones are in end-of-memory.test.ts), for sizes from 1
// on: nothing is read or written past the end of an array, nothing is left out, and iterations that run twice or under a
// condition change no bit.
import { Heap } from '@budflow/heap';
import { type CompiledModule, compile, schedule } from 'budflow';
import { expect, test } from 'vitest';
import { difference, interpretProgram, PLAIN } from './differential.js';
import { atEnd, elements } from './end-of-memory.js';

const program = (e: string) => `func.func @main(%x: tensor<?x${e}>, %y: tensor<?x${e}>) -> (tensor<?x${e}>) {
  %0 = array.mul %x, %y : tensor<?x${e}>
  %1 = array.max %0, %x : tensor<?x${e}>
  return %1 : tensor<?x${e}>
}`;
const ELEMENTS = [
  ['f32', 4],
  ['f32', 16],
  ['f64', 4],
  ['i32', 8],
  ['ui8', 16],
] as const;
const configuration = { target: PLAIN, numerics: 'strict', level: 3 } as const;

function scheduled(text: string, factor: number, tail: 'shift' | 'mask'): CompiledModule {
  const steps = schedule()
    .add({ primitive: 'split', loop: 'max.d0', factor, tail })
    .add({ primitive: 'vectorize', loop: 'max.d0.i' });
  // A step that cannot be applied would be an error.
  return compile(text, { ...configuration, schedules: [steps], heap: Heap.create({ initialBytes: 2 ** 20 }) });
}

test.each(
  ELEMENTS.flatMap(([element, factor]) => (['shift', 'mask'] as const).map((tail) => [element, factor, tail] as const)),
)('%s, %i lanes, what is left over by %s', (element, factor, tail) => {
  const text = program(element);
  const module = scheduled(text, factor, tail);
  for (let n = 1; n <= 64; n++) {
    const [x, y] = [elements(element, [n]), elements(element, [n], 2)];
    const expected = interpretProgram(text, [x, y], configuration);
    const fixed = [x, y].map((t) => module.array(t.data, t.shape, element));
    // Each argument at the end in turn, then the result.
    const position = (n % 2) as 0 | 1;
    const [result] = atEnd(module, [x, y][position]!, element, (array) =>
      module.call('main', position === 0 ? [array, fixed[1]!] : [fixed[0]!, array]),
    );
    expect(difference(expected, [{ shape: result!.shape, data: result!.data }]), `n = ${n}`).toBeUndefined();
    result!.dispose();
    atEnd(module, { shape: [n], data: y.data.slice() }, element, (array) => {
      module.call('main', fixed, { out: array });
      expect(difference(expected, [{ shape: array.shape, data: array.data }]), `n = ${n}`).toBeUndefined();
    });
    for (const array of fixed) array.dispose();
  }
  module.dispose();
});
