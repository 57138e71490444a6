// The machines known without looking. Numbers of generic targets are those of a typical processor; `detectHost` in
// `@budflow/target/node` replaces what it can by what it finds.

import type { EngineGeneration } from './engine.js';
import { DEFAULT_PARALLEL, type EngineFacts, type Target } from './target.js';

const REFERENCE = 'measured on the reference machine (Zen 4 at 3.6 GHz)';
const WASM_FEATURES = ['simd128', 'sign-ext', 'nontrapping-fptoint', 'bulk-memory', 'mutable-globals', 'atomics'];

/** Caches of a typical desktop or server of the last years, on the small side. */
const TYPICAL_CACHES = [
  { level: 1, bytes: 32 * 1024, lineBytes: 64, associativity: 8 },
  { level: 2, bytes: 512 * 1024, lineBytes: 64, associativity: 8 },
  { level: 3, bytes: 8 * 1024 * 1024, lineBytes: 64, associativity: 16 },
];

const V8: EngineFacts = {
  name: 'v8',
  maxLiveVectors: 15,
  microKernels: [
    { mr: 6, nr: 8 },
    { mr: 4, nr: 8 },
  ],
  sumAccumulators: 4,
  elementwiseUnroll: 4,
};

/**
 * Facts of the engine by generation, with where they come from. In each of them 6x8 multiply-adds keep 15 vectors alive and
 * are fastest; unrolled over k they spill. So far the numbers are the same; the accumulators of sums must be, since results
 * in `default` numerics depend on them.
 */
export const V8_GENERATIONS: Readonly<
  Record<EngineGeneration, { readonly facts: EngineFacts; readonly source: string }>
> = {
  11: { facts: V8, source: `${REFERENCE}: V8 11.3, 6x8 at 56 GFLOP/s, 41 unrolled twice over k` },
  12: { facts: V8, source: `${REFERENCE}: V8 12.4, 6x8 at 55 GFLOP/s, 41 unrolled twice over k` },
  13: { facts: V8, source: `${REFERENCE}: V8 13.6, 6x8 at 56 GFLOP/s, 41 unrolled twice over k` },
};

const WASM_SOURCES = {
  '/vectorBits': 'WebAssembly SIMD',
  '/vectorRegisters': 'x86-64 without AVX-512; V8 uses the VEX encoding of the 16 XMM registers',
  '/caches': 'estimate: a typical processor, on the small side',
  '/latency': "LLVM's scheduling model of Zen 4, 128-bit operations",
  '/throughput': "LLVM's scheduling model of Zen 4, 128-bit operations",
  '/throughput/fma': `${REFERENCE}: peak of a micro-kernel, 51 GFLOP/s with relaxed_madd, 45 with mul and add`,
  '/frequencyHint': REFERENCE,
  '/bandwidth/caches/0': `${REFERENCE}: copy in cache, 90-112 GB/s`,
  '/bandwidth/caches': 'estimate: half of the first level, and of the second',
  '/bandwidth/dram': `${REFERENCE}: copy, 22 GB/s`,
  '/maxPrefetchStreams': 'estimate',
  '/engine': `${REFERENCE}: V8 11.3; best or near best in V8 13.6`,
  '/engine/maxLiveVectors': `${REFERENCE}: V8 11.3 keeps one of 16 registers for itself`,
  '/engine/microKernels': `${REFERENCE}: V8 11.3, 12.4 and 13.6 at 53-55 GFLOP/s with 6x8 where multiply-adds are one instruction; 4x8 otherwise`,
  '/dispatchCostNs': `${REFERENCE}: polymorphic call from JavaScript`,
  '/parallel': `${REFERENCE}: two threads of Node, even at 2 and 50 microseconds, with room for what they share`,
};

const WASM_SIMD128: Target = {
  name: 'wasm32-simd128',
  triple: 'wasm32-unknown-unknown',
  features: WASM_FEATURES,
  vectorBits: 128,
  vectorRegisters: 16,
  caches: TYPICAL_CACHES,
  latency: { fma: 6, add: 3, mul: 3, div: 11, sqrt: 15, load: 8, store: 1 },
  throughput: { fma: 1.56, add: 2, mul: 2, div: 1 / 3, sqrt: 1 / 5, load: 2, store: 1 },
  frequencyHint: 3.6,
  bandwidth: { caches: [28, 14, 7], dram: 6.1 },
  fma: 'none',
  maxPrefetchStreams: 16,
  engine: V8,
  dispatchCostNs: 11,
  parallel: DEFAULT_PARALLEL,
  sources: WASM_SOURCES,
};

const WASM_RELAXED_SIMD: Target = {
  ...WASM_SIMD128,
  name: 'wasm32-relaxed-simd',
  features: [...WASM_FEATURES, 'relaxed-simd'],
  latency: { ...WASM_SIMD128.latency, fma: 4 },
  throughput: { ...WASM_SIMD128.throughput, fma: 1.77 },
  fma: 'relaxed',
};

const X86_64_V2_FEATURES = ['cx16', 'popcnt', 'sahf', 'sse3', 'sse4.1', 'sse4.2', 'ssse3'];
const X86_64_V3_FEATURES = [
  ...X86_64_V2_FEATURES,
  'avx',
  'avx2',
  'bmi',
  'bmi2',
  'f16c',
  'fma',
  'lzcnt',
  'movbe',
  'xsave',
];
const X86_64_V4_FEATURES = [...X86_64_V3_FEATURES, 'avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl'];
const NATIVE_DISPATCH = `${REFERENCE}: call through koffi with one argument block, 27-29 ns`;
const SUM_ACCUMULATORS = 'estimate: latency times throughput of an addition, rounded up to a power of two';

const X86_64_V2: Target = {
  name: 'x86-64-v2',
  triple: 'x86_64-unknown-linux-gnu',
  cpu: 'x86-64-v2',
  features: X86_64_V2_FEATURES,
  vectorBits: 128,
  vectorRegisters: 16,
  caches: [
    { level: 1, bytes: 32 * 1024, lineBytes: 64, associativity: 8 },
    { level: 2, bytes: 256 * 1024, lineBytes: 64, associativity: 8 },
    { level: 3, bytes: 8 * 1024 * 1024, lineBytes: 64, associativity: 16 },
  ],
  latency: { fma: 8, add: 3, mul: 5, div: 14, sqrt: 14, load: 6, store: 1 },
  throughput: { fma: 1, add: 1, mul: 1, div: 1 / 14, sqrt: 1 / 14, load: 2, store: 1 },
  frequencyHint: 3,
  bandwidth: { caches: [32, 16, 8], dram: 4 },
  fma: 'none',
  maxPrefetchStreams: 16,
  engine: {
    name: 'llvm',
    maxLiveVectors: 15,
    microKernels: [{ mr: 4, nr: 8 }],
    sumAccumulators: 4,
    elementwiseUnroll: 4,
  },
  dispatchCostNs: 28,
  sources: {
    '/vectorBits': 'SSE',
    '/vectorRegisters': 'SSE',
    '/caches': 'Sandy Bridge',
    '/latency': "LLVM's scheduling model of Sandy Bridge",
    '/throughput': "LLVM's scheduling model of Sandy Bridge",
    '/frequencyHint': 'estimate',
    '/bandwidth': 'estimate: ports of Sandy Bridge, halved with each level',
    '/maxPrefetchStreams': 'estimate',
    '/engine': 'estimate: the shape that is best in 128-bit WebAssembly',
    '/engine/maxLiveVectors': 'all registers but one for an address or a broadcast',
    '/engine/sumAccumulators': SUM_ACCUMULATORS,
    '/dispatchCostNs': NATIVE_DISPATCH,
  },
};

const X86_64_V3: Target = {
  name: 'x86-64-v3',
  triple: 'x86_64-unknown-linux-gnu',
  cpu: 'x86-64-v3',
  features: X86_64_V3_FEATURES,
  vectorBits: 256,
  vectorRegisters: 16,
  caches: TYPICAL_CACHES,
  latency: { fma: 5, add: 3, mul: 5, div: 21, sqrt: 21, load: 7, store: 1 },
  throughput: { fma: 2, add: 1, mul: 2, div: 1 / 14, sqrt: 1 / 14, load: 2, store: 1 },
  frequencyHint: 3.2,
  bandwidth: { caches: [64, 24, 12], dram: 6 },
  fma: 'exact',
  maxPrefetchStreams: 16,
  engine: {
    name: 'llvm',
    maxLiveVectors: 15,
    microKernels: [{ mr: 6, nr: 16 }],
    sumAccumulators: 4,
    elementwiseUnroll: 4,
  },
  dispatchCostNs: 28,
  sources: {
    '/vectorBits': 'AVX2',
    '/vectorRegisters': 'AVX2',
    '/caches': 'estimate: a typical processor, on the small side',
    '/latency': "LLVM's scheduling model of Haswell",
    '/throughput': "LLVM's scheduling model of Haswell",
    '/frequencyHint': 'estimate',
    '/bandwidth': `estimate between Haswell's ports and ${REFERENCE}`,
    '/maxPrefetchStreams': 'estimate',
    '/engine': `${REFERENCE}: 6x16 AVX2 micro-kernel, 61-88 GFLOP/s`,
    '/engine/maxLiveVectors': 'all registers but one for an address or a broadcast',
    '/engine/sumAccumulators': SUM_ACCUMULATORS,
    '/dispatchCostNs': NATIVE_DISPATCH,
  },
};

const X86_64_V4: Target = {
  name: 'x86-64-v4',
  triple: 'x86_64-unknown-linux-gnu',
  cpu: 'x86-64-v4',
  features: X86_64_V4_FEATURES,
  vectorBits: 512,
  vectorRegisters: 32,
  caches: [
    { level: 1, bytes: 32 * 1024, lineBytes: 64, associativity: 8 },
    { level: 2, bytes: 1024 * 1024, lineBytes: 64, associativity: 8 },
    { level: 3, bytes: 32 * 1024 * 1024, lineBytes: 64, associativity: 16 },
  ],
  latency: { fma: 4, add: 3, mul: 3, div: 11, sqrt: 15, load: 8, store: 1 },
  throughput: { fma: 1, add: 1, mul: 1, div: 1 / 6, sqrt: 1 / 10, load: 1, store: 0.5 },
  frequencyHint: 3.6,
  bandwidth: { caches: [69, 24, 19], dram: 6.4 },
  fma: 'exact',
  maxPrefetchStreams: 16,
  engine: {
    name: 'llvm',
    maxLiveVectors: 31,
    microKernels: [
      { mr: 14, nr: 32 },
      { mr: 8, nr: 32 },
    ],
    sumAccumulators: 4,
    elementwiseUnroll: 4,
  },
  dispatchCostNs: 28,
  sources: {
    '/vectorBits': 'AVX-512',
    '/vectorRegisters': 'AVX-512',
    '/caches': 'Zen 4, the reference machine',
    '/latency': "LLVM's scheduling model of Zen 4, 512-bit operations",
    '/throughput': "LLVM's scheduling model of Zen 4, 512-bit operations (two halves)",
    '/frequencyHint': REFERENCE,
    '/bandwidth': `${REFERENCE}: triad, 225-271, 84-92, 67-73 and 20-26 GB/s`,
    '/maxPrefetchStreams': 'estimate',
    '/engine': `${REFERENCE}: 14x32 at 102-108 GFLOP/s, 8x32 at 94-102`,
    '/engine/maxLiveVectors': 'all registers but one for an address or a broadcast',
    '/engine/sumAccumulators': SUM_ACCUMULATORS,
    '/engine/elementwiseUnroll': 'estimate: as in WebAssembly',
    '/dispatchCostNs': NATIVE_DISPATCH,
  },
};

const AARCH64_NEON: Target = {
  name: 'aarch64-neon',
  triple: 'aarch64-unknown-linux-gnu',
  cpu: 'generic',
  features: ['fp-armv8', 'neon'],
  vectorBits: 128,
  vectorRegisters: 32,
  caches: [
    { level: 1, bytes: 64 * 1024, lineBytes: 64, associativity: 4 },
    { level: 2, bytes: 1024 * 1024, lineBytes: 64, associativity: 8 },
    { level: 3, bytes: 32 * 1024 * 1024, lineBytes: 64, associativity: 16 },
  ],
  latency: { fma: 4, add: 2, mul: 3, div: 10, sqrt: 10, load: 5, store: 2 },
  throughput: { fma: 2, add: 2, mul: 2, div: 1 / 7, sqrt: 1 / 7, load: 2, store: 1 },
  frequencyHint: 2.6,
  bandwidth: { caches: [32, 20, 10], dram: 6 },
  fma: 'exact',
  maxPrefetchStreams: 16,
  engine: {
    name: 'llvm',
    maxLiveVectors: 31,
    microKernels: [{ mr: 8, nr: 12 }],
    sumAccumulators: 4,
    elementwiseUnroll: 4,
  },
  dispatchCostNs: 28,
  sources: {
    '/vectorBits': 'Advanced SIMD',
    '/vectorRegisters': 'Advanced SIMD',
    '/caches': 'Neoverse N1, system cache of a typical server',
    '/latency': "LLVM's scheduling model of Neoverse N1",
    '/throughput': "LLVM's scheduling model of Neoverse N1; stores: one 128-bit store a cycle",
    '/frequencyHint': 'estimate',
    '/bandwidth': 'estimate: ports of Neoverse N1, and typical servers',
    '/maxPrefetchStreams': 'estimate',
    '/engine': 'estimate: 8x12 fills 24 accumulators, as hand-written kernels for these processors do',
    '/engine/maxLiveVectors': 'all registers but one for a broadcast',
    '/engine/sumAccumulators': SUM_ACCUMULATORS,
    '/dispatchCostNs': 'estimate: as on x86-64',
  },
};

/** The built-in machine descriptions. */
export const BUILT_IN_TARGETS: readonly Target[] = [
  WASM_SIMD128,
  WASM_RELAXED_SIMD,
  X86_64_V2,
  X86_64_V3,
  X86_64_V4,
  AARCH64_NEON,
];
