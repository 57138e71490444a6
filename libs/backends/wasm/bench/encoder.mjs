// Time to encode a module with one function of about 300 instructions, and to compile it. Run after `npm run build`.
import { ModuleBuilder, Op, ValueType } from '../dist/encoder/index.js';

const { i32, v128 } = ValueType;

/** A 4x8 micro-kernel's loop body, four times unrolled: loads, splats, multiplications, additions. */
function encode(seed) {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { min: 1, max: 65535, shared: true });
  const f = module.function({ name: 'kernel', params: [i32, i32, i32], results: [i32], export: 'kernel' });
  const accumulators = Array.from({ length: 8 }, () => f.local(v128));
  const b = [f.local(v128), f.local(v128)];
  const again = f.loop();
  let count = 1;
  for (let k = 0; k < 4; k++) {
    for (let j = 0; j < 2; j++) {
      f.get(f.param(1));
      f.memory(Op.v128_load, seed + k * 32 + j * 16);
      f.set(b[j]);
      count += 3;
    }
    for (let i = 0; i < 8; i++) {
      f.get(accumulators[i]);
      f.get(f.param(0));
      f.memory(Op.v128_load32_splat, seed + k * 4 + i * 64);
      f.get(b[i & 1]);
      f.emit(Op.f32x4_mul);
      f.emit(Op.f32x4_add);
      f.set(accumulators[i]);
      count += 7;
    }
  }
  for (let i = 0; i < 8; i++) {
    f.get(f.param(2));
    f.get(accumulators[i]);
    f.memory(Op.v128_store, i * 16);
    count += 3;
  }
  f.get(f.param(0));
  f.brIf(again);
  f.end();
  f.i32Const(0);
  return { bytes: module.build(), count: count + 4 };
}

function median(samples) {
  return samples.sort((x, y) => x - y)[samples.length >> 1];
}

const encoding = [];
const compiling = [];
let size = 0;
let instructions = 0;
let first = 0;
for (let i = 0; i < 2000; i++) {
  const t0 = performance.now();
  const { bytes, count } = encode(i * 16);
  const t1 = performance.now();
  if (i === 0) first = t1 - t0;
  encoding.push(t1 - t0);
  if (i % 10 === 0) {
    const t2 = performance.now();
    new WebAssembly.Module(bytes);
    compiling.push(performance.now() - t2);
  }
  size = bytes.length;
  instructions = count;
}
console.log(`${instructions} instructions, ${size} bytes`);
console.log(`encode: first ${first.toFixed(3)} ms, median ${(median(encoding) * 1000).toFixed(1)} us`);
console.log(`compile: median ${(median(compiling) * 1000).toFixed(1)} us`);
