import type { Operation } from '@budflow/ir';
import { PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { canonicalize } from '../general/canonicalize.js';
import { cse } from '../general/cse.js';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { parse, runFunction } from '../testing/kernels.js';
import type { Step } from './schedule.js';
import { schedule } from './testing/kernel.js';

/** A kernel of one fusion over one input, lowered to loops. */
function lowered(input: string, output: string, body: string): Operation {
  const module =
    parse(`func.func private @k(%m: memref<${input}>, %o: memref<${output}>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
    %t = memory.to_tensor %m : memref<${input}> to tensor<${input}>
    %f = array.fusion(%x = %t : tensor<${input}>) -> (tensor<${output}>) {
      ${body}
      array.yield %r : tensor<${output}>
    }
    memory.materialize %f into %o : tensor<${output}>, memref<${output}>
    return
  }`);
  const registry = new PassRegistry([arrayToLoop, canonicalize, cse]);
  const text = 'builtin.module(func.func(array-to-loop),canonicalize,cse)';
  const pipeline = parsePipeline(text, { registry, diagnostics: module.context.diagnostics });
  const { result, diagnostics } = module.context.diagnostics.collect(() => new PassManager(pipeline!).run(module));
  if (!result.succeeded) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return module;
}

function checkSame(make: () => Operation, steps: readonly Step[]): string {
  const module = make();
  schedule(module, steps);
  expect(runFunction(module, 'k')).toEqual(runFunction(make(), 'k'));
  return module.toString();
}

const at = (stage: string, loop: string): Step => ({ primitive: 'compute_at', stage, loop });
const vectorize = (loop: string): Step => ({ primitive: 'vectorize', loop });
const vectors = (loop: string, factor: number): Step[] => [
  { primitive: 'split', loop, factor },
  vectorize(`${loop}.i`),
];
const CANONICAL = '{order = #array.order<lanes = 16, accumulators = 1, block = 1024>}';

const softmax = (n: number, m: number) => () =>
  lowered(
    `${n}x${m}xf32`,
    `${n}x${m}xf32`,
    `%low = array.constant dense<0xFF800000> : tensor<f32>
     %zero = array.constant dense<0.0> : tensor<f32>
     %max = array.reduce max %x init %low dims = [1] ${CANONICAL} : tensor<${n}x${m}xf32>, tensor<f32> to tensor<${n}xf32>
     %maxb = array.broadcast %max dims = [0] : tensor<${n}xf32> to tensor<${n}x${m}xf32>
     %d = array.sub %x, %maxb : tensor<${n}x${m}xf32>
     %e = array.exp %d : tensor<${n}x${m}xf32>
     %sum = array.reduce add %e init %zero dims = [1] ${CANONICAL} : tensor<${n}x${m}xf32>, tensor<f32> to tensor<${n}xf32>
     %sumb = array.broadcast %sum dims = [0] : tensor<${n}xf32> to tensor<${n}x${m}xf32>
     %r = array.div %e, %sumb : tensor<${n}x${m}xf32>`,
  );

describe('kernels as array-to-loop leaves them', () => {
  for (const m of [5, 16, 37, 1100]) {
    test(`softmax of rows of ${m}: one nest over rows, lanes as vectors`, () => {
      const steps = [
        at('sum', 'div.d0'),
        at('exp', 'div.d0'),
        at('max', 'div.d0'),
        ...vectors('exp.d1', 4),
        ...vectors('div.d1', 4),
      ];
      const lanes = m >= 16 ? ['max.i', 'max.l', 'sum.i', 'sum.l'].map(vectorize) : [];
      const text = checkSame(softmax(3, m), [...steps, ...lanes]);
      expect(text.match(/name "[a-z]+\.d0"/g)).toEqual(['name "div.d0"']);
      if (m >= 16) expect(text).toMatch(/arith.addf .* : vector<16xf32>/);
    });
  }

  test('a reduction over rows in blocks: columns become lanes, through the binary counter of blocks', () => {
    const make = () =>
      lowered(
        '2500x11xf32',
        '11xf32',
        `%z = array.constant dense<0.5> : tensor<f32>
         %r = array.reduce add %x init %z dims = [0] {order = #array.order<outer, block = 1024>} : tensor<2500x11xf32>, tensor<f32> to tensor<11xf32>`,
      );
    const text = checkSame(make, vectors('sum.d0', 4));
    expect(text).toContain('memref<32x4xf32>');
    expect(text).toMatch(/loop\.while .* -> \(index, index, vector<4xf32>\)/);
  });

  test('padding: borders and inside are nests of their own', () => {
    const make = () =>
      lowered(
        '5x16xf32',
        '9x21xf32',
        `%s = array.mul %x, %x : tensor<5x16xf32>
         %r = array.pad %s low = [2, 2] high = [2, 3] value 1.5 : f32 : tensor<5x16xf32> to tensor<9x21xf32>`,
      );
    expect(checkSame(make, vectors('pad.d1', 8))).toContain('simd.store');
  });
});

describe('reductions of any order', () => {
  const sum = (order: string) =>
    lowered(
      '4x37xf32',
      '4xf32',
      `%zero = array.constant dense<0.0> : tensor<f32>
       %r = array.reduce add %x init %zero dims = [1] {order = #array.order<${order}>} : tensor<4x37xf32>, tensor<f32> to tensor<4xf32>`,
    );
  const step: Step = { primitive: 'rfactor', loop: 'sum.r0', factor: 4 };
  test('say so on their loops, which rfactor asks for; then the order is what is written', () => {
    const module = sum('free');
    expect(module.toString()).toContain('order = #array.order<free>');
    schedule(module, [step]);
    expect(module.toString()).not.toContain('order<free>');
    expect(module.toString()).toContain('name "sum.r0.o" {');
    expect(module.toString()).toContain('order = #array.order<sequential>');
  });
  test('others keep theirs', () => {
    expect(() => schedule(sum('sequential'), [step])).toThrow('its order is part of the result');
  });
});
