// Kernels from text, run before and after a schedule on the same random data, compared bit for bit.
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import { type ElementStorage, elementAccess, Interpreter, memrefOver, type RuntimeValue } from '@budflow/interpreter';
import {
  Context,
  FloatType,
  FunctionType,
  IndexType,
  IntegerType,
  MemRefType,
  type Operation,
  parseModule,
  printModule,
  type Type,
  TypeAttr,
  verify,
} from '@budflow/ir';
import { applyStep } from '../engine.js';
import type { StepResult } from '../primitive.js';
import type { Step } from '../schedule.js';

export function kernelContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  registerLoopDialect(context);
  registerMemoryDialect(context);
  registerSimdDialect(context);
  registerRtDialect(context);
  return context;
}

/** Parses and verifies a module; throws with the diagnostics when it is not right. */
export function parseKernel(text: string, context: Context = kernelContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(`${diagnostics.map((d) => `${d.id}: ${d.message}`).join('\n')}\nin\n${text}`);
  return result;
}

export function checkVerified(module: Operation): void {
  const { result, diagnostics } = module.context.diagnostics.collect(() => verify(module));
  if (!result) throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\nin\n${printModule(module)}`);
}

export function functionOf(module: Operation): Operation {
  const func = module.region(0).entry.ops.find((op) => op.name === 'func.func');
  if (!func) throw new Error('no function');
  return func;
}

/** Applies steps to the first function; each must be applied and leave verified IR. */
export function schedule(module: Operation, steps: readonly Step[]): void {
  for (const step of steps) {
    const result = applyStep(functionOf(module), step);
    if (!result.ok) throw new Error(`${JSON.stringify(step)} refused: ${result.refused}\n${printModule(module)}`);
    checkVerified(module);
  }
}

/** Applies a step that must be refused; checks that nothing changed. */
export function refusal(module: Operation, step: Step): Extract<StepResult, { ok: false }> {
  const before = printModule(module);
  const result = applyStep(functionOf(module), step);
  if (result.ok) throw new Error(`${JSON.stringify(step)} was applied:\n${printModule(module)}`);
  if (printModule(module) !== before) throw new Error(`a refused step changed the kernel:\n${printModule(module)}`);
  checkVerified(module);
  return result;
}

/** Deterministic pseudo-random numbers in [0, 2^32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Random elements: floats of both signs and many magnitudes, integers of the whole range, index small. */
export function randomStorage(element: Type, count: number, seed: number): ElementStorage {
  const next = generator(seed * 7919 + 17);
  const access = elementAccess(element);
  const storage = access.make(count);
  for (let i = 0; i < count; i++) {
    if (element instanceof FloatType)
      access.store(storage, i, Math.fround((next() / 2 ** 31 - 1) * 2 ** ((next() % 9) - 4)));
    else if (element instanceof IndexType) access.store(storage, i, next() % 5);
    else if (element instanceof IntegerType) {
      const bits = BigInt.asIntN(element.width, (BigInt(next()) << 32n) | BigInt(next()));
      if (element.width === 1) access.store(storage, i, next() & 1);
      else access.store(storage, i, element.width > 32 ? bits : Number(bits));
    }
  }
  return storage;
}

function inputTypes(func: Operation): readonly Type[] {
  const attr = func.attr('function_type');
  return attr instanceof TypeAttr && attr.type instanceof FunctionType ? attr.type.inputs : [];
}

/** Runs the first function on random buffers; the bytes of all buffers afterwards. `sizes` in the order of the `?`s. */
export function run(module: Operation, sizes: readonly number[], seed = 1): Uint8Array[] {
  let next = 0;
  const storages: ElementStorage[] = [];
  const args = inputTypes(functionOf(module)).map((type, i): RuntimeValue => {
    if (!(type instanceof MemRefType))
      return type instanceof IndexType ? sizes[next++]! : type instanceof IntegerType ? 1 : 1.5;
    const shape = type.shape.map((d) => (d < 0 ? sizes[next++]! : d));
    const storage = randomStorage(
      type.element,
      shape.reduce((a, b) => a * b, 1),
      seed + i,
    );
    storages.push(storage);
    return memrefOver(type, storage, shape);
  });
  const name = functionOf(module).attr('sym_name');
  new Interpreter(module).call(name && 'value' in name ? String(name.value) : '', args);
  return storages.map((s) => new Uint8Array(s.buffer, s.byteOffset, s.byteLength));
}

/** The module after the steps, checked to compute the same as before for all given sizes. */
export function checkSchedule(text: string, steps: readonly Step[], sizes: readonly (readonly number[])[]): Operation {
  const before = parseKernel(text);
  const after = parseKernel(text);
  schedule(after, steps);
  for (const size of sizes) {
    const [expected, got] = [run(before, size), run(after, size)];
    expected.forEach((bytes, i) => {
      const at = bytes.findIndex((b, k) => b !== got[i]![k]);
      if (at >= 0)
        throw new Error(`sizes [${size.join(', ')}]: buffer ${i} differs at byte ${at}\n${printModule(after)}`);
    });
  }
  return after;
}

/** Lines of the function's text without indentation. */
export function lines(module: Operation): string[] {
  return functionOf(module)
    .toString()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function upTo(n: number): number[][] {
  return Array.from({ length: n + 1 }, (_, i) => [i]);
}
