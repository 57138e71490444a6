// The API of compiled modules: what it tells, and how it fails.

import { definePass } from '@budflow/pass';
import { NdArray as RuntimeArray } from '@budflow/runtime';
import { enableRelaxedSimd } from '@budflow/target/node';
import { describe, expect, it } from 'vitest';
import {
  array,
  CompiledModule,
  CompileError,
  compile,
  createPassRegistry,
  defaultTarget,
  EventStream,
  Heap,
  NdArray,
  pipelineFor,
  type RuntimeEvent,
  RuntimeTrap,
} from './index.js';

const ADD = `func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.add %x, %y : tensor<?xf32>
  return %0 : tensor<?xf32>
}`;
const CHAIN = `func.func @main(%x: tensor<100xf32>, %y: tensor<100xf32>) -> tensor<100xf32> {
  %0 = array.mul %x, %y : tensor<100xf32>
  %1 = array.exp %0 : tensor<100xf32>
  %2 = array.add %1, %y : tensor<100xf32>
  return %2 : tensor<100xf32>
}`;
const TWO = `func.func @first(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = array.neg %x : tensor<2xf32>
  return %0, %x : tensor<2xf32>, tensor<2xf32>
}
func.func @second(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = array.abs %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func private @hidden(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}`;

describe('a compiled module', () => {
  it('is called on typed arrays and gives arrays', () => {
    const module = compile(ADD);
    const result = module.main(Float32Array.of(1, 2), Float32Array.of(10, 20));
    expect(result).toBeInstanceOf(NdArray);
    expect(NdArray).toBe(RuntimeArray);
    expect(result.data).toEqual(Float32Array.of(11, 22));
    expect(result.shape).toEqual([2]);
  });

  it('reads bytes too', () => {
    expect(compile(new TextEncoder().encode(ADD)).main(Float32Array.of(1), Float32Array.of(2)).data).toEqual(
      Float32Array.of(3),
    );
  });

  it('has its public functions by name, and lists of several results', () => {
    const module = compile(TWO);
    expect(Object.keys(module.functions)).toEqual(['first', 'second']);
    const [negated, same] = module.functions.first!<NdArray[]>(Float32Array.of(1, -2));
    expect([negated!.data, same!.data]).toEqual([Float32Array.of(-1, 2), Float32Array.of(1, -2)]);
    expect(module.functions.second!(Float32Array.of(1, -2)).data).toEqual(Float32Array.of(1, 2));
    expect(module.functions.second!.compiled.signature).toBe('second(f32 [2]) -> f32 [2]');
    expect(() => module.main(Float32Array.of(1, 2))).toThrow("the module has no function 'main'; it has first, second");
    expect(() => module.call('third', [])).toThrow(RuntimeTrap);
    expect(() => module.call('toString', [])).toThrow("the module has no function 'toString'");
  });

  it('is made of one function when one is asked for', () => {
    const module = compile(TWO, { entry: 'second' });
    expect(Object.keys(module.functions)).toEqual(['second']);
    expect(module.main(Float32Array.of(-1, 1)).data).toEqual(Float32Array.of(1, 1));
    expect(Object.keys(compile(TWO, { entry: 'hidden' }).functions)).toEqual(['hidden']);
  });

  it('keeps arrays in its heap, and those of other modules on the same heap', () => {
    const heap = Heap.create({ maximumBytes: 1 << 26 });
    const a = compile(ADD, { heap });
    const b = compile(ADD, { heap });
    const x = a.array(Float32Array.of(1, 2));
    const y = b.main(x, x);
    expect(y.isResident).toBe(true);
    expect(a.main(y, x).data).toEqual(Float32Array.of(3, 6));
    expect(a.heap).toBe(heap);
    expect(() => a.array(Float32Array.of(1, 2), [3])).toThrow('array: f32 [3] has 3 values, got 2');
  });

  it('takes arrays with a shape of their own', () => {
    const module = compile(`func.func @main(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
      %0 = array.transpose %x perm = [1, 0] : tensor<?x?xf32> to tensor<?x?xf32>
      return %0 : tensor<?x?xf32>
    }`);
    const result = module.main(array(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
    expect(result.shape).toEqual([3, 2]);
    expect(result.data).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  });

  it('holds nothing after a thousand calls and after disposal', () => {
    const heap = Heap.create({ maximumBytes: 1 << 26 });
    const module = compile(CHAIN, { heap });
    const x = new Float32Array(100).fill(1);
    const { blocks, liveBytes } = heap.statistics();
    for (let i = 0; i < 1000; i++) module.main(x, x);
    expect(heap.statistics()).toMatchObject({ blocks, liveBytes });
    module.dispose();
    expect(heap.statistics().blocks).toBe(0);
    expect(() => module.main(x, x)).toThrow(new RuntimeTrap('UseAfterFree', 'main: its module was disposed of'));
    expect(heap.statistics().blocks).toBe(0);
  });

  it('may write over arguments that are donated, but not through another argument', () => {
    const module =
      compile(`func.func @main(%x: tensor<2xf32> {budflow.donated}, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
      %0 = array.neg %x : tensor<2xf32>
      %1 = array.add %y, %y : tensor<2xf32>
      return %0, %1 : tensor<2xf32>, tensor<2xf32>
    }`);
    const x = module.array(Float32Array.of(1, 2));
    const results = module.call('main', [x, x]);
    expect(results.map((r) => [...r.data])).toEqual([
      [-1, -2],
      [2, 4],
    ]);
    expect([...x.data]).toEqual([1, 2]);
  });
});

describe('sizes that do not fit', () => {
  it('are named with what needs them', () => {
    const module = compile(ADD, { file: 'add.mlir' });
    expect(() => module.main(new Float32Array(3), new Float32Array(4))).toThrow(
      new RuntimeTrap(
        'ShapeMismatch',
        "main: dimension 0 of argument 1 is 4, but dimension 0 of argument 0 is 3: needed by 'array.add' at add.mlir:2:8",
      ),
    );
  });

  it('are found though no kernel needs them any more', () => {
    const module = compile(`func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
      %0 = array.add %x, %y : tensor<?xf32>
      %1 = array.sub %x, %x : tensor<?xf32>
      return %x : tensor<?xf32>
    }`);
    expect(() => module.main(new Float32Array(3), new Float32Array(4))).toThrow(RuntimeTrap);
  });
});

describe('the report', () => {
  it('counts ops, kernels, loops, bytes and time', () => {
    const { report } = compile(CHAIN, { target: 'wasm32-simd128' });
    expect(report).toMatchObject({
      target: 'wasm32-simd128',
      numerics: 'default',
      opsBefore: 3,
      kernels: 1,
      temporaryBytes: 0,
    });
    expect(report.kernelReports).toHaveLength(1);
    expect(report.kernelReports[0]).toMatchObject({ name: 'main_k0', chunks: 1 });
    expect(report.loopsAfter).toBeGreaterThan(0);
    expect(report.wasmBytes).toBeGreaterThan(100);
    const { parse, passes, backend, load } = report.phasesMs;
    expect(parse + passes + backend + load).toBeCloseTo(report.compileMs, 6);
  });

  it('shows what fusion saves', () => {
    const text = CHAIN.replace('array.add %1, %y', 'array.add %1, %0');
    const fused = compile(text).report;
    expect(fused).toMatchObject({ kernels: 1, temporaryBytes: 0, temporaryBytesUnshared: 0 });
    const spared = [{ fuse: false }, { ablate: ['instruction-fusion'] }, { level: 0 as const }].map(
      (o) => compile(text, o).report,
    );
    for (const report of spared) {
      expect(report.kernels).toBe(3);
      // The arena is cut in cache lines.
      expect(report.temporaryBytes).toBeGreaterThanOrEqual(400);
      expect(report.temporaryBytesUnshared).toBe(report.temporaryBytes);
    }
  });
});

describe('events', () => {
  it('tell of one compilation, of its kernels, and of calls', () => {
    const events = new EventStream();
    const seen: RuntimeEvent[] = [];
    events.listen((event) => seen.push(event));
    const module = compile(ADD, { events, target: 'wasm32-simd128' });
    module.main(Float32Array.of(1), Float32Array.of(2));
    module.main(Float32Array.of(1), Float32Array.of(2));
    expect(seen.map((e) => e.kind)).toEqual(['kernel-compile', 'compile', 'call', 'call']);
    expect(seen[0]).toMatchObject({
      backend: 'wasm',
      target: 'wasm32-simd128',
      kernels: ['main_k0'],
      bytes: module.report.wasmBytes,
    });
    expect(seen[1]).toMatchObject({ functions: ['main'], milliseconds: module.report.compileMs });
  });
});

describe('compile', () => {
  const errors = (text: string, options = {}): CompileError => {
    try {
      compile(text, { file: 'f.mlir', ...options });
    } catch (error) {
      expect(error).toBeInstanceOf(CompileError);
      return error as CompileError;
    }
    throw new Error('compiled');
  };

  it('reports malformed text with its place', () => {
    const { message, diagnostics } = errors('func.func @main(%x: tensor<4xf32>) {\n  return %x :: f32\n}');
    expect(message).toMatch(/^f\.mlir:2:1\d: error: .*\n {2}return %x :: f32\n +\^$/);
    expect(diagnostics[0]!.severity).toBe('error');
  });

  it('reports invalid IR', () => {
    expect(
      errors('func.func @main(%x: tensor<4xf32>) -> tensor<5xf32> {\n  return %x : tensor<4xf32>\n}').message,
    ).toMatch(/f\.mlir:\d+:\d+: error: /);
  });

  it('reports ops that cannot be compiled', () => {
    const { message } = errors(`func.func @main(%x: tensor<4xf32>, %a: i32, %b: i32) -> tensor<4xf32> {
      %1 = arith.trunci %a : i32 to i24
      %2 = arith.trunci %b : i32 to i24
      %0 = arith.cmpi slt, %1, %2 : i24
      cf.assert %0, "a is less"
      return %x : tensor<4xf32>
    }`);
    expect(message).toMatch(/f\.mlir:2:\d+: error: 'arith\.trunci' op has no form in host programs/);
  });

  it('refuses recursion by the cycle of calls', () => {
    const { message } = errors(`func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = func.call @other(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    func.func private @other(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = func.call @main(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }`);
    expect(message).toMatch(
      /f\.mlir:\d+:\d+: error: 'func\.call' op closes a cycle of calls, @(main|other) -> @(main|other) -> @(main|other): /,
    );
  });

  it('says which functions there are', () => {
    expect(errors(TWO, { entry: 'third' }).message).toMatch(
      /has no function @third with a body; it has @first, @second/,
    );
    expect(errors('module {}').message).toMatch(/has no public function with a body to compile/);
  });

  it('refuses targets that the backend does not have', () => {
    expect(errors(ADD, { target: 'wasm32-simd' }).message).toBe(
      "target 'wasm32-simd' is not one of the wasm backend's: wasm32-relaxed-simd, wasm32-simd128; did you mean 'wasm32-simd128'?",
    );
  });

  it('hands on what a crashed pass threw', () => {
    const boom = new Error('boom');
    const broken = definePass({
      name: 'broken',
      summary: 'for the test',
      run: () => {
        throw boom;
      },
    });
    const error = errors(ADD, { passes: [broken], pipeline: { pipeline: ['broken'] } });
    expect(error.message).toMatch(/pass 'broken' crashed: boom/);
    expect(error.cause).toBe(boom);
  });

  it('dumps each stage that changed something', () => {
    const stages: string[] = [];
    compile(ADD, { dump: (stage, text) => stages.push(`${stage} ${text.includes('simd.load')}`) });
    expect(stages[0]).toBe('input false');
    expect(stages.some((s) => s.startsWith('bufferize '))).toBe(true);
    expect(stages.at(-1)).toMatch(/true$/);
    expect(new Set(stages.map((s) => s.split(' ')[0])).has('input')).toBe(true);
  });

  it('refuses a constant whose data is not there', () => {
    const text = `func.func @main() -> tensor<4xf32> {
  %0 = array.constant dense_resource<nowhere> : tensor<4xf32>
  return %0 : tensor<4xf32>
}`;
    const ids = (level: 0 | 3) => {
      try {
        compile(text, { level });
      } catch (error) {
        return (error as CompileError).diagnostics.map((d) => d.id);
      }
      return [];
    };
    expect([ids(0), ids(3)]).toEqual([['runtime.constant'], ['runtime.constant']]);
  });

  it('refuses to leave out a pass that does not exist', () => {
    expect(() => compile(CHAIN, { ablate: ['instruction-fussion'] })).toThrow(
      "ablate: unknown pass 'instruction-fussion', did you mean 'instruction-fusion'?",
    );
  });

  it('skips passes that are ablated, and runs those of the caller', () => {
    const ran: string[] = [];
    const look = definePass({
      name: 'look-at-it',
      summary: 'for the test',
      anchor: 'builtin.module',
      run: (_, pass) => {
        ran.push('look-at-it');
        pass.unchanged();
      },
    });
    const standard = pipelineFor({}, defaultTarget());
    const pipeline = { ...standard, pipeline: ['look-at-it', ...standard.pipeline] };
    const module = compile(CHAIN, { pipeline, passes: [look] });
    expect(ran.splice(0)).toEqual(['look-at-it']);
    expect(module).toBeInstanceOf(CompiledModule);
    compile(CHAIN, { pipeline, passes: [look], ablate: ['look-at-it'] });
    expect(ran).toEqual([]);
  });

  it('chooses the best target of the engine', () => {
    const plain = defaultTarget();
    expect(['wasm32-simd128', 'wasm32-relaxed-simd']).toContain(plain);
    if (enableRelaxedSimd()) expect(defaultTarget()).toBe('wasm32-relaxed-simd');
    expect(compile(ADD).report.target).toBe(defaultTarget());
  });

  it('knows every pass of the default pipelines', () => {
    const registry = createPassRegistry();
    for (const level of [0, 1, 2, 3] as const) {
      for (const item of pipelineFor({ level }, 'wasm32-simd128').pipeline) {
        const name = typeof item === 'string' ? item : 'pass' in item ? item.pass : '';
        expect(registry.get(name), name).toBeDefined();
      }
    }
  });
});
