// A dialect for the core's own tests: one op for each thing the core must handle.

import { typeOfAttribute } from '../attribute.js';
import { Builder } from '../builder.js';
import {
  AnyInteger,
  AnyTensor,
  AnyType,
  attr,
  defaultAttr,
  I1,
  Index,
  like,
  memrefOf,
  optional,
  optionalAttr,
  SignlessIntegerOrIndex,
  variadic,
} from '../constraints.js';
import { Context } from '../context.js';
import { defineDialect } from '../define-dialect.js';
import { defineOp } from '../define-op.js';
import { AsmNames, constantName } from '../interfaces.js';
import {
  AttrSizedOperandSegments,
  allTypesMatch,
  ConstantLike,
  GraphRegion,
  IsolatedFromAbove,
  NoTerminator,
  Pure,
  SameOperandsAndResultType,
  SameTypeOperands,
  SingleBlock,
  SymbolTableTrait,
  SymbolTrait,
  Terminator,
  typesMatchWith,
} from '../traits.js';
import type { MemRefType } from '../type.js';

export const ModuleOp = defineOp({
  name: 'builtin.module',
  summary: 'a module',
  attributes: { sym_name: optionalAttr(attr.string) },
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove, SymbolTableTrait, SingleBlock, NoTerminator, GraphRegion],
  interfaces: [AsmNames.implement({ defaultDialect: 'builtin' })],
  assembly: 'attr-dict-with-keyword $body',
});

export const FuncOp = defineOp({
  name: 'test.func',
  summary: 'a function: arguments are those of the entry block',
  attributes: { sym_name: attr.string },
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove, SymbolTrait],
  interfaces: [AsmNames.implement({ defaultDialect: 'test' })],
  assembly: '$sym_name attr-dict-with-keyword $body',
});

export const ReturnOp = defineOp({
  name: 'test.return',
  summary: 'returns',
  operands: { values: variadic(AnyType) },
  traits: [Terminator, Pure],
  assembly: 'attr-dict ($values^ `:` type($values))?',
});

export const ConstantOp = defineOp({
  name: 'test.constant',
  summary: 'a constant',
  attributes: { value: attr.typed },
  results: { result: AnyType },
  traits: [Pure, ConstantLike],
  interfaces: [AsmNames.implement({ resultName: (op) => constantName(op.attr('value')!) })],
  inferTypes: (_, { attributes }) => [typeOfAttribute(attributes.get('value')!)!],
  assembly: 'attr-dict $value',
});

export const AddOp = defineOp({
  name: 'test.add',
  summary: 'lhs + rhs',
  operands: { lhs: like(SignlessIntegerOrIndex), rhs: like(SignlessIntegerOrIndex) },
  results: { result: like(SignlessIntegerOrIndex) },
  attributes: { flags: defaultAttr(attr.enum('none', 'wrap', 'trap'), 'none') },
  traits: [Pure, SameOperandsAndResultType],
  assembly: '$lhs `,` $rhs (`flags` `(` $flags^ `)`)? attr-dict `:` type($result)',
});

export const CompareOp = defineOp({
  name: 'test.cmp',
  summary: 'compares',
  operands: { lhs: AnyInteger, rhs: AnyInteger },
  results: { result: I1 },
  attributes: { predicate: attr.intEnum(['eq', 'ne', 'lt']) },
  traits: [Pure, SameTypeOperands],
  assembly: '$predicate `,` $lhs `,` $rhs attr-dict `:` type($lhs)',
});

export const LoadOp = defineOp({
  name: 'test.load',
  summary: 'loads an element',
  operands: { memref: memrefOf(AnyType), indices: variadic(Index) },
  results: { result: AnyType },
  attributes: { nontemporal: attr.unit },
  traits: [typesMatchWith('memref', 'result', (t) => (t as MemRefType).element)],
  assembly: '$memref `[` $indices `]` (`nontemporal` $nontemporal^)? attr-dict `:` type($memref)',
});

export const SelectOp = defineOp({
  name: 'test.select',
  summary: 'condition ? a : b',
  operands: { condition: I1, a: AnyType, b: AnyType },
  results: { result: AnyType },
  traits: [Pure, allTypesMatch('a', 'b', 'result')],
  assembly: '$condition `,` $a `,` $b attr-dict `:` type($result)',
});

export const BranchOp = defineOp({
  name: 'test.br',
  summary: 'jumps',
  operands: { args: variadic(AnyType) },
  successors: ['dest'],
  traits: [Terminator],
  assembly: '$dest (`(` $args^ `:` type($args) `)`)? attr-dict',
});

export const CondBranchOp = defineOp({
  name: 'test.cond_br',
  summary: 'jumps one of two ways',
  operands: { condition: I1, trueArgs: variadic(AnyType), falseArgs: variadic(AnyType) },
  successors: ['trueDest', 'falseDest'],
  traits: [Terminator, AttrSizedOperandSegments],
  assembly:
    '$condition `,` $trueDest (`(` $trueArgs^ `:` type($trueArgs) `)`)? `,` $falseDest (`(` $falseArgs^ `:` type($falseArgs) `)`)? attr-dict',
});

export const YieldOp = defineOp({
  name: 'test.yield',
  summary: 'ends a region',
  operands: { values: variadic(AnyType) },
  traits: [Terminator, Pure],
  assembly: 'attr-dict ($values^ `:` type($values))?',
});

export const IfOp = defineOp({
  name: 'test.if',
  summary: 'conditional',
  operands: { condition: I1 },
  results: { results: variadic(AnyType) },
  regions: {
    whenTrue: { blocks: 'one', implicitTerminator: 'test.yield' },
    whenFalse: { blocks: 'any', implicitTerminator: 'test.yield' },
  },
  traits: [],
  assembly: '$condition (`->` type($results)^)? $whenTrue (`else` $whenFalse^)? attr-dict-with-keyword',
});

export const RegionOp = defineOp({
  name: 'test.region',
  summary: 'a region that sees everything',
  operands: { inputs: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  regions: { body: { blocks: 'any' } },
  traits: [],
  assembly: '`(` $inputs `)` attr-dict `:` functional-type($inputs, results) $body',
});

export const GraphOp = defineOp({
  name: 'test.graph',
  summary: 'a graph region',
  regions: { body: { blocks: 'one' } },
  traits: [GraphRegion, NoTerminator, SingleBlock],
  assembly: 'attr-dict-with-keyword $body',
});

export const OptionsOp = defineOp({
  name: 'test.options',
  summary: 'every attribute form',
  operands: { input: optional(AnyTensor) },
  attributes: {
    count: attr.i64,
    ratio: optionalAttr(attr.f64),
    exact: attr.bool,
    name: optionalAttr(attr.string),
    callee: optionalAttr(attr.symbol),
    type: optionalAttr(attr.type),
    sizes: optionalAttr(attr.i64Array),
    map: optionalAttr(attr.affineMap),
    mode: optionalAttr(attr.enum('fast', 'slow', 'in-between')),
    inplace: attr.unit,
  },
  traits: [],
  assembly:
    '$count `,` $exact (`ratio` $ratio^)? (`call` $callee^)? ($name^)? (`sizes` `=` $sizes^)? (`map` $map^)? ($mode^)? ($inplace^)? (`as` $type^)? (`of` $input^ `:` type($input))? attr-dict',
});

export const SymbolUserOp = defineOp({
  name: 'test.call',
  summary: 'refers to a symbol',
  attributes: { callee: attr.symbol },
  operands: { args: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  assembly: '$callee `(` $args `)` attr-dict `:` functional-type($args, results)',
});

export const MultiOp = defineOp({
  name: 'test.multi',
  summary: 'several results, two of them named',
  results: { values: variadic(AnyType) },
  interfaces: [AsmNames.implement({ resultName: (_, i) => (i === 0 ? 'first' : i === 2 ? 'rest' : undefined) })],
});

export const testOps = [
  FuncOp,
  ReturnOp,
  ConstantOp,
  AddOp,
  CompareOp,
  LoadOp,
  SelectOp,
  BranchOp,
  CondBranchOp,
  YieldOp,
  IfOp,
  RegionOp,
  GraphOp,
  OptionsOp,
  SymbolUserOp,
  MultiOp,
];

export const TestDialect = defineDialect({ name: 'test', summary: 'ops for the tests of the core', ops: testOps });
export const TestBuiltinDialect = defineDialect({ name: 'builtin', summary: 'a module for tests', ops: [ModuleOp] });

/** A context that knows the test dialect and allows everything else. */
export function testContext(): Context {
  const context = new Context();
  context.allowUnregistered = true;
  context.registerDialect(TestDialect);
  context.registerDialect(TestBuiltinDialect);
  return context;
}

/** An empty module and a builder at its end. */
export function emptyModule(context: Context) {
  const module = ModuleOp.create(new Builder(context), 0, {});
  const block = module.region(0).append();
  return { module, block, builder: Builder.atEnd(context, block) };
}
