// rt.call_kernel: a host program calls a kernel.

import { Interpretable, type MemRefValue, memrefView, RuntimeTrap, type RuntimeValue } from '@budflow/interpreter';
import {
  AnyMemRef,
  AttrSizedOperandSegments,
  anyOf,
  attr,
  CallOp,
  type Context,
  defineOp,
  type Effect,
  FloatType,
  IndexType,
  Inlinable,
  IntegerType,
  lookupSymbol,
  MemoryEffects,
  MemRefType,
  type Operation,
  type SymbolRefAttr,
  type Type,
  typeConstraint,
  variadic,
} from '@budflow/ir';
import {
  chunkCount,
  dynamicSizesOf,
  interleavedParts,
  isChunked,
  isKernel,
  kernelArgumentTypes,
  kernelInfo,
} from './kernel.js';

const Scalar = typeConstraint(
  'scalar',
  (t) => t instanceof IntegerType || t instanceof IndexType || t instanceof FloatType,
);

export const CallKernelOp = defineOp({
  name: 'rt.call_kernel',
  summary: 'runs a kernel on buffers',
  description: `Runs all chunks of a kernel. Operands are the arguments of the kernel in the order of its ABI: first the inputs, which are read,
then the outputs, which are written (and may be read). The chunk range of the kernel is not passed: the call covers it.
A buffer of complex numbers may stand for one of pairs, and the other way round: memref<..xcomplex<f32>> for memref<..x2xf32>.`,
  example: `func.func private @scale(%in: memref<?xf32>, %out: memref<?xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  return
}
func.func @main(%a: memref<?xf32>, %b: memref<?xf32>) {
  rt.call_kernel @scale ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
  return
}`,
  operands: { inputs: variadic(anyOf(AnyMemRef, Scalar)), outputs: variadic(AnyMemRef) },
  attributes: { callee: attr.symbol },
  traits: [AttrSizedOperandSegments],
  interfaces: [
    CallOp.implement({ callee: (op): string => CallKernelOp.callee(op), arguments: (op) => op.operands }),
    Inlinable.implement({ callRefusal: () => 'a kernel runs by itself, in chunks' }),
    MemoryEffects.implement({
      effects(op) {
        const effects: Effect[] = [];
        for (const value of CallKernelOp.inputs(op))
          if (value.type instanceof MemRefType) effects.push({ kind: 'read', value });
        for (const value of CallKernelOp.outputs(op)) effects.push({ kind: 'read', value }, { kind: 'write', value });
        return effects;
      },
    }),
    Interpretable.implement({
      compile(op, c) {
        const symbol = op.attr('callee') as SymbolRefAttr;
        const target = c.lookup(op, symbol);
        const callee = c.callee(op, symbol);
        const slots = c.operandSlots(op);
        const pairs = op.operands.map((v, i) => {
          const taken = target ? kernelArgumentTypes(target)[i] : undefined;
          if (taken === undefined || !isSameMemory(op.context, v.type, taken)) return undefined;
          return taken as MemRefType;
        });
        const argumentsFrom = (values: readonly RuntimeValue[]): RuntimeValue[] =>
          slots.map((s, i) => {
            const type = pairs[i];
            const value = values[s]!;
            return type ? pairsAs(value as MemRefValue, type) : value;
          });
        if (!target || !isChunked(target)) {
          return ({ values, machine }) => {
            callee.invoke(machine, argumentsFrom(values));
          };
        }
        const sizes = dynamicSizesOf(kernelArgumentTypes(target));
        return ({ values, machine }) => {
          const args = argumentsFrom(values);
          const chunks = chunkCount(
            target,
            sizes.map(({ argument, dim }) => (args[argument] as MemRefValue).sizes[dim]!),
          );
          if (chunks === undefined)
            throw new RuntimeTrap('NotInterpretable', `calls ${symbol}, which takes chunks but does not say how many`);
          runChunks((begin, end) => callee.invoke(machine, [...args, begin, end]), chunks);
        };
      },
    }),
  ],
  assembly:
    '$callee (`ins` `(` $inputs^ `:` type($inputs) `)`)? (`outs` `(` $outputs^ `:` type($outputs) `)`)? attr-dict',
  verify: verifyCallee,
});

/** A buffer of complex numbers as one of pairs, or the other way round. */
function pairsAs(value: MemRefValue, type: MemRefType): MemRefValue {
  const { sizes } = value;
  return memrefView(value, 0, type, type.rank > sizes.length ? [...sizes, 2] : sizes.slice(0, -1));
}

/** A kernel returns the first chunk it has not done: goes on there until none is left. */
function runChunks(run: (begin: number, end: number) => RuntimeValue[], chunks: number): void {
  for (let begin = 0; begin < chunks; ) {
    const next = run(begin, chunks)[0] as number;
    if (!(next > begin && next <= chunks))
      throw new RuntimeTrap('CheckFailed', `kernel returned ${next} as the next chunk of ${begin} to ${chunks}`);
    begin = next;
  }
}

/** Complex numbers on one side, pairs on the other: either side may know already that they are the same. */
function isSameMemory(context: Context, a: Type, b: Type): boolean {
  return interleavedParts(context, a) === b || interleavedParts(context, b) === a;
}

function verifyCallee(op: Operation): void {
  const name = CallKernelOp.callee(op);
  const func = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
  if (func === null) {
    op.emitError('rt.callee-unknown', `calls @${name}, which is not defined`);
    return;
  }
  const info = kernelInfo(func);
  if (info === undefined) {
    op.emitError(
      'rt.callee-no-kernel',
      `calls @${name}, which is not a kernel: it lacks 'rt.kernel = #rt.kernel<inputs = .., outputs = ..>'`,
    ).note('defined here', func.loc);
    return;
  }
  const inputs = CallKernelOp.inputs(op).length;
  const outputs = CallKernelOp.outputs(op).length;
  if (inputs !== info.inputs || outputs !== info.outputs) {
    op.emitError(
      'rt.callee-counts',
      `passes ${inputs} inputs and ${outputs} outputs to @${name}, which takes ${info.inputs} and ${info.outputs}`,
    ).note('defined here', func.loc);
    return;
  }
  const types = kernelArgumentTypes(func);
  for (let i = 0; i < op.operandCount; i++) {
    const given = op.operand(i).type;
    if (given === types[i] || isSameMemory(op.context, given, types[i]!)) continue;
    const what = i < inputs ? `input ${i}` : `output ${i - inputs}`;
    op.emitError('rt.callee-type', `passes ${op.operand(i).type} as ${what} of @${name}, which takes ${types[i]}`).note(
      'defined here',
      func.loc,
    );
    return;
  }
}

/** The kernel a call runs; null when it is not defined or no kernel. */
export function calledKernel(op: Operation): Operation | null {
  const func = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
  return func !== null && isKernel(func) ? func : null;
}
