import { PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { arrayToLoop } from './array-to-loop.js';

/** Wraps a fusion body into a kernel; `%o` receives the last op `%r`. */
function kernel(inputs: readonly string[], output: string, body: string): string {
  const tensor = (t: string) => `tensor<${t}>`;
  const memref = (t: string) => `memref<${t}>`;
  const args = [...inputs.map((t, i) => `%m${i}: ${memref(t)}`), `%o: ${memref(output)}`].join(', ');
  const views = inputs.map((t, i) => `  %t${i} = memory.to_tensor %m${i} : ${memref(t)} to ${tensor(t)}`).join('\n');
  const operands = inputs.map((t, i) => `%x${i} = %t${i} : ${tensor(t)}`).join(', ');
  return `func.func private @k(${args}) attributes {rt.kernel = #rt.kernel<inputs = ${inputs.length}, outputs = 1>} {
${views}
  %f = array.fusion(${operands}) -> (${tensor(output)}) {
${body}
    array.yield %r : ${tensor(output)}
  }
  memory.materialize %f into %o : ${tensor(output)}, ${memref(output)}
  return
}`;
}

function lowered(text: string) {
  const module = parse(text);
  const registry = new PassRegistry([arrayToLoop]);
  const pipeline = parsePipeline('builtin.module(func.func(array-to-loop))', {
    registry,
    diagnostics: module.context.diagnostics,
  });
  const { diagnostics } = module.context.diagnostics.collect(() => new PassManager(pipeline!).run(module));
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  return module;
}

function expectSame(text: string, sizes: readonly number[] = []): string {
  const before = runFunction(parse(text), 'k', { sizes });
  const module = lowered(text);
  expect(runFunction(module, 'k', { sizes })).toEqual(before);
  expect(module.toString()).not.toContain('array.');
  return module.toString();
}

const softmax = (n: number | '?', m: number) =>
  kernel(
    [`${n}x${m}xf32`],
    `${n}x${m}xf32`,
    `    %low = array.constant dense<0xFF800000> : tensor<f32>
    %zero = array.constant dense<0.0> : tensor<f32>
    %max = array.reduce max %x0 init %low dims = [1] : tensor<${n}x${m}xf32>, tensor<f32> to tensor<${n}xf32>
    ${n === '?' ? `%n = array.dim %x0, 0 : tensor<?x${m}xf32>` : ''}
    %maxb = array.broadcast %max dims = [0] : tensor<${n}xf32> to tensor<${n}x${m}xf32>
    %d = array.sub %x0, %maxb : tensor<${n}x${m}xf32>
    %e = array.exp %d : tensor<${n}x${m}xf32>
    %sum = array.reduce add %e init %zero dims = [1] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>} : tensor<${n}x${m}xf32>, tensor<f32> to tensor<${n}xf32>
    %sumb = array.broadcast %sum dims = [0] : tensor<${n}xf32> to tensor<${n}x${m}xf32>
    %r = array.div %e, %sumb : tensor<${n}x${m}xf32>`,
  );

describe('array-to-loop', () => {
  test('an elementwise chain becomes one nest without buffers', () => {
    const text = expectSame(
      kernel(
        ['9xf32', '9xf32'],
        '9xf32',
        `    %a = array.mul %x0, %x1 : tensor<9xf32>\n    %r = array.sqrt %a : tensor<9xf32>`,
      ),
    );
    expect(text.match(/loop\.for/g)).toHaveLength(1);
    expect(text).not.toContain('alloca');
  });

  test('softmax keeps its bits and computes exp once', () => {
    const text = expectSame(softmax(3, 37));
    expect(text.match(/math\.exp/g)).toHaveLength(1);
  });

  for (const n of [0, 1, 15, 16, 17, 1000, 1024, 1025, 2048, 5000, 262_144, 900_001]) {
    test(`the canonical sum of ${n} elements keeps its bits`, () => {
      expectSame(
        kernel(
          [`${n}xf32`],
          'f32',
          `    %z = array.constant dense<0.5> : tensor<f32>
    %r = array.reduce add %x0 init %z dims = [0] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>} : tensor<${n}xf32>, tensor<f32> to tensor<f32>`,
        ),
      );
      expectSame(
        kernel(
          ['?xf32'],
          'f32',
          `    %z = array.constant dense<0.5> : tensor<f32>
    %r = array.reduce add %x0 init %z dims = [0] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>} : tensor<?xf32>, tensor<f32> to tensor<f32>`,
        ),
        [n],
      );
    });
  }

  test('a matrix product accumulates in ascending order', () => {
    expectSame(
      kernel(
        ['5x7xf32', '7x6xf32'],
        '5x6xf32',
        `    %r = array.dot_general %x0, %x1 contract = [1] x [0] {order = #array.order<sequential>} : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>`,
      ),
    );
  });

  test('padding fills the borders and computes the inside', () => {
    expectSame(
      kernel(
        ['5x7xf32'],
        '9x10xf32',
        `    %s = array.mul %x0, %x0 : tensor<5x7xf32>
    %r = array.pad %s low = [2, 0] high = [2, 3] value 1.5 : f32 : tensor<5x7xf32> to tensor<9x10xf32>`,
      ),
    );
  });

  test('a reduction over outer rows keeps blocks of 1,024', () => {
    expectSame(
      kernel(
        ['2500x3xf32'],
        '3xf32',
        `    %z = array.constant dense<0.0> : tensor<f32>
    %r = array.reduce add %x0 init %z dims = [0] {order = #array.order<outer, block = 1024>} : tensor<2500x3xf32>, tensor<f32> to tensor<3xf32>`,
      ),
    );
  });
});

test('constants that leave a kernel are stored: folding inside of fusions makes them', () => {
  expectSame(kernel(['3x4xf32'], '3x4xf32', '    %r = array.constant dense<2.5> : tensor<3x4xf32>'));
  expectSame(kernel(['2xf32'], '2x3xi32', '    %r = array.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>'));
});
