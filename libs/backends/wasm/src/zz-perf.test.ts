import { PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { test } from 'vitest';
import { parse, functionNamed } from '../../../transforms/src/testing/kernels.js';
import * as T from '@budflow/transforms';
import { defaultSchedule } from '../../../transforms/src/scheduling/default-schedule.js';
import { wasmBackend } from './index.js';
import { enableRelaxedSimd } from '@budflow/target/node';
import { writeFileSync } from 'node:fs';
enableRelaxedSimd();
function build(text: string) {
  const module = parse(text);
  const registry = new PassRegistry([...Object.values(T).filter((p: any) => p && p.run && p.anchor), defaultSchedule] as any);
  for (const s of 'array-to-loop canonicalize cse default-schedule{target=wasm32-relaxed-simd} canonicalize cse licm scalar-replacement expand-math legalize-vectors canonicalize cse licm chunk-kernel scratch-assignment'.split(' ')) {
    const pipeline = parsePipeline(`builtin.module(${s})`, { registry, diagnostics: module.context.diagnostics });
    const { diagnostics } = module.context.diagnostics.collect(() => new PassManager(pipeline!).run(module));
    for (const d of diagnostics) console.log(s, d.message);
  }
  functionNamed(module, 'main').erase();
  return module;
}
function load(text: string, name: string) {
  const module = build(text);
  const { diagnostics, result } = module.context.diagnostics.collect(() => wasmBackend.compile(module, { target: 'wasm32-relaxed-simd', sharedMemory: true }));
  for (const d of diagnostics) console.log(d.message);
  writeFileSync(`/tmp/${name}.wasm`, (result as any).bytes);
  const memory = new WebAssembly.Memory({ initial: 2000, maximum: 65536, shared: true });
  const k = wasmBackend.load(result as any, { memory, shared: true });
  return { k, memory };
}
function time(f: () => void, n = 30) { for (let i = 0; i < 20; i++) f(); const t: number[] = []; for (let i = 0; i < n; i++) { const s = performance.now(); f(); t.push(performance.now() - s); } t.sort((a, b) => a - b); return `min ${t[0]!.toFixed(4)} med ${t[n >> 1]!.toFixed(4)}`; }
const wrap = (ins: string[], out: string, body: string) => `func.func private @k(${ins.map((t, i) => `%m${i}: memref<${t}>`).join(', ')}, %o: memref<${out}>) attributes {rt.kernel = #rt.kernel<inputs = ${ins.length}, outputs = 1>} {
${ins.map((t, i) => `  %t${i} = memory.to_tensor %m${i} : memref<${t}> to tensor<${t}>`).join('\n')}
  %f = array.fusion(${ins.map((t, i) => `%x${i} = %t${i} : tensor<${t}>`).join(', ')}) -> (tensor<${out}>) {
${body}
    array.yield %r : tensor<${out}>
  }
  memory.materialize %f into %o : tensor<${out}>, memref<${out}>
  return
}
func.func @main(${ins.map((t, i) => `%m${i}: memref<${t}>`).join(', ')}, %o: memref<${out}>) {
  rt.call_kernel @k ins(${ins.map((_, i) => `%m${i}`).join(', ')} : ${ins.map((t) => `memref<${t}>`).join(', ')}) outs(%o : memref<${out}>)
  return
}`;
function args(memory: WebAssembly.Memory, words: number[], at = 1024) { const v = new BigInt64Array(memory.buffer); v[at / 8] = 4096n; v[at / 8 + 1] = 16384n; words.forEach((w, i) => { v[at / 8 + 8 + i] = BigInt(w); }); return at; }
test('perf', () => {
  const MB = 1 << 20;

  const M = 1024;
  const one = (name: string, body: string, out = `?x${M}xf32`) => {
    const { k, memory } = load(wrap([`?x${M}xf32`], out, body), name);
    const a0 = args(memory, [16 * MB, 1024, 24 * MB, 1024], 1024);
    const f32 = new Float32Array(memory.buffer, 16 * MB, 1024 * 1024); for (let i = 0; i < f32.length; i++) f32[i] = Math.sin(i) * 5;
    console.log(name, time(() => k.call(0, a0, 0, 1024), 300));
  };
  one('max', `%low = array.constant dense<0xFF800000> : tensor<f32>
    %r = array.reduce max %x0 init %low dims = [1] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>}  : tensor<?x${M}xf32>, tensor<f32> to tensor<?xf32>`, '?xf32');
  one('sum', `%low = array.constant dense<0.0> : tensor<f32>
    %r = array.reduce add %x0 init %low dims = [1] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>}  : tensor<?x${M}xf32>, tensor<f32> to tensor<?xf32>`, '?xf32');
  one('exp', `%r = array.exp %x0 : tensor<?x${M}xf32>`);
  one('div', `%c = array.constant dense<3.0> : tensor<f32>
  %d = array.broadcast %c dims = [] : tensor<f32> to tensor<1x${M}xf32>
  %e = array.neg %x0 : tensor<?x${M}xf32>
  %r = array.div %x0, %e : tensor<?x${M}xf32>`);
});
