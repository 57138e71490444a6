// Which loops of host functions can be kernels, and why others cannot.
import { ConstantOp } from '@budflow/dialect-core';
import { calledKernel } from '@budflow/dialect-rt';
import {
  DYNAMIC,
  FloatType,
  IndexType,
  IntegerAttr,
  IntegerType,
  MemRefType,
  type Operation,
  type Type,
} from '@budflow/ir';
import { kernelWork } from './cost.js';

const BUFFER_OPS: ReadonlySet<string> = new Set([
  'memory.alloc',
  'memory.copy',
  'memory.dim',
  'memory.reshape',
  'memory.cast',
  'memory.global_constant',
]);

const LOOP_OPS: ReadonlySet<string> = new Set(
  'for while if yield condition apply min max'.split(' ').map((name) => `loop.${name}`),
);

const DIVISIONS: ReadonlySet<string> = new Set(
  'divsi divui ceildivsi ceildivui floordivsi remsi remui'.split(' ').map((name) => `arith.${name}`),
);
const SHIFTS: ReadonlySet<string> = new Set(['arith.shli', 'arith.shrsi', 'arith.shrui']);
/** What a host program stops at with the place of the op, a kernel does not. */
const UNCHECKED: ReadonlySet<string> = new Set([
  'arith.fptosi',
  'arith.fptoui',
  'arith.remf',
  'math.ipowi',
  'math.fpowi',
]);

/** Why a loop cannot be one kernel; undefined when it can. */
export function refusalOf(loop: Operation, maxWork: number): string | undefined {
  let reason: string | undefined;
  loop.walk((op) => {
    reason ??= refusalOfOp(op, maxWork);
  });
  return reason;
}

function refusalOfOp(op: Operation, maxWork: number): string | undefined {
  if (op.name === 'rt.call_kernel') return refusalOfCall(op, maxWork);
  for (const { type } of [...op.operands, ...op.results]) {
    if (type instanceof MemRefType) {
      if (type.shape.includes(DYNAMIC)) return `'${op.name}' has an array of a size known at run time, ${type}`;
    } else if (!isKernelScalar(type)) return `'${op.name}' has a value of type ${type}`;
  }
  if (BUFFER_OPS.has(op.name) || LOOP_OPS.has(op.name)) return undefined;
  if (op.name === 'memory.load') return op.operandCount > 1 ? 'it reads single elements of arrays' : undefined;
  if (op.name === 'memory.store') return op.operandCount > 2 ? 'it writes single elements of arrays' : undefined;
  const isScalarCode = /^(arith|math)\./.test(op.name) && op.resultCount === 1;
  if (!isScalarCode || op.attr('roundingmode') !== undefined) return `'${op.name}' has no place in a kernel`;
  if (op.result(0).type instanceof MemRefType) return `'${op.name}' chooses between arrays`;
  if (UNCHECKED.has(op.name)) return `'${op.name}' may have to stop the program`;
  const by = DIVISIONS.has(op.name) || SHIFTS.has(op.name) ? constantOf(op, 1) : 1n;
  const width = op.result(0).type instanceof IntegerType ? BigInt((op.result(0).type as IntegerType).width) : 64n;
  const isSafe = SHIFTS.has(op.name)
    ? by !== undefined && by >= 0n && by < width
    : by !== undefined && by !== 0n && by !== -1n;
  return isSafe ? undefined : `'${op.name}' may have to stop the program`;
}

function refusalOfCall(op: Operation, maxWork: number): string | undefined {
  const kernel = calledKernel(op);
  if (!kernel) return 'it calls an unknown kernel';
  const work = kernelWork(kernel);
  const name = `@${op.attr('callee')}`.replace(/^@@/, '@');
  if (work === undefined) return `the kernel ${name} has arrays of sizes known at run time`;
  if (work > maxWork)
    return `the kernel ${name} is not small: ${Math.round(work)} operations and bytes, over ${maxWork}`;
  return undefined;
}

/** Types of numbers that kernels take and make. */
function isKernelScalar(type: Type): boolean {
  if (type instanceof IndexType) return true;
  if (type instanceof IntegerType) return type.signedness === 'signless' && [1, 8, 16, 32, 64].includes(type.width);
  return type instanceof FloatType && (type.name === 'f32' || type.name === 'f64');
}

function constantOf(op: Operation, operand: number): bigint | undefined {
  const made = op.operand(operand).definingOp;
  const value = made && ConstantOp.is(made) ? made.attr('value') : undefined;
  if (!(value instanceof IntegerAttr)) return undefined;
  return BigInt.asIntN(value.type instanceof IntegerType ? value.type.width : 64, value.bigint);
}
