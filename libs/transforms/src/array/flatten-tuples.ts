// flatten-tuples: arguments and results that are tuples become one for each element; tuples are gone afterwards.
//
//   func.func @f(%t: tuple<A, B>) -> tuple<B, A> {        func.func @f(%a: A, %b: B) -> (B, A) {
//     %0 = array.get_tuple_element %t[0]                    return %b, %a : B, A
//     ...                                            ->   }
//     return %2 : tuple<B, A> }
//
// Requires nothing; a tuple that an op other than a function, a call, a custom call or a return carries is refused. As XLA
// and IREE flatten tuples at the borders of their programs.
import { CustomCallOp, GetTupleElementOp, TupleOp } from '@budflow/dialect-array';
import { CallOp, FuncOp, ReturnOp } from '@budflow/dialect-core';
import {
  ArrayAttr,
  Builder,
  type Context,
  type FunctionType,
  type Operation,
  TupleType,
  type Type,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const flattenTuples = definePass({
  name: 'flatten-tuples',
  summary: 'make values of their own of the elements of tuples',
  anchor: 'builtin.module',
  dependentDialects: ['array'],
  statistics: { functions: 'functions whose type changed', calls: 'calls changed' },
  run(module, pass) {
    const { functions, calls, changed } = flattenTuplesIn(module);
    pass.statistic('functions', functions);
    pass.statistic('calls', calls);
    if (!changed) pass.unchanged();
  },
});

function leaves(types: readonly Type[]): Type[] {
  return types.flatMap((t) => (t instanceof TupleType ? leaves(t.elements) : [t]));
}

/** The type of a function with the elements of tuples one by one. */
export function flatFunctionType(context: Context, type: FunctionType): FunctionType {
  return context.functionType(leaves(type.inputs), leaves(type.results));
}

/** Does what the pass does; errors are diagnostics on the ops. */
export function flattenTuplesIn(module: Operation): { functions: number; calls: number; changed: boolean } {
  const found: Operation[] = [];
  let tuples = false;
  module.walk((op) => {
    if (FuncOp.is(op)) tuples ||= hasTuple([...FuncOp.function_type(op).inputs, ...FuncOp.function_type(op).results]);
    tuples ||= hasTuple(op.resultTypes);
    if (FuncOp.is(op) || isCall(op) || ReturnOp.is(op)) found.push(op);
  });
  if (!tuples) return { functions: 0, calls: 0, changed: false };
  let [functions, calls] = [0, 0];
  for (const op of found) {
    if (FuncOp.is(op)) functions += flattenFunction(op) ? 1 : 0;
    else if (isCall(op)) calls += flattenCall(op) ? 1 : 0;
    else op.setOperands(elementsOf(Builder.before(op), op, op.operands));
  }
  eraseTuples(module);
  return { functions, calls, changed: true };
}

function isCall(op: Operation): boolean {
  return CallOp.is(op) || CustomCallOp.is(op);
}

function hasTuple(types: readonly Type[]): boolean {
  return types.some((t) => t instanceof TupleType);
}

/** The leaves of values, asked for one by one. */
function elementsOf(builder: Builder, at: Operation, values: readonly Value[]): Value[] {
  return values.flatMap((value) => {
    if (!(value.type instanceof TupleType)) return [value];
    const parts = value.type.elements.map((type, index) =>
      GetTupleElementOp.build(builder, at.loc, { operand: value, index, resultTypes: [type] }),
    );
    return elementsOf(builder, at, parts);
  });
}

/** A value of a type from its leaves, which are taken from the front of the list. */
function assemble(builder: Builder, at: Operation, type: Type, list: Value[]): Value {
  if (!(type instanceof TupleType)) return list.shift()!;
  const elements = type.elements.map((t) => assemble(builder, at, t, list));
  return TupleOp.build(builder, at.loc, { elements });
}

function flattenFunction(func: Operation): boolean {
  const type = FuncOp.function_type(func);
  if (!hasTuple([...type.inputs, ...type.results])) return false;
  const { context } = func;
  const [inputs, results] = [leaves(type.inputs), leaves(type.results)];
  func.setAttr('function_type', context.typeAttr(context.functionType(inputs, results)));
  repeatAttributes(func, 'arg_attrs', type.inputs);
  repeatAttributes(func, 'res_attrs', type.results);
  if (func.region(0).isEmpty) return true;
  const block = func.region(0).entry;
  const builder = block.firstOp ? Builder.before(block.firstOp) : Builder.atEnd(context, block);
  for (let i = block.arguments.length - 1; i >= 0; i--) {
    const old = block.arguments[i]!;
    if (!(old.type instanceof TupleType)) continue;
    const made = leaves([old.type]).map((t, k) => block.insertArgument(i + 1 + k, t));
    old.replaceAllUsesWith(assemble(builder, func, old.type, made));
    block.eraseArgument(i);
  }
  return true;
}

/** Attributes of an argument that was a tuple go to all of its elements. */
function repeatAttributes(func: Operation, name: string, types: readonly Type[]): void {
  const list = func.attr(name);
  if (!(list instanceof ArrayAttr)) return;
  const spread = types.flatMap((t, i) => leaves([t]).map(() => list.elements[i]!));
  func.setAttr(name, func.context.arrayAttr(spread));
}

function flattenCall(call: Operation): boolean {
  const types = call.resultTypes;
  if (!hasTuple([...types, ...call.operands.map((v) => v.type)])) return false;
  const builder = Builder.before(call);
  const made = CustomCallOp.is(call) ? flatCustomCall(builder, call) : flatCall(builder, call);
  const list = made.results.slice();
  call.results.forEach((result, i) => {
    result.replaceAllUsesWith(assemble(builder, call, types[i]!, list));
  });
  call.erase();
  return true;
}

function flatCall(builder: Builder, call: Operation): Operation {
  return CallOp.create(builder, call.loc, {
    callee: CallOp.callee(call),
    operands: elementsOf(builder, call, call.operands),
    resultTypes: leaves(call.resultTypes),
  });
}

/** The function of the host gets the elements one by one. */
function flatCustomCall(builder: Builder, call: Operation): Operation {
  const made = CustomCallOp.create(builder, call.loc, {
    inputs: elementsOf(builder, call, CustomCallOp.inputs(call)),
    sizes: CustomCallOp.sizes(call),
    call_target_name: CustomCallOp.call_target_name(call),
    resultTypes: leaves(call.resultTypes),
  });
  const { names, values } = call.attributes;
  names.forEach((name, i) => {
    if (name !== 'operandSegmentSizes') made.setAttr(name, values[i]!);
  });
  return made;
}

/** Elements for what takes them; what still carries a tuple is named. */
function eraseTuples(module: Operation): void {
  const ops: Operation[] = [];
  module.walk((op) => {
    if (TupleOp.is(op) || GetTupleElementOp.is(op)) ops.push(op);
  });
  for (const op of ops) {
    if (!GetTupleElementOp.is(op)) continue;
    let value: Value = op.result(0);
    for (let at: Operation | null = op; at && GetTupleElementOp.is(at); ) {
      const made: Operation | null = at.operand(0).definingOp;
      if (!made || !TupleOp.is(made)) break;
      value = made.operand(GetTupleElementOp.index(at));
      at = value.definingOp;
    }
    if (value !== op.result(0)) op.result(0).replaceAllUsesWith(value);
  }
  for (const op of ops.reverse()) if (!op.isErased && !op.hasResultUses) op.erase();
  module.walk((op) => {
    const carried = [...op.results, ...op.regions.flatMap((r) => r.blocks.flatMap((b) => b.arguments))];
    const value = carried.find((v) => v.type instanceof TupleType);
    if (value)
      op.emitError(
        'flatten-tuples.value',
        `carries a ${value.type}, which is no value at run time; pass its elements one by one`,
      );
  });
}
