// The ops that make constraints: is, base, parametric, any, any_of, all_of, c_pred, and region.
import {
  type AsmPrinter,
  attr,
  defineOp,
  type Operation,
  optionalAttr,
  Pure,
  StringAttr,
  SymbolRefAttr,
  UnitAttr,
  variadic,
} from '@budflow/ir';
import { ATTRIBUTES_EXAMPLE, CMATH_EXAMPLE, REGIONS_EXAMPLE } from './examples.js';
import { requireParent } from './lists.js';
import { definitionOf } from './names.js';
import { ConstraintHandle, constraintType, RegionHandle, regionType } from './types.js';

const PARENTS = ['irdl.type', 'irdl.attribute', 'irdl.operation'] as const;
const output = { output: ConstraintHandle };

function verifyReference(op: Operation, ref: SymbolRefAttr): void {
  const found = definitionOf(op, ref);
  if (!found) op.emitError('irdl.unknown-symbol', `symbol '${ref}' not found`);
  else if (found.name !== 'irdl.type' && found.name !== 'irdl.attribute')
    op.emitError('irdl.not-a-definition', `symbol '${ref}' does not refer to a type or attribute definition`).note(
      'it refers to this',
      found.loc,
    );
}

export const IsOp = defineOp({
  name: 'irdl.is',
  summary: 'One attribute or type only.',
  description: 'The attribute or type is compared as a whole.',
  example: CMATH_EXAMPLE,

  results: output,
  attributes: { expected: attr.any },
  traits: [Pure],
  assembly: {
    parse(parser, state) {
      state.attributes.set('expected', parser.attribute());
      parser.optionalAttrDict(state.attributes);
      state.resultTypes.push(constraintType(parser.context));
    },
    print(printer, op) {
      printer.space();
      printer.attribute(op.attr('expected')!);
      printer.attrDict(op, ['expected']);
    },
  },
  verify: (op) => requireParent(op, ...PARENTS),
});

export const BaseOp = defineOp({
  name: 'irdl.base',
  summary: 'Any attribute or type of one kind: defined in IRDL (`@complex`), or by name (`"!builtin.integer"`).',
  description:
    'A name begins with `!` for types and `#` for attributes; those of MLIR itself are in the dialect `builtin`.',
  example: ATTRIBUTES_EXAMPLE,

  results: output,
  attributes: { base_ref: optionalAttr(attr.any), base_name: optionalAttr(attr.string) },
  assembly: {
    parse(parser, state) {
      const { context } = parser;
      const name = parser.optionalString();
      if (name !== undefined) state.attributes.set('base_name', context.stringAttr(name));
      else {
        const at = parser.offset();
        const ref = parser.optionalAttribute();
        if (ref && !(ref instanceof SymbolRefAttr)) parser.error(`expected a symbol or a string, got ${ref}`, at);
        if (ref) state.attributes.set('base_ref', ref);
      }
      parser.optionalAttrDict(state.attributes);
      state.resultTypes.push(constraintType(context));
    },
    print(printer, op) {
      for (const name of ['base_ref', 'base_name']) {
        const given = op.attr(name);
        if (!given) continue;
        printer.space();
        printer.attribute(given);
      }
      printer.attrDict(op, ['base_ref', 'base_name']);
    },
    canPrint: (op) => (op.attr('base_ref') === undefined) !== (op.attr('base_name') === undefined),
  },
  verify(op) {
    requireParent(op, ...PARENTS);
    const ref = op.attr('base_ref');
    const name = op.attr('base_name');
    if ((ref === undefined) === (name === undefined)) {
      op.emitError(
        'irdl.base',
        'the base type or attribute should be specified by either a name (`"!builtin.integer"`) or a reference (`@name`)',
      );
      return;
    }
    if (name instanceof StringAttr && !/^[!#]./.test(name.value))
      op.emitError(
        'irdl.base-name',
        `the base type or attribute name should start with '!' or '#', got "${name.value}"`,
      );
    if (ref instanceof SymbolRefAttr) verifyReference(op, ref);
    else if (ref) op.emitError('irdl.base', `expected a symbol, got ${ref}`);
  },
});

export const ParametricOp = defineOp({
  name: 'irdl.parametric',
  summary: 'An attribute or type defined in IRDL, with constraints on its parameters.',
  description: 'The attribute or type is a reference, looked for in the dialect and then around it.',
  example: CMATH_EXAMPLE,

  operands: { args: variadic(ConstraintHandle) },
  results: output,
  attributes: { base_type: attr.any },
  traits: [Pure],
  assembly: {
    canPrint: (op) => op.attr('base_type') instanceof SymbolRefAttr,
    parse(parser, state) {
      const type = constraintType(parser.context);
      const at = parser.offset();
      const ref = parser.attribute();
      if (!(ref instanceof SymbolRefAttr)) parser.error(`expected a symbol, got ${ref}`, at);
      state.attributes.set('base_type', ref);
      for (const operand of parser.commaSeparated('angle', () => parser.operand()))
        state.operands.push(parser.resolve(operand, type));
      parser.optionalAttrDict(state.attributes);
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.attribute(op.attr('base_type')!);
      printer.text('<');
      printer.values(op.operands);
      printer.text('>');
      printer.attrDict(op, ['base_type']);
    },
  },
  verify(op) {
    requireParent(op, ...PARENTS);
    const ref = op.attr('base_type');
    if (ref instanceof SymbolRefAttr) verifyReference(op, ref);
    else op.emitError('irdl.base', `expected a symbol, got ${ref}`);
  },
});

export const AnyOp = defineOp({
  name: 'irdl.any',
  summary: 'Any attribute or type.',
  description: 'Used twice, it asks for the same attribute or type both times.',
  example: CMATH_EXAMPLE,

  results: output,
  assembly: 'attr-dict',
  verify: (op) => requireParent(op, ...PARENTS),
});

const several = {
  operands: { args: variadic(ConstraintHandle) },
  results: output,
  assembly: '`(` $args `)` attr-dict',
  verify: (op: Operation) => requireParent(op, ...PARENTS),
} as const;
export const AnyOfOp = defineOp({
  name: 'irdl.any_of',
  summary: 'What satisfies at least one of the constraints.',
  description: 'The first alternative that fits is taken.',
  example: CMATH_EXAMPLE,

  ...several,
});
export const AllOfOp = defineOp({
  name: 'irdl.all_of',
  summary: 'What satisfies all of the constraints.',
  description: 'The constraints are tried in order.',
  example: ATTRIBUTES_EXAMPLE,
  ...several,
});

export const CPredOp = defineOp({
  name: 'irdl.c_pred',
  summary: 'A predicate in C++; loading needs a function in its place.',
  description:
    'A dialect that has one can be loaded when `loadIrdl` is given a function under the text of the predicate.',
  example: ATTRIBUTES_EXAMPLE,

  results: output,
  attributes: { pred: attr.string },
  assembly: '$pred attr-dict',
});

export const RegionOp = defineOp({
  name: 'irdl.region',
  summary: 'A region: the arguments of its entry block, when they are constrained, and its number of blocks.',
  description:
    'Parentheses, even empty ones, constrain the arguments of the entry block; `with size` the number of blocks.',
  example: REGIONS_EXAMPLE,

  operands: { entryBlockArgs: variadic(ConstraintHandle) },
  results: { output: RegionHandle },
  attributes: { numberOfBlocks: optionalAttr(attr.i32), constrainedArguments: attr.unit },
  assembly: {
    parse(parser, state) {
      const { context } = parser;
      if (parser.optionalPunctuation('(')) {
        state.attributes.set('constrainedArguments', context.unitAttr);
        const operands = parser.operandList();
        parser.punctuation(')');
        for (const operand of operands) state.operands.push(parser.resolve(operand, constraintType(context)));
      }
      if (parser.optionalKeyword('with')) {
        parser.keyword('size');
        state.attributes.set('numberOfBlocks', context.integerAttr(context.i32, parser.integer()));
      }
      parser.optionalAttrDict(state.attributes);
      state.resultTypes.push(regionType(context));
    },
    canPrint: (op) => op.operandCount === 0 || op.attr('constrainedArguments') instanceof UnitAttr,
    print: printRegion,
  },
  verify(op) {
    requireParent(op, 'irdl.operation');
    const blocks = RegionOp.numberOfBlocks(op);
    if (blocks !== undefined && blocks <= 0)
      op.emitError('irdl.region-size', `the number of blocks must be positive, got ${blocks}`);
    if (op.operandCount > 0 && !RegionOp.constrainedArguments(op))
      op.emitError(
        'irdl.region-constrained',
        "has constraints on arguments but not the attribute 'constrainedArguments'",
      );
  },
});

function printRegion(printer: AsmPrinter, op: Operation): void {
  if (op.attr('constrainedArguments')) {
    printer.text('(');
    printer.values(op.operands);
    printer.text(')');
  }
  const blocks = RegionOp.numberOfBlocks(op);
  if (blocks !== undefined) printer.text(` with size ${blocks}`);
  printer.attrDict(op, ['constrainedArguments', 'numberOfBlocks']);
}
