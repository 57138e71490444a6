// Runs a kernel function both ways: compiled, on a WebAssembly memory, and interpreted.

import { type Artefact, functionType, type Kernel, WORD_SCRATCH } from '@budflow/backend-api';
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import { Allocation, Interpreter, MemRefValue, memrefOver, type RuntimeValue } from '@budflow/interpreter';
import { Context, type MemRefType, type Operation, parseModule, verify } from '@budflow/ir';
import { enableRelaxedSimd } from '@budflow/target/node';
import { probeRelaxedMaddRounding, wasmBackend } from '../../index.js';

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array;

export interface ArrayInput {
  readonly data: NumberArray;
  readonly shape: readonly number[];
  /** In elements; row-major if absent. */
  readonly strides?: readonly number[];
}

export type Input = ArrayInput | number | bigint;

export interface RunOptions {
  readonly target?: 'wasm32-relaxed-simd' | 'wasm32-simd128';
  readonly begin?: number;
  readonly end?: number;
  /** Argument whose array ends with the memory. */
  readonly atEnd?: number;
  readonly debugNames?: boolean;
}

export interface RunResult {
  readonly compiled: NumberArray[];
  readonly interpreted: NumberArray[];
  readonly next: number;
  readonly expectedNext: number;
  readonly artefact: Artefact;
}

export function kernelContext(): Context {
  const context = new Context();
  for (const register of [
    registerCoreDialects,
    registerLoopDialect,
    registerMemoryDialect,
    registerSimdDialect,
    registerRtDialect,
  ])
    register(context);
  return context;
}

/** Parses and verifies text that must be right. */
export function parseKernel(text: string, context = kernelContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    if (module) verify(module);
    return module;
  });
  if (!result || diagnostics.length > 0)
    throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\nin\n${text}`);
  return result;
}

export const relaxedSimd: boolean = enableRelaxedSimd();
export const defaultTarget = relaxedSimd ? 'wasm32-relaxed-simd' : 'wasm32-simd128';

export function compileKernel(text: string, options: RunOptions = {}): Artefact {
  const artefact = wasmBackend.compile(parseKernel(text), {
    target: options.target ?? defaultTarget,
    sharedMemory: false,
    debugNames: options.debugNames ?? false,
  });
  if (!WebAssembly.validate(artefact.bytes)) {
    new WebAssembly.Module(artefact.bytes); // throws with the reason
    throw new Error('the module is not valid');
  }
  return artefact;
}

const FIRST = 4096;
const PAGE = 65536;

function isArray(input: Input): input is ArrayInput {
  return typeof input === 'object';
}

function align(n: number): number {
  return Math.ceil(n / 64) * 64;
}

export interface Placed {
  readonly kernel: Kernel;
  readonly memory: WebAssembly.Memory;
  readonly args: number;
  /** Address of each array argument. */
  readonly addresses: readonly number[];
}

/** Puts arguments into a memory of their own, scratch memory (filled with 0xa5) and argument block before them. */
export function place(artefact: Artefact, phase: number, inputs: readonly Input[], atEnd?: number): Placed {
  const { layout, scratchBytes } = artefact.metadata.phases[phase]!;
  const args = FIRST;
  const scratch = align(args + layout.byteLength);
  let next = align(scratch + scratchBytes);
  const addresses = inputs.map((input, i) => {
    if (!isArray(input)) return 0;
    const address = next;
    if (i !== atEnd) next = align(next + input.data.byteLength);
    return address;
  });
  const last = atEnd === undefined ? 0 : (inputs[atEnd] as ArrayInput).data.byteLength;
  const pages = Math.ceil((next + last) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages });
  if (atEnd !== undefined) addresses[atEnd] = pages * PAGE - last;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5, scratch, scratch + scratchBytes);
  const words = new DataView(memory.buffer, args, layout.byteLength);
  words.setBigUint64(8 * WORD_SCRATCH, BigInt(scratch), true);
  layout.arguments.forEach((argument, i) => {
    const input = inputs[i]!;
    if (argument.kind === 'scalar') {
      const at = argument.word * 8;
      if (argument.type === 'f32') words.setFloat32(at, Number(input), true);
      else if (argument.type === 'f64') words.setFloat64(at, Number(input), true);
      else words.setBigInt64(at, BigInt(input as number | bigint), true);
      return;
    }
    const array = input as ArrayInput;
    bytes.set(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength), addresses[i]!);
    words.setBigUint64(argument.address * 8, BigInt(addresses[i]!), true);
    for (const { dim, word } of argument.strides) words.setBigUint64(word * 8, BigInt(array.strides![dim]!), true);
    for (const { dim, word } of argument.sizes) words.setBigUint64(word * 8, BigInt(array.shape[dim]!), true);
  });
  return { kernel: wasmBackend.load(artefact, { memory, shared: false }), memory, args, addresses };
}

function copyOf(data: NumberArray): NumberArray {
  return data.slice() as NumberArray;
}

/** Compiles the first function of the module and runs it; interprets the same function on copies of the arrays. */
export function runBoth(text: string, inputs: readonly Input[], options: RunOptions = {}): RunResult {
  const begin = options.begin ?? 0;
  const end = options.end ?? 1;
  const artefact = compileKernel(text, options);
  const { kernel, memory, args, addresses } = place(artefact, 0, inputs, options.atEnd);
  const next = kernel.call(0, args, begin, end);
  const compiled: NumberArray[] = [];
  inputs.forEach((input, i) => {
    if (!isArray(input)) return;
    const bytes = memory.buffer.slice(addresses[i]!, addresses[i]! + input.data.byteLength);
    compiled.push(new (input.data.constructor as Float32ArrayConstructor)(bytes) as NumberArray);
  });

  const module = parseKernel(text);
  const func = module.region(0).entry.firstOp!;
  const types = functionType(func)!.inputs;
  const interpreted: NumberArray[] = [];
  const values = inputs.map((input, i): RuntimeValue => {
    if (!isArray(input)) return input;
    const data = copyOf(input.data);
    interpreted.push(data);
    const type = types[i] as MemRefType;
    return input.strides
      ? new MemRefValue(type, data, 0, input.shape, input.strides, new Allocation())
      : memrefOver(type, data, input.shape);
  });
  const relaxedMadd = relaxedSimd ? probeRelaxedMaddRounding() : 'once';
  const interpreter = new Interpreter(module, { relaxedMadd });
  const [expectedNext] = interpreter.call(artefact.metadata.phases[0]!.name, [...values, begin, end]);
  return { compiled, interpreted, next, expectedNext: expectedNext as number, artefact };
}

/** Position of the first element that differs (all NaNs are alike), or -1. */
export function firstDifference(a: NumberArray, b: NumberArray): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/** Runs both ways and throws at the first difference. */
export function expectSame(text: string, inputs: readonly Input[], options: RunOptions = {}): RunResult {
  const result = runBoth(text, inputs, options);
  result.compiled.forEach((array, k) => {
    const expected = result.interpreted[k]!;
    const at = firstDifference(array, expected);
    if (at >= 0) throw new Error(`array ${k}, element ${at}: compiled ${array[at]}, interpreted ${expected[at]}`);
  });
  if (result.next !== result.expectedNext)
    throw new Error(`next chunk: compiled ${result.next}, interpreted ${result.expectedNext}`);
  return result;
}

// ---- data

/** Deterministic numbers, the rare ones (zeros, infinities, NaN) among them. */
export function floats(n: number, seed = 1, special = true): Float32Array {
  return Float32Array.from(doubles(n, seed, special));
}

export function doubles(n: number, seed = 1, special = true): Float64Array {
  const rare = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-42, 3.4e38];
  const next = generator(seed);
  return Float64Array.from({ length: n }, () => {
    const r = next();
    return special && r % 13 === 0 ? rare[r % 7]! : ((r % 20011) - 10005) / 97;
  });
}

export function generator(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

export function integers<T extends Int8Array | Uint8Array | Int16Array | Int32Array>(
  make: (length: number) => T,
  n: number,
  seed = 1,
): T {
  const next = generator(seed);
  const out = make(n);
  for (let i = 0; i < n; i++) out[i] = next();
  return out;
}

export function longs(n: number, seed = 1): BigInt64Array {
  const next = generator(seed);
  const rare = [0n, 1n, -1n, -(2n ** 63n), 2n ** 63n - 1n];
  return BigInt64Array.from({ length: n }, () => {
    const r = next();
    return r % 11 === 0 ? rare[r % 5]! : BigInt.asIntN(64, (BigInt(r) << 32n) | BigInt(next()));
  });
}

export function bools(n: number, seed = 1): Uint8Array {
  const next = generator(seed);
  return Uint8Array.from({ length: n }, () => (next() >>> 3) & 1);
}

export function array(data: NumberArray, shape: readonly number[] = [data.length]): ArrayInput {
  return { data, shape };
}
