// Reductions that run side by side: the bits of the interpreter, whatever they share, in blocks and chunks and over columns.
import { compile } from 'budflow';
import { expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, difference, interpretProgram, PLAIN, RELAXED } from './differential.js';

const scalar = 'tensor<f32>';
const zero = `  %z = array.constant dense<0.0> : ${scalar}\n`;

/** Sums, maxima and minima of x and x * y over `dims`. */
function sums(type: string, dims: string, to: string): string {
  const reduce = (name: string, kind: string, value: string) =>
    `  %${name} = array.reduce ${kind} ${value} init %z dims = ${dims} : ${type}, ${scalar} to ${to}\n`;
  return `func.func @main(%x: ${type}, %y: ${type}) -> (${to}, ${to}, ${to}, ${to}, ${to}) {
${zero}  %p = array.mul %x, %y : ${type}
${reduce('a', 'add', '%x')}${reduce('b', 'add', '%p')}${reduce('c', 'max', '%p')}${reduce('d', 'min', '%x')}${reduce('e', 'mul', '%y')}  return %a, %b, %c, %d, %e : ${to}, ${to}, ${to}, ${to}, ${to}
}`;
}

const CASES: readonly (readonly [name: string, text: string, shapes: readonly (readonly number[])[]])[] = [
  ['rows', sums('tensor<5x70xf32>', '[1]', 'tensor<5xf32>'), [[5, 70]]],
  ['short rows', sums('tensor<50x3xf32>', '[1]', 'tensor<50xf32>'), [[50, 3]]],
  ['columns', sums('tensor<70x37xf32>', '[0]', 'tensor<37xf32>'), [[70, 37]]],
  [
    'everything, of any size',
    sums('tensor<?xf32>', '[0]', scalar),
    [[0], [1], [15], [16], [1024], [1025], [5000], [263_000]],
  ],
  [
    'rows of any size',
    sums('tensor<?x?xf32>', '[1]', 'tensor<?xf32>'),
    [
      [3, 0],
      [0, 3],
      [4, 33],
      [2, 1100],
    ],
  ],
];

test.each(CASES)('%s', (_, text, shapes) => {
  for (const target of [RELAXED, PLAIN]) {
    const configuration = { target, numerics: target === PLAIN ? 'strict' : 'default', level: 3 } as const;
    const stages = new Map<string, string>();
    const module = compile(text, { ...configuration, dump: (stage, ir) => void stages.set(stage, ir) });
    expect(stages.get('sibling-fusion')?.match(/array\.fusion/g)).toHaveLength(2);
    for (const shape of shapes) {
      const args = [tensor('f32', shape, 1), tensor('f32', shape, 2)];
      // A lane that is no number must not reach others.
      if (args[0]!.data.length > 40) args[0]!.data[33] = Number.NaN;
      const expected = interpretProgram(text, args, configuration);
      expect(difference(expected, callCompiled(module, args)), `${shape} on ${target}`).toBeUndefined();
    }
    module.dispose();
  }
});
