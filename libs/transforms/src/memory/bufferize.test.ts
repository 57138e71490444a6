import { FuncOp } from '@budflow/dialect-core';
import { CallKernelOp, verifyKernel } from '@budflow/dialect-rt';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { fixNumerics } from '../array/fix-numerics.js';
import { instructionFusion } from '../array/instruction-fusion.js';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { kernelsOf } from '../support/kernel-function.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { softmaxProgram } from '../testing/known-programs.js';
import { runMain, runPasses } from '../testing/programs.js';
import { bufferize } from './bufferize.js';

const passes = [fixNumerics, instructionFusion, bufferize, arrayToLoop];

interface Bufferized {
  readonly module: Operation;
  readonly statistics: Readonly<Record<string, number>>;
}

/** Fuses and bufferizes, comparing results before, after, and when the kernels are loops. */
function lower(
  text: string,
  { sizes = [], fusion = '' }: { readonly sizes?: readonly number[]; readonly fusion?: string } = {},
): Bufferized {
  const module = parse(text);
  runPasses(module, `builtin.module(fix-numerics,func.func(instruction-fusion${fusion}))`, passes);
  const before = runMain(module, { sizes });
  const { statistics } = runPasses(module, 'builtin.module(bufferize)', passes);
  expect(runMain(module, { sizes })).toEqual(before);
  for (const kernel of kernelsOf(module)) expect(verifyKernel(kernel)).toBe(true);
  const loops = module.clone();
  runPasses(loops, 'builtin.module(func.func(array-to-loop))', passes);
  expect(loops.toString()).not.toContain('array.');
  expect(runMain(loops, { sizes })).toEqual(before);
  return { module, statistics };
}

const t = 'tensor<8xf32>';
const main = (params: string, results: string, body: string) =>
  `func.func @main(${params}) -> (${results}) {\n${body}\n}`;
const unfused = { fusion: '{max-decisions=0}' };

describe('bufferize', () => {
  test('a fusion becomes a kernel, and its result a buffer of the caller', () => {
    const { module } = lower(softmaxProgram(3, 5));
    expect(
      functionNamed(module, 'main').toString(),
    ).toBe(`func.func @main(%arg0: memref<3x5xf32>) -> memref<3x5xf32> attributes {rt.signature = (tensor<3x5xf32>) -> tensor<3x5xf32>} {
  %alloc = memory.alloc() : memref<3x5xf32>
  rt.call_kernel @main_k0 ins(%arg0 : memref<3x5xf32>) outs(%alloc : memref<3x5xf32>)
  return %alloc : memref<3x5xf32>
}`);
    const kernel = functionNamed(module, 'main_k0');
    expect(kernel.region(0).entry.ops.map((op) => op.name)).toEqual([
      'memory.to_tensor',
      'array.fusion',
      'memory.materialize',
      'func.return',
    ]);
    expect(String(kernel.attr('sym_visibility'))).toBe('"private"');
  });

  test('results of dynamic size are allocated by the sizes of the arguments', () => {
    for (const n of [0, 1, 6]) {
      const { module } = lower(
        main(
          '%x: tensor<?x4xf32>',
          'tensor<?x3xf32>, tensor<?xf32>, tensor<?x4xf32>, tensor<?xf32>',
          `  %z = array.constant dense<1.0> : tensor<f32>
  %0 = array.slice %x [0:?:2, 1:4:1] : tensor<?x4xf32> to tensor<?x3xf32>
  %1 = array.neg %0 : tensor<?x3xf32>
  %2 = array.reduce add %x init %z dims = [1] : tensor<?x4xf32>, tensor<f32> to tensor<?xf32>
  %3 = array.pad %2 low = [1] high = [2] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>
  %4 = array.abs %x : tensor<?x4xf32>
  %5 = array.reshape %4 : tensor<?x4xf32> to tensor<?xf32>
  return %1, %3, %4, %5 : tensor<?x3xf32>, tensor<?xf32>, tensor<?x4xf32>, tensor<?xf32>`,
        ),
        { sizes: [n] },
      );
      expect(
        functionNamed(module, 'main')
          .toString()
          .match(/memory\.dim/g),
      ).toHaveLength(2);
    }
  });

  test('sizes that are values are passed to the kernel', () => {
    lower(
      main(
        '%x: tensor<4xf32>, %n: index',
        'tensor<?x4xf32>',
        `  %c2 = arith.constant 2 : index
  %m = arith.muli %n, %c2 : index
  %g = array.broadcast %x dims = [1] sizes(%m) : tensor<4xf32> to tensor<?x4xf32>
  %h = array.exp %g : tensor<?x4xf32>
  return %h : tensor<?x4xf32>`,
      ),
      { sizes: [3] },
    );
  });

  test('sizes that only a size operand knows reach the loops', () => {
    lower(
      main(
        '%x: tensor<?xf32>',
        'tensor<?x4xf32>',
        `  %n = array.dim %x, 0 : tensor<?xf32>
  %f = array.full 3.0 : f32, tensor<?x4xf32> (%n)
  %g = array.broadcast %x dims = [0] : tensor<?xf32> to tensor<?x4xf32>
  %h = array.add %f, %g : tensor<?x4xf32>
  return %h : tensor<?x4xf32>`,
      ),
      { sizes: [7] },
    );
  });

  test('unsigned elements lie in signless buffers and keep their values', () => {
    const { module } = lower(
      main(
        '%x: tensor<4xui8>',
        'tensor<4xui8>, tensor<4xf32>',
        '  %0 = array.add %x, %x : tensor<4xui8>\n  %1 = array.cast %x : tensor<4xui8> to tensor<4xf32>\n  return %0, %1 : tensor<4xui8>, tensor<4xf32>',
      ),
    );
    const func = functionNamed(module, 'main');
    expect(String(FuncOp.function_type(func))).toBe('(memref<4xi8>) -> (memref<4xi8>, memref<4xf32>)');
    expect(String(func.attr('rt.signature'))).toBe('(tensor<4xui8>) -> (tensor<4xui8>, tensor<4xf32>)');
  });

  test('equal fusions share a kernel', () => {
    const { module, statistics } = lower(
      main(
        `%x: ${t}, %y: ${t}`,
        `${t}, ${t}`,
        `  %0 = array.exp %x : ${t}\n  %1 = array.exp %y : ${t}\n  return %0, %1 : ${t}, ${t}`,
      ),
    );
    expect(kernelsOf(module)).toHaveLength(1);
    expect(statistics).toMatchObject({ kernels: 2, shared: 1 });
  });

  test('results never share memory with arguments, constants or each other', () => {
    const { module, statistics } = lower(
      main(
        `%x: ${t}`,
        `${t}, tensor<2x4xf32>, tensor<3xf32>, ${t}, ${t}`,
        `  %k = array.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %r = array.reshape %x : ${t} to tensor<2x4xf32>
  %n = array.neg %x : ${t}
  return %x, %r, %k, %n, %n : ${t}, tensor<2x4xf32>, tensor<3xf32>, ${t}, ${t}`,
      ),
    );
    expect(statistics.copies).toBe(4);
    const results = functionNamed(module, 'main').region(0).entry.terminator.operands;
    expect(new Set(results.map((v) => v.definingOp)).size).toBe(5);
    expect(results.every((v) => v.definingOp?.name === 'memory.alloc')).toBe(true);
  });

  test('calls pass buffers', () => {
    lower(
      `func.func private @half(%x: ${t}) -> ${t} {
  %c = array.constant dense<0.5> : ${t}
  %0 = array.mul %x, %c : ${t}
  return %0 : ${t}
}
func.func @main(%x: ${t}) -> ${t} {
  %0 = func.call @half(%x) : (${t}) -> ${t}
  %1 = array.neg %0 : ${t}
  return %1 : ${t}
}`,
    );
  });

  test('control flow passes buffers', () => {
    lower(
      `func.func @main(%x: ${t}, %y: ${t}) -> ${t} {
  %c = arith.constant true
  %0 = array.add %x, %y : ${t}
  cf.cond_br %c, ^a(%0 : ${t}), ^b(%x : ${t})
^a(%p: ${t}):
  %1 = array.neg %p : ${t}
  cf.br ^b(%1 : ${t})
^b(%q: ${t}):
  %2 = array.abs %q : ${t}
  return %2 : ${t}
}`,
    );
  });

  test('other attributes of functions and arguments stay', () => {
    const { module } = lower(
      `func.func @main(%x: ${t} {jax.buffer_donor = true}) -> ${t} attributes {jax.uses_shape_polymorphism = false} {\n  %0 = array.neg %x : ${t}\n  return %0 : ${t}\n}`,
    );
    expect(module.toString()).toContain('{jax.buffer_donor = true}');
    expect(module.toString()).toContain('jax.uses_shape_polymorphism = false');
  });

  test('an op on tensors outside of fusions is an error that says what to do', () => {
    const module = parse(main(`%x: ${t}`, t, `  %0 = array.neg %x : ${t}\n  return %0 : ${t}`));
    expect(() => runPasses(module, 'builtin.module(bufferize)', passes)).toThrow(
      /'array\.neg' op takes or makes tensors and has no form on buffers/,
    );
  });

  test('a function of tensors without a body is an error', () => {
    const module = parse(`func.func private @f(${t}) -> ${t}`);
    expect(() => runPasses(module, 'builtin.module(bufferize)', passes)).toThrow(
      /takes or returns tensors but has no body/,
    );
  });
});

describe('stages of unknown size', () => {
  test('work in the memory of the result', () => {
    const { module } = lower(softmaxProgram(4, '?'), { sizes: [7] });
    const main = functionNamed(module, 'main').toString();
    expect(main.match(/memory\.alloc\(/g)).toHaveLength(1);
    const stores = functionNamed(module, 'main_k0')
      .region(0)
      .entry.ops.filter((op) => op.name === 'memory.materialize')
      .map((op) => [op.operand(0).index, op.operand(1).index]);
    // The stage is stored first, the result over it.
    expect(stores).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });
});

describe('in-place reuse', () => {
  /** The calls of main as kernel name, and whether the output is one of the inputs. */
  const calls = (module: Operation) =>
    functionNamed(module, 'main')
      .region(0)
      .entry.ops.filter((op) => CallKernelOp.is(op))
      .map((op) => CallKernelOp.inputs(op).includes(CallKernelOp.outputs(op)[0]!));

  test('an intermediate that dies at an elementwise kernel is overwritten', () => {
    const { module, statistics } = lower(
      main(
        `%x: ${t}`,
        t,
        `  %0 = array.exp %x : ${t}\n  %1 = array.neg %0 : ${t}\n  %2 = array.abs %1 : ${t}\n  return %2 : ${t}`,
      ),
      unfused,
    );
    expect(calls(module)).toEqual([false, true, true]);
    expect(statistics).toMatchObject({ buffers: 1, 'in-place': 2 });
    expect(module.toString()).toContain('{rt.in_place = 0 : i64}');
  });

  test('an argument is not, unless it is donated', () => {
    const text = (attribute: string) =>
      main(`%x: ${t}${attribute}`, t, `  %0 = array.exp %x : ${t}\n  return %0 : ${t}`);
    expect(calls(lower(text('')).module)).toEqual([false]);
    const donated = parse(text(' {budflow.donated}'));
    runPasses(donated, 'builtin.module(fix-numerics,func.func(instruction-fusion),bufferize)', passes);
    expect(calls(donated)).toEqual([true]);
  });

  test('nor one that is read again, also through a view', () => {
    const later = lower(
      main(
        `%x: ${t}`,
        `${t}, ${t}`,
        `  %0 = array.exp %x : ${t}\n  %1 = array.neg %0 : ${t}\n  return %0, %1 : ${t}, ${t}`,
      ),
      unfused,
    );
    expect(calls(later.module)).toEqual([false, false]);
    const view = lower(
      main(
        `%x: ${t}`,
        `${t}, tensor<2x4xf32>`,
        `  %0 = array.exp %x : ${t}\n  %v = array.reshape %0 : ${t} to tensor<2x4xf32>\n  %1 = array.neg %0 : ${t}\n  %2 = array.abs %v : tensor<2x4xf32>\n  return %1, %2 : ${t}, tensor<2x4xf32>`,
      ),
      unfused,
    );
    expect(calls(view.module)).toEqual([false, false, true]);
  });

  test('nor one that is read at other places than the result', () => {
    const square = 'tensor<4x4xf32>';
    const transposed = lower(
      main(
        `%x: ${square}`,
        square,
        `  %0 = array.exp %x : ${square}\n  %1 = array.transpose %0 perm = [1, 0] : ${square} to ${square}\n  return %1 : ${square}`,
      ),
      unfused,
    );
    expect(calls(transposed.module)).toEqual([false, false]);
  });

  test('nor by a kernel that pads', () => {
    const { module } = lower(
      main(
        '%x: tensor<1xf32>',
        'tensor<1xf32>',
        '  %0 = array.exp %x : tensor<1xf32>\n  %1 = array.pad %0 low = [0] high = [0] value 0.0 : f32 : tensor<1xf32> to tensor<1xf32>\n  return %1 : tensor<1xf32>',
      ),
      unfused,
    );
    expect(calls(module)).toEqual([false, false]);
  });
});
