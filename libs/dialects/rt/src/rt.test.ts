// Kernels and their calls.

import { elementsOf, Interpreter, type MemRefValue, memrefOver } from '@budflow/interpreter';
import { CallOp, effectsOf, type Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { errorsOf, parse, roundTrips, trapOf } from '../../loop/src/testing/harness.js';
import { CallKernelOp, calledKernel } from './call-kernel.js';
import {
  argumentAttr,
  chunkCount,
  chunkMap,
  dynamicSizesOf,
  isChunked,
  KernelAttrs,
  kernelArgumentTypes,
  kernelInfo,
  scratchBytes,
  setKernelInfo,
  verifyKernel,
} from './kernel.js';

const KERNEL = `func.func private @k(%in: memref<?x4xf32>, %s: f32, %out: memref<?x4xf32>, %begin: index, %end: index) -> index attributes {rt.kernel = #rt.kernel<inputs = 2, outputs = 1>, rt.chunks = affine_map<()[s0, s1] -> (s0 ceildiv 2)>, rt.scratch_bytes = 128 : i64} {
  %n = memory.dim %in, 0 : memref<?x4xf32>
  %last = loop.min affine_map<(d0, d1) -> (d0 + 2, d1)>(%begin, %end)
  loop.for %i = affine_map<(d0) -> (d0 * 2)>(%begin) to min affine_map<(d0)[s0] -> (d0 * 2, s0)>(%last)[%n] {
    loop.for %j = 0 to 4 {
      %v = memory.load %in[%i, %j] : memref<?x4xf32>
      %w = arith.mulf %v, %s : f32
      memory.store %w, %out[%i, %j] : memref<?x4xf32>
    }
  }
  return %last : index
}`;
const MAIN = `func.func @main(%a: memref<?x4xf32>, %s: f32, %b: memref<?x4xf32>) {
  rt.call_kernel @k ins(%a, %s : memref<?x4xf32>, f32) outs(%b : memref<?x4xf32>)
  return
}`;

function functions(text: string): Map<string, Operation> {
  const list = new Map<string, Operation>();
  for (const op of parse(text).region(0).entry.ops) list.set(String(op.attr('sym_name')).replaceAll('"', ''), op);
  return list;
}
const kernel = (text: string) => functions(text).get('k')!;

describe('kernel attributes', () => {
  test('are read from the function', () => {
    const k = kernel(KERNEL);
    expect(kernelInfo(k)).toEqual({ inputs: 2, outputs: 1 });
    expect(isChunked(k)).toBe(true);
    expect(kernelArgumentTypes(k).map(String)).toEqual(['memref<?x4xf32>', 'f32', 'memref<?x4xf32>']);
    expect(String(chunkMap(k))).toBe('affine_map<()[s0, s1] -> (s0 ceildiv 2)>');
    expect(chunkCount(k, [7, 7])).toBe(4);
    expect(chunkCount(k, [7])).toBeUndefined();
    expect(scratchBytes(k)).toBe(128);
    expect(dynamicSizesOf(kernelArgumentTypes(k))).toEqual([
      { argument: 0, dim: 0 },
      { argument: 2, dim: 0 },
    ]);
    expect(verifyKernel(k)).toBe(true);
  });

  test('print as they are read, also on arguments', () => {
    expect(roundTrips(`${KERNEL}\n${MAIN}`)).toContain('rt.kernel = #rt.kernel<inputs = 2, outputs = 1>');
    const k = kernel(
      'func.func @k(%a: memref<4xf32> {rt.state}, %b: memref<4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 0, outputs = 2>} {\n  return\n}',
    );
    expect(argumentAttr(k, 0, KernelAttrs.state)).toBe(k.context.unitAttr);
    expect(argumentAttr(k, 1, KernelAttrs.state)).toBeUndefined();
    expect(verifyKernel(k)).toBe(true);
    setKernelInfo(k, { inputs: 1, outputs: 1 });
    expect(kernelInfo(k)).toEqual({ inputs: 1, outputs: 1 });
  });

  test('a function without them is no kernel', () => {
    const k = kernel('func.func @k() {\n  return\n}');
    expect(kernelInfo(k)).toBeUndefined();
    expect(isChunked(k)).toBe(false);
    expect(kernelArgumentTypes(k)).toEqual([]);
    expect(scratchBytes(k)).toBe(0);
  });

  test.each([
    [
      '%a: memref<4xf32>',
      '',
      'inputs = 1, outputs = 1',
      '',
      'rt.kernel-arguments',
      'expects 2 arguments (1 inputs, 1 outputs), or two more for the chunk range, got 1',
    ],
    [
      '%a: memref<4xf32>, %b: index, %c: i32',
      'index',
      'inputs = 0, outputs = 1',
      '',
      'rt.kernel-chunks',
      'expects the chunk range as two index arguments and the next chunk as an index result',
    ],
    [
      '%a: memref<4xf32>, %b: index',
      'index',
      'inputs = 1, outputs = 1',
      '',
      'rt.kernel-results',
      'results are written to outputs',
    ],
    [
      '%a: memref<4xf32>, %b: index',
      '',
      'inputs = 1, outputs = 1',
      '',
      'rt.kernel-output',
      'expects output 0 to be a memref, got index',
    ],
    [
      '%a: memref<?xf32>',
      '',
      'inputs = 0, outputs = 1',
      ', rt.chunks = affine_map<() -> (1)>',
      'rt.chunk-map',
      "expects 'rt.chunks' to map 1 dynamic sizes to one number, got affine_map<() -> (1)>",
    ],
  ])('of (%s) -> (%s) that do not fit are reported', (args, result, info, more, id, message) => {
    const ret = result ? `%c0 = arith.constant 0 : index\n  return %c0 : index` : 'return';
    const k = kernel(
      `func.func @k(${args})${result ? ` -> ${result}` : ''} attributes {rt.kernel = #rt.kernel<${info}>${more}} {\n  ${ret}\n}`,
    );
    const { result: valid, diagnostics } = k.context.diagnostics.collect(() => verifyKernel(k));
    expect(valid).toBe(false);
    expect(diagnostics.map((d) => d.id)).toEqual([id]);
    expect(diagnostics[0]!.message).toContain(message);
  });

  test('lacking on a function are reported', () => {
    const k = kernel('func.func @k() {\n  return\n}');
    const { diagnostics } = k.context.diagnostics.collect(() => verifyKernel(k));
    expect(diagnostics.map((d) => `${d.id}: ${d.message}`)).toEqual([
      "rt.not-a-kernel: 'func.func' op lacks the attribute 'rt.kernel'",
    ]);
  });

  test('with negative counts do not parse', () => {
    expect(
      errorsOf('func.func @k() attributes {rt.kernel = #rt.kernel<inputs = -1, outputs = 0>} {\n  return\n}').join(
        '\n',
      ),
    ).toContain('expected inputs >= 0, got -1');
  });
});

describe('rt.call_kernel', () => {
  const call = (line: string) =>
    errorsOf(
      `${KERNEL}\nfunc.func @plain() {\n  return\n}\nfunc.func @main(%a: memref<?x4xf32>, %s: f32, %d: f64, %b: memref<?x4xf32>) {\n  ${line}\n  return\n}`,
    ).join('\n');
  test.each([
    ['rt.call_kernel @none ins(%a : memref<?x4xf32>)', 'rt.callee-unknown', 'calls @none, which is not defined'],
    [
      'rt.call_kernel @plain',
      'rt.callee-no-kernel',
      "calls @plain, which is not a kernel: it lacks 'rt.kernel = #rt.kernel<inputs = .., outputs = ..>'",
    ],
    [
      'rt.call_kernel @k ins(%a : memref<?x4xf32>) outs(%b : memref<?x4xf32>)',
      'rt.callee-counts',
      'passes 1 inputs and 1 outputs to @k, which takes 2 and 1',
    ],
    [
      'rt.call_kernel @k ins(%a, %d : memref<?x4xf32>, f64) outs(%b : memref<?x4xf32>)',
      'rt.callee-type',
      'passes f64 as input 1 of @k, which takes f32',
    ],
    [
      '%c = memory.cast %b : memref<?x4xf32> to memref<?x?xf32>\n  rt.call_kernel @k ins(%a, %s : memref<?x4xf32>, f32) outs(%c : memref<?x?xf32>)',
      'rt.callee-type',
      'passes memref<?x?xf32> as output 0 of @k, which takes memref<?x4xf32>',
    ],
  ])('reports %s', (line, id, message) => {
    const errors = call(line);
    expect(errors).toContain(id);
    expect(errors).toContain(message);
  });

  test('names its callee and touches its buffers only', () => {
    const main = functions(`${KERNEL}\n${MAIN}`).get('main')!;
    const op = main.region(0).entry.firstOp!;
    expect(CallKernelOp.is(op)).toBe(true);
    expect(CallOp.of(op)!.callee(op)).toBe('k');
    expect(calledKernel(op)!.attr('sym_name')!.toString()).toBe('"k"');
    const args = main.region(0).entry.arguments;
    expect(effectsOf(op)!.map((e) => `${e.kind} ${args.indexOf(e.value!)}`)).toEqual(['read 0', 'read 2', 'write 2']);
  });

  const runMain = (text: string, rows: number) => {
    const module = parse(text);
    const c = module.context;
    const type = c.memref([-1, 4], c.f32);
    const a = memrefOver(
      type,
      Float32Array.from({ length: rows * 4 }, (_, i) => i),
      [rows, 4],
    );
    const b = memrefOver(type, new Float32Array(rows * 4), [rows, 4]);
    const starts: number[] = [];
    const trace = (op: Operation, results: readonly unknown[]) => {
      if (op.name === 'loop.min') starts.push(results[0] as number);
    };
    new Interpreter(module, { trace }).call('main', [a, 2, b]);
    return { out: elementsOf(b as MemRefValue), starts };
  };

  test('goes on where the kernel stopped until all chunks are done', () => {
    // Seven rows are four chunks of two rows; the kernel does two chunks at a time.
    const { out, starts } = runMain(`${KERNEL}\n${MAIN}`, 7);
    expect(out).toEqual(Array.from({ length: 28 }, (_, i) => 2 * i));
    expect(starts).toEqual([2, 4]);
    expect(runMain(`${KERNEL}\n${MAIN}`, 0).starts).toEqual([]);
  });

  test('calls a kernel without chunks once', () => {
    const text = `func.func private @k(%in: memref<?x4xf32>, %s: f32, %out: memref<?x4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 2, outputs = 1>} {
  memory.copy %in, %out : memref<?x4xf32> to memref<?x4xf32>
  return
}\n${MAIN}`;
    expect(runMain(text, 2).out).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('stops at a kernel that does not advance, or that does not say how many chunks it has', () => {
    const stuck = KERNEL.replace('return %last', 'return %begin');
    const args = (c: Parameters<NonNullable<Parameters<typeof trapOf>[2]>>[0]) => {
      const m = memrefOver(c.memref([-1, 4], c.f32), new Float32Array(8), [2, 4]);
      return [m, 1, m];
    };
    expect(trapOf(`${stuck}\n${MAIN}`, 'main', args)).toBe(
      'CheckFailed: kernel returned 0 as the next chunk of 0 to 1',
    );
    const silent = KERNEL.replace(/, rt\.chunks = affine_map<[^>]*-> [^>]*>/, '');
    expect(trapOf(`${silent}\n${MAIN}`, 'main', args)).toBe(
      'NotInterpretable: calls @k, which takes chunks but does not say how many',
    );
  });
});

describe('rt.call_host', () => {
  test.each([
    ['what is no function type', 'f32'],
    ['another number of tensors', '(tensor<4xui8>) -> (tensor<4xf32>, tensor<4xf32>)'],
    ['tensors that cannot lie in the buffers', '(tensor<4xui8>) -> tensor<5xf32>'],
  ])('reports a signature of %s', (_what, signature) => {
    const errors = errorsOf(`func.func @main(%a: memref<4xi8>, %b: memref<4xf32>) {
  rt.call_host "decode" ins(%a : memref<4xi8>) outs(%b : memref<4xf32>) {signature = ${signature}}
  return
}`).join('\n');
    expect(errors).toContain('rt.host-signature');
    expect(errors).toContain(
      `requires a signature of the tensors that lie in (memref<4xi8>) -> (memref<4xf32>), got ${signature}`,
    );
  });
});
