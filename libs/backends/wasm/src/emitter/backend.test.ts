import { CompileError } from '@budflow/ir';
import { applyFullConversion } from '@budflow/rewrite';
import { describe, expect, test } from 'vitest';
import { wasmBackend } from '../index.js';
import { matmulText } from './testing/matmul.js';
import { array, compileKernel, parseKernel, place } from './testing/run.js';

const wrap = (args: string, body: string): string => `
func.func @k(${args}, %begin: index, %end: index) -> index {
${body}
  return %end : index
}`;

function errorsOf(text: string, target = 'wasm32-simd128'): { id: string; message: string }[] {
  try {
    wasmBackend.compile(parseKernel(text), { target, sharedMemory: false });
    return [];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ id, message }) => ({ id, message }));
  }
}

describe('what cannot be compiled', () => {
  test('is reported at the op, all of it at once', () => {
    const errors = errorsOf(
      wrap(
        '%x: memref<8xf32>, %y: memref<8xf8E5M2>',
        `  %c = arith.constant 1.0 : f32
  %e = math.exp %c : f32
  %t = math.tanh %e : f32
  %i = arith.constant 0 : index
  memory.store %t, %x[%i] : memref<8xf32>
  %h = memory.load %y[%i] : memref<8xf8E5M2>
  memory.store %h, %y[%i] : memref<8xf8E5M2>`,
      ),
    );
    expect(errors.length).toBeGreaterThanOrEqual(3);
    expect(new Set(errors.map((e) => e.id))).toEqual(new Set(['wasm.unsupported-op']));
    expect(errors.map((e) => e.message).join('\n')).toMatch(
      /'func.func' op argument 1: elements of type f8E5M2[\s\S]*'math.exp' op has no WebAssembly form[\s\S]*'math.tanh'/,
    );
  });

  test('arithmetic on 16-bit floats, which are only moved', () => {
    const body = (type: string) => `  %i = arith.constant 0 : index
  %a = memory.load %x[%i] : memref<8x${type}>
  %b = arith.addf %a, %a : ${type}
  memory.store %b, %x[%i] : memref<8x${type}>`;
    for (const type of ['f16', 'bf16']) {
      const errors = errorsOf(wrap(`%x: memref<8x${type}>`, body(type)));
      expect(errors.map((e) => e.message)).toEqual([
        "'arith.addf' op is on 16-bit floats, which are only moved: expand-half-floats comes first",
      ]);
    }
  });

  test('an exact multiply-add, on both targets; a relaxed one without relaxed SIMD', () => {
    const fma = (kind: string): string =>
      wrap(
        '%x: memref<1xf32>, %a: f32',
        `  %i = arith.constant 0 : index\n  %r = math.fma %a, %a, %a${kind} : f32\n  memory.store %r, %x[%i] : memref<1xf32>`,
      );
    for (const target of wasmBackend.targets) {
      expect(errorsOf(fma(''), target)[0]!.message).toContain('an exactly rounded multiply-add does not exist');
      expect(errorsOf(fma(' {exact}'), target)).toHaveLength(1);
    }
    expect(errorsOf(fma(' {relaxed}'))[0]!.message).toContain('wasm32-relaxed-simd');
    expect(errorsOf(fma(' {relaxed}'), 'wasm32-relaxed-simd')).toEqual([]);
  });

  test.each([
    [
      'vectors wider than a register',
      '  %v = arith.constant dense<1.0> : vector<8xf32>\n  %w = arith.addf %v, %v : vector<8xf32>',
      /vector<8xf32> is not supported/,
    ],
    ['scratch memory without a place', '  %t = memory.alloca() : memref<4xf32>', /run scratch-assignment/],
    [
      'division by a negative constant',
      '  %q = loop.apply affine_map<(d0) -> (d0 floordiv -2)>(%begin)',
      /division by a constant that is not positive/,
    ],
    ['memory of its own', '  %t = memory.alloc() : memref<4xf32>', /no WebAssembly form/],
  ])('%s', (_, body, message) => {
    const errors = errorsOf(wrap('%x: memref<8xf32>', body));
    expect(errors.every((e) => e.id === 'wasm.unsupported-op')).toBe(true);
    expect(errors[0]!.message).toMatch(message);
  });

  test('a function that is no kernel, and a module without functions', () => {
    expect(errorsOf('func.func @f(%x: memref<8xf32>) {\n  return\n}')[0]).toMatchObject({
      id: 'wasm.kernel-signature',
    });
    expect(errorsOf('module {\n}')).toMatchObject([{ id: 'wasm.no-kernel' }]);
  });

  test('an unknown target', () => {
    expect(() => wasmBackend.legality('wasm64')).toThrow(/wasm32-relaxed-simd, wasm32-simd128/);
  });
});

test('legality answers true or a reason', () => {
  const target = wasmBackend.legality('wasm32-simd128');
  const module = parseKernel(wrap('%a: f32', '  %e = math.exp %a : f32\n  %s = math.sqrt %e : f32'));
  const answers = new Map<string, true | string>();
  module.walk((op) => {
    answers.set(op.name, target.legality(op));
  });
  expect(answers.get('math.sqrt')).toBe(true);
  expect(answers.get('func.func')).toBe(true);
  expect(answers.get('math.exp')).toBe("'math.exp' has no WebAssembly form");
});

test('legality is the target of conversions: what cannot be compiled is named, with the reason', () => {
  const module = parseKernel(wrap('%a: f32', '  %e = math.exp %a : f32\n  %s = math.sqrt %e : f32'));
  const { result, diagnostics } = module.context.diagnostics.collect(() =>
    applyFullConversion(module, wasmBackend.legality('wasm32-simd128'), []),
  );
  expect(result.succeeded).toBe(false);
  expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
    ['conversion.illegal-op', "'math.exp' op could not be legalized: 'math.exp' has no WebAssembly form"],
  ]);
});

describe('artefacts', () => {
  const sizes = { m: '?', n: '?', k: '?', panels: '?' };
  const text = matmulText('separate', sizes);

  test('their metadata survives JSON', () => {
    const { metadata } = compileKernel(text);
    expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata);
    expect(metadata.phases[0]).toMatchObject({ name: 'k', chunks: 1, scratchBytes: 0, stateBytes: 0 });
    expect(metadata.phases[0]!.layout.sizeWords).toEqual([9, 10, 12, 13, 15, 16]);
  });

  test('several functions are phases in order', () => {
    const phase = (name: string, value: string): string => `
func.func @${name}(%x: memref<?xf32>, %begin: index, %end: index) -> index {
  %n = memory.dim %x, 0 : memref<?xf32>
  %v = arith.constant ${value} : f32
  loop.for %i = 0 to %n {
    memory.store %v, %x[%i] : memref<?xf32>
  }
  return %end : index
}`;
    const artefact = compileKernel(phase('a', '1.0') + phase('b', '2.0'));
    expect(artefact.metadata.phases.map((p) => p.name)).toEqual(['a', 'b']);
    const { kernel, memory, args, addresses } = place(artefact, 0, [array(new Float32Array(3))]);
    const view = new Float32Array(memory.buffer, addresses[0], 3);
    kernel.call(0, args, 0, 1);
    expect([...view]).toEqual([1, 1, 1]);
    kernel.call(1, args, 0, 1);
    expect([...view]).toEqual([2, 2, 2]);
  });

  test('code for a shared memory runs on one, and is refused for a private one', () => {
    const artefact = wasmBackend.compile(parseKernel(text), { target: 'wasm32-simd128', sharedMemory: true });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 16, shared: true });
    expect(wasmBackend.load(artefact, { memory, shared: true }).phases).toHaveLength(1);
    expect(() => wasmBackend.load(artefact, { memory: new WebAssembly.Memory({ initial: 1 }), shared: false })).toThrow(
      /compile with sharedMemory: false/,
    );
  });

  test('of another backend, or not code at all, are refused', () => {
    const artefact = compileKernel(text);
    const heap = { memory: new WebAssembly.Memory({ initial: 1 }), shared: false };
    expect(() => wasmBackend.load({ ...artefact, backend: 'llvm' }, heap)).toThrow(/backend 'llvm'/);
    expect(() => wasmBackend.load({ ...artefact, bytes: artefact.bytes.slice(0, 40) }, heap)).toThrow(
      /the engine rejects the code/,
    );
  });

  test('a size beyond 31 bits of an array of bytes ends the kernel with a trap code', () => {
    const artefact = compileKernel(
      wrap(
        '%x: memref<?xi8>',
        '  %n = memory.dim %x, 0 : memref<?xi8>\n  %v = arith.constant 1 : i8\n  loop.for %i = 0 to %n {\n    memory.store %v, %x[%i] : memref<?xi8>\n  }',
      ),
    );
    const { kernel, memory, args } = place(artefact, 0, [array(new Int8Array(4))]);
    expect(kernel.call(0, args, 0, 1)).toBe(1);
    const word = artefact.metadata.phases[0]!.layout.sizeWords[0]!;
    new DataView(memory.buffer).setBigUint64(args + 8 * word, 2n ** 31n, true);
    expect(kernel.call(0, args, 0, 1)).toBe(-1);
  });
});

interface Binaryen {
  readBinary(bytes: Uint8Array): {
    setFeatures(features: number): void;
    validate(): number;
    emitText(): string;
    dispose(): void;
  };
  readonly Features: { readonly All: number };
}

async function loadBinaryen(): Promise<Binaryen | undefined> {
  const name = 'binaryen';
  try {
    return ((await import(/* @vite-ignore */ name)) as { default: Binaryen }).default;
  } catch {
    return undefined;
  }
}
const binaryen = await loadBinaryen();

test.skipIf(!binaryen)('binaryen accepts the bytes', () => {
  for (const kind of ['separate', 'relaxed'] as const) {
    const parsed = parseKernel(matmulText(kind, { m: '?', n: '?', k: '?', panels: '?' }));
    const { bytes } = wasmBackend.compile(parsed, { target: 'wasm32-relaxed-simd', sharedMemory: false });
    const module = binaryen!.readBinary(bytes);
    module.setFeatures(binaryen!.Features.All);
    expect(module.validate()).toBe(1);
    expect(module.emitText()).toContain(kind === 'relaxed' ? 'f32x4.relaxed_madd' : 'f32x4.mul');
    module.dispose();
  }
});
