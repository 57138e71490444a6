// A small dialect and helpers for the tests: IR is built by hand, so that these tests need no parser.
import {
  AnyType,
  type Attribute,
  attr,
  Block,
  BranchOp,
  Builder,
  Commutative,
  ConstantLike,
  Context,
  defineDialect,
  defineOp,
  definePattern,
  IntegerAttr,
  Involution,
  IsolatedFromAbove,
  NoTerminator,
  Operation,
  Pure,
  Region,
  type RewritePattern,
  Terminator,
  type Value,
  variadic,
} from '@budflow/ir';

export const ConstantOp = defineOp({
  name: 'calc.constant',
  summary: 'an i32 constant',
  attributes: { value: attr.any },
  results: { result: AnyType },
  traits: [Pure, ConstantLike],
});

function asInteger(attr: Attribute | null | undefined): number | null {
  return attr instanceof IntegerAttr ? attr.number : null;
}

/** `x - x == 0` */
export const subSelf: RewritePattern = definePattern({
  name: 'sub-self',
  equation: 'x - x == 0',
  root: 'calc.sub',
  rewrite(op, rewriter) {
    if (op.operand(0) !== op.operand(1)) return false;
    rewriter.replaceOp(op, [constant(rewriter, 0)]);
    return true;
  },
});

export const AddOp = defineOp({
  name: 'calc.add',
  summary: 'sum',
  operands: { lhs: AnyType, rhs: AnyType },
  results: { result: AnyType },
  traits: [Pure, Commutative],
  fold: (op, [lhs, rhs]) => {
    if (asInteger(rhs) === 0) return op.operand(0);
    const a = asInteger(lhs);
    const b = asInteger(rhs);
    return a === null || b === null ? null : op.context.integerAttr(op.context.i32, a + b);
  },
});
export const SubOp = defineOp({
  name: 'calc.sub',
  summary: 'difference',
  operands: { lhs: AnyType, rhs: AnyType },
  results: { result: AnyType },
  traits: [Pure],
  patterns: [subSelf],
});
export const NegOp = defineOp({
  name: 'calc.neg',
  summary: 'negation',
  operands: { x: AnyType },
  results: { result: AnyType },
  traits: [Pure, Involution],
});
export const UseOp = defineOp({
  name: 'calc.use',
  summary: 'keeps values alive',
  operands: { values: variadic(AnyType) },
});
export const ReturnOp = defineOp({
  name: 'calc.return',
  summary: 'ends a block',
  operands: { values: variadic(AnyType) },
  traits: [Pure, Terminator],
});
export const JumpOp = defineOp({
  name: 'calc.jump',
  summary: 'branches',
  operands: { values: variadic(AnyType) },
  successors: ['target'],
  traits: [Pure, Terminator],
  interfaces: [BranchOp.implement({ successorOperands: (op) => ({ start: 0, end: op.operandCount }) })],
});
export const ForkOp = defineOp({
  name: 'calc.fork',
  summary: 'branches one way or the other',
  operands: { condition: AnyType },
  successors: ['yes', 'no'],
  traits: [Pure, Terminator],
});
export const FunctionOp = defineOp({
  name: 'calc.func',
  summary: 'a function',
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove],
});
export const ScopeOp = defineOp({
  name: 'calc.scope',
  summary: 'a region that sees outer values',
  regions: { body: { blocks: 'one' } },
  traits: [NoTerminator],
});

export const calc = defineDialect({
  name: 'calc',
  summary: 'for tests',
  ops: [ConstantOp, AddOp, SubOp, NegOp, UseOp, ReturnOp, JumpOp, ForkOp, FunctionOp, ScopeOp],
  materializeConstant: (builder, loc, value, type) =>
    value instanceof IntegerAttr ? ConstantOp.create(builder, loc, { value, resultTypes: [type] }) : null,
});

export function newContext(): Context {
  const context = new Context();
  context.registerDialect(calc);
  return context;
}

export function constant(builder: Builder, value: number): Value {
  const { context } = builder;
  return ConstantOp.build(builder, 0, { value: context.integerAttr(context.i32, value), resultTypes: [context.i32] });
}

/** A detached calc.func with `arguments` i32 arguments; `fill` builds its entry block. */
export function makeFunction(
  context: Context,
  args: number,
  fill: (builder: Builder, args: Value[]) => void,
): Operation {
  const op = Operation.create(context.opInfo('calc.func'), 0, [], [], context.emptyDictionary, [new Region()]);
  const block = op.region(0).append(new Block());
  for (let i = 0; i < args; i++) block.addArgument(context.i32);
  fill(Builder.atEnd(context, block), block.arguments);
  return op;
}

/** One line for each op: `v1 = add a0 v0`, constants as `v0 = 7`, nested ops indented. */
export function show(root: Operation): string[] {
  const names = new Map<Value, string>();
  const blocks = new Map<Block, string>();
  const lines: string[] = [];
  let values = 0;
  let args = 0;
  const visit = (op: Operation, indent: string) => {
    for (const region of op.regions) {
      region.blocks.forEach((block, i) => {
        if (region.blocks.length > 1) blocks.set(block, `^${i}`);
      });
      region.blocks.forEach((block, i) => {
        for (const argument of block.arguments) names.set(argument, `a${args++}`);
        if (region.blocks.length > 1) lines.push(`${indent}^${i}:`);
        for (let inner = block.firstOp; inner; inner = inner.next) {
          const results = inner.results.map((r) => {
            names.set(r, `v${values}`);
            return `v${values++}`;
          });
          const value = inner.attr('value');
          const what = value instanceof IntegerAttr ? `${value.value}` : inner.name.replace('calc.', '');
          const operands = inner.operands.map((v) => ` ${names.get(v) ?? '?'}`).join('');
          const targets = inner.successors.map((b) => ` ${blocks.get(b)}`).join('');
          lines.push(`${indent}${results.length ? `${results.join(', ')} = ` : ''}${what}${operands}${targets}`);
          visit(inner, `${indent}  `);
        }
      });
    }
  };
  visit(root, '');
  return lines;
}
