// Functions of sizes that are not known are inlined where they are called: there the sizes that they are given as numbers
// are those of arrays, or constants.
//
//   func.func @main(%x: tensor<?xf32>) {                          func.func @main(%x: tensor<?xf32>) {
//     %n = get_dimension_size %x, dim = 0                            %n = get_dimension_size %x, dim = 0
//     %r = call @f(%n, %x)                                   ->      %r = dynamic_broadcast_in_dim .. %n ..
//   }
//   func.func private @f(%n: tensor<i32>, %x: tensor<?xf32>) {
//     dynamic_broadcast_in_dim .. %n .. }
//
// So JAX exports functions of symbolic shapes. Functions that are not called any more are erased.
import { CallOp, FuncOp } from '@budflow/dialect-core';
import {
  DYNAMIC,
  IntegerType,
  lookupSymbol,
  type Operation,
  type SymbolRefAttr,
  symbolName,
  symbolVisibility,
  TensorType,
  type Type,
} from '@budflow/ir';
import { callableRefusal, callRefusal, inlineCall } from '../general/inlining/inline-call.js';

export function inlineFunctionsOfSizes(module: Operation): void {
  const functions = module.region(0).entry.ops.filter((op) => FuncOp.is(op));
  if (!functions.some(hasOpenSizes)) return;
  const open = new Set(
    functions.filter((op) => symbolVisibility(op) === 'private' && (hasOpenSizes(op) || isArithmeticOfSizes(op))),
  );
  const callees = new Map([...open].map((func) => [func, callsIn(func, open)] as const));
  // Innermost first; what calls itself stays, and is refused where its sizes are not known.
  const done = new Set<Operation>();
  const visit = (func: Operation, path: readonly Operation[]): void => {
    if (done.has(func) || path.includes(func)) return;
    for (const { callee } of callees.get(func) ?? []) visit(callee, [...path, func]);
    done.add(func);
    inlineIn(func, open);
  };
  for (const func of open) visit(func, []);
  for (const op of module.region(0).entry.ops) if (FuncOp.is(op) && !open.has(op)) inlineIn(op, open);
  const called = new Set<string>();
  module.walk((op) => {
    for (const value of op.attributes.values) if (isSymbolRef(value)) called.add(value.root);
  });
  for (const func of open) if (!called.has(symbolName(func)!)) func.erase();
}

function isSymbolRef(value: object): value is SymbolRefAttr {
  return 'root' in value && 'nested' in value;
}

function inlineIn(func: Operation, open: ReadonlySet<Operation>): void {
  for (const { call, callee } of callsIn(func, open)) {
    if (callee === func || callableRefusal(callee) !== null || callRefusal(call, callee) !== null) continue;
    inlineCall(call, callee);
  }
}

function callsIn(func: Operation, open: ReadonlySet<Operation>): { call: Operation; callee: Operation }[] {
  const found: { call: Operation; callee: Operation }[] = [];
  func.walk((op) => {
    if (!CallOp.is(op)) return;
    const callee = lookupSymbol(op, CallOp.callee(op));
    if (callee !== null && open.has(callee)) found.push({ call: op, callee });
  });
  return found;
}

/** Whether a function computes with single integers, as floor_divide does: with sizes, where those are not known. */
function isArithmeticOfSizes(func: Operation): boolean {
  const { inputs, results } = FuncOp.function_type(func);
  return [...inputs, ...results].every(
    (type) => type instanceof TensorType && type.rank === 0 && type.element instanceof IntegerType,
  );
}

/** Whether a function has arrays of unknown sizes. */
function hasOpenSizes(func: Operation): boolean {
  const isOpen = (type: Type) => type instanceof TensorType && type.shape.includes(DYNAMIC);
  let has = false;
  func.walk((op) => {
    has ||= op.results.some(({ type }) => isOpen(type)) || op.operands.some(({ type }) => isOpen(type));
  });
  return has;
}
