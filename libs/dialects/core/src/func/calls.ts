// func.call, func.call_indirect and func.constant.

import { FunctionValue, Interpretable, notInterpretable, type RuntimeValue, type Step } from '@budflow/interpreter';
import {
  AnyFunction,
  AnyType,
  AsmNames,
  attr,
  CallOp as CallInterface,
  ConstantLike,
  defineOp,
  FunctionType,
  lookupSymbol,
  type Operation,
  Pure,
  SymbolRefAttr,
  type Type,
  variadic,
} from '@budflow/ir';
import { FuncOp } from './function.js';

/** The func.func a symbol names, seen from an op; undefined when there is none. */
export function lookupFunction(from: Operation, name: string): Operation | undefined {
  const found = from.parentOp && lookupSymbol(from.parentOp, name);
  return found && FuncOp.is(found) ? found : undefined;
}

function verifySignature(op: Operation, type: FunctionType, operands: readonly Type[]): void {
  if (type.inputs.length !== operands.length) {
    op.emitError(
      'func.call-operands',
      `incorrect number of operands for callee: expected ${type.inputs.length}, got ${operands.length}`,
    );
    return;
  }
  type.inputs.forEach((t, i) => {
    if (operands[i] !== t)
      op.emitError(
        'func.call-operand-type',
        `operand type mismatch: expected operand type ${t}, but provided ${operands[i]} for operand number ${i}`,
      );
  });
  const results = op.resultTypes;
  if (type.results.length !== results.length) {
    op.emitError(
      'func.call-results',
      `incorrect number of results for callee: expected ${type.results.length}, got ${results.length}`,
    );
    return;
  }
  type.results.forEach((t, i) => {
    if (results[i] !== t)
      op.emitError(
        'func.call-result-type',
        `result type mismatch: expected ${t} for result number ${i}, got ${results[i]}`,
      );
  });
}

export const CallOp = defineOp({
  name: 'func.call',
  summary: 'Calls the function a symbol names.',
  description: 'The symbol is a function of the module; operands and results have the types of its signature.',
  example: `func.func private @callee(i32) -> i32
func.func @example(%a: i32) -> i32 {
  %r = call @callee(%a) : (i32) -> i32
  return %r : i32
}`,
  operands: { operands: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  attributes: { callee: attr.symbol },
  interfaces: [
    CallInterface.implement({ callee: (op): string => CallOp.callee(op), arguments: (op) => op.operands }),
    Interpretable.implement({
      compile(op, c): Step {
        const callee = c.callee(op, op.attr('callee') as SymbolRefAttr);
        const from = c.operandSlots(op);
        const to = c.resultSlots(op);
        return (frame) => {
          const v = frame.values;
          const results = callee.invoke(
            frame.machine,
            from.map((s) => v[s]!),
          );
          for (let i = 0; i < to.length; i++) v[to[i]!] = results[i]!;
        };
      },
    }),
  ],
  assembly: {
    plain: { kind: 'call', attribute: 'callee' },
    canPrint: (op) =>
      op.attr('callee') instanceof SymbolRefAttr && op.regions.length === 0 && op.successors.length === 0,
    parse(parser, state) {
      state.attributes.set('callee', parser.context.symbolRef(parser.symbolName()));
      const operands = parser.operandList('paren');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const { inputs, results } = parser.functionType();
      state.operands.push(...parser.resolveAll(operands, inputs));
      state.resultTypes.push(...results);
    },
    print(printer, op) {
      printer.space();
      printer.attribute(op.attr('callee')!);
      printer.text('(');
      printer.values(op.operands);
      printer.text(')');
      printer.attrDict(op, ['callee']);
      printer.text(' : ');
      printer.functionType(
        op.operands.map((v) => v.type),
        op.resultTypes,
      );
    },
  },
  verifyReads: 'symbols',
  verify(op) {
    const name = CallOp.callee(op);
    const target = lookupFunction(op, name);
    // A function that is wrong itself is reported there.
    if (target && !(FuncOp.function_type(target) instanceof FunctionType)) return;
    if (!target) op.emitError('func.unknown-callee', `'${name}' does not reference a valid function`);
    else
      verifySignature(
        op,
        FuncOp.function_type(target),
        op.operands.map((v) => v.type),
      );
  },
});

export const CallIndirectOp = defineOp({
  name: 'func.call_indirect',
  summary: 'Calls a function value.',
  description:
    'The callee is a value of function type, as `func.constant` makes one. A callee that is a constant makes this a `func.call`.',
  example: `func.func @example(%f: (i32) -> i32, %a: i32) -> i32 {
  %r = call_indirect %f(%a) : (i32) -> i32
  return %r : i32
}`,
  operands: { callee: AnyFunction, callee_operands: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  interfaces: [
    CallInterface.implement({ callee: (op) => op.operand(0), arguments: (op) => op.operands.slice(1) }),
    Interpretable.implement({
      compile(op, c) {
        const [target, ...from] = c.operandSlots(op) as [number, ...number[]];
        const to = c.resultSlots(op);
        return (frame) => {
          const v = frame.values;
          const results = c.calleeOf((v[target] as FunctionValue).op).invoke(
            frame.machine,
            from.map((s) => v[s]!),
          );
          for (let i = 0; i < to.length; i++) v[to[i]!] = results[i] as RuntimeValue;
        };
      },
    }),
  ],
  assembly: {
    canPrint: (op) => op.operandCount > 0 && op.operand(0).type instanceof FunctionType,
    parse(parser, state) {
      const callee = parser.operand();
      const operands = parser.operandList('paren');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const { inputs, results } = parser.functionType();
      state.operands.push(
        parser.resolve(callee, parser.context.functionType(inputs, results)),
        ...parser.resolveAll(operands, inputs),
      );
      state.resultTypes.push(...results);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.text('(');
      printer.values(op.operands.slice(1));
      printer.text(')');
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  },
  verify(op) {
    verifySignature(
      op,
      op.operand(0).type as FunctionType,
      op.operands.slice(1).map((v) => v.type),
    );
  },
  patterns: [
    {
      name: 'call-known-function',
      equation: 'call_indirect (constant @f)(x) == call @f(x)',
      root: 'func.call_indirect',
      generates: ['func.call'],
      rewrite(op, rewriter) {
        const constant = op.operand(0).definingOp;
        if (!constant || !FunctionConstantOp.is(constant)) return false;
        const call = CallOp.create(rewriter, op.loc, {
          callee: FunctionConstantOp.value(constant),
          operands: op.operands.slice(1),
          resultTypes: op.resultTypes,
        });
        rewriter.replaceOp(op, call.results);
        return true;
      },
    },
  ],
});

export const FunctionConstantOp = defineOp({
  name: 'func.constant',
  summary: 'A function as a value.',
  description:
    "The symbol's function has the type of the result. It lets a function be passed and called by `func.call_indirect`.",
  example: `func.func private @callee(i32) -> i32
func.func @example() -> ((i32) -> i32) {
  %f = constant @callee : (i32) -> i32
  return %f : (i32) -> i32
}`,
  results: { result: AnyFunction },
  attributes: { value: attr.symbol },
  traits: [Pure, ConstantLike],
  interfaces: [
    AsmNames.implement({ resultName: () => 'f' }),
    Interpretable.implement({
      compile(op, c) {
        const symbol = op.attr('value') as SymbolRefAttr;
        const target = c.lookup(op, symbol);
        if (!target) throw notInterpretable(`${symbol} is not defined`);
        const value = new FunctionValue(target, FuncOp.is(target) ? FuncOp.body(target) : null);
        const r = c.slot(op.result(0));
        return (frame) => {
          frame.values[r] = value;
        };
      },
    }),
  ],
  assembly: {
    canPrint: (op) => op.operandCount === 0 && op.attr('value') instanceof SymbolRefAttr,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      state.attributes.set('value', parser.context.symbolRef(parser.symbolName()));
      parser.punctuation(':');
      state.resultTypes.push(parser.type());
    },
    print(printer, op) {
      printer.attrDict(op, ['value']);
      printer.space();
      printer.attribute(op.attr('value')!);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  },
  verify(op) {
    const name = FunctionConstantOp.value(op);
    const target = lookupFunction(op, name);
    if (!target) op.emitError('func.unknown-function', `reference to undefined function '${name}'`);
    else if (FuncOp.function_type(target) !== op.result(0).type)
      op.emitError(
        'func.constant-type',
        `reference to function of type ${FuncOp.function_type(target)}, but the result has type ${op.result(0).type}`,
      );
  },
  fold: (op) => op.attr('value')!,
});
