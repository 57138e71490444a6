// The builtin dialect: modules, and casts that a later conversion must remove.

import { Interpretable, notInterpretable, stepN } from '@budflow/interpreter';
import {
  AnyType,
  AsmNames,
  attr,
  Block,
  type CustomAssembly,
  type Dialect,
  defineDialect,
  defineOp,
  GraphRegion,
  IsolatedFromAbove,
  NoTerminator,
  optionalAttr,
  Pure,
  SingleBlock,
  SymbolTableTrait,
  type Value,
  variadic,
} from '@budflow/ir';

const moduleAssembly: CustomAssembly = {
  canPrint: (op) =>
    op.operandCount === 0 &&
    op.resultCount === 0 &&
    op.regions.length === 1 &&
    op.regions[0]!.blocks.length === 1 &&
    op.regions[0]!.entry.arguments.length === 0,
  parse(parser, state) {
    const name = parser.optionalSymbolName();
    if (name !== undefined) state.attributes.set('sym_name', parser.context.stringAttr(name));
    parser.optionalAttrDictWithKeyword(state.attributes);
    const region = parser.region();
    if (region.isEmpty) region.append(new Block());
    state.regions.push(region);
  },
  print(printer, op) {
    const name = ModuleOp.sym_name(op);
    if (name !== undefined) {
      printer.space();
      printer.symbolName(name);
    }
    printer.attrDictWithKeyword(op, ['sym_name']);
    printer.space();
    printer.region(op.region(0));
  },
};

export const ModuleOp = defineOp({
  name: 'builtin.module',
  summary: 'The top-level container: functions and other symbols, optionally named.',
  description:
    'Holds one block of operations. Its symbols are a table of their own; nothing inside sees values from outside. A file that is not one module is put into one when it is read. The example is a module within that of the file.',
  example: `module @example attributes {example.target = "wasm32"} {
  func.func private @f()
}`,
  attributes: { sym_name: optionalAttr(attr.string), sym_visibility: optionalAttr(attr.string) },
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove, SymbolTableTrait, SingleBlock, NoTerminator, GraphRegion],
  interfaces: [AsmNames.implement({ defaultDialect: 'builtin' })],
  assembly: moduleAssembly,
  verify(op) {
    if (op.region(0).blocks[0]!.arguments.length > 0)
      op.emitError('builtin.module-arguments', 'region should have no arguments');
    for (const name of op.attributes.names)
      if (name !== 'sym_name' && name !== 'sym_visibility' && !name.includes('.'))
        op.emitError(
          'builtin.module-attribute',
          `can only contain attributes with dialect-prefixed names, found: '${name}'`,
        );
  },
});

export const UnrealizedConversionCastOp = defineOp({
  name: 'builtin.unrealized_conversion_cast',
  summary: 'Stands between two types that a partial conversion left unequal.',
  description:
    "Keeps the IR well typed between two conversions, when one has changed a value's type and its users still want the old one. It computes nothing: casts that meet cancel, and one that is left when lowering ends is an error.",
  example: `func.func @example(%a: i64) -> index {
  %r = builtin.unrealized_conversion_cast %a : i64 to index
  return %r : index
}`,
  operands: { inputs: variadic(AnyType) },
  results: { outputs: variadic(AnyType) },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const inputs = op.operands;
        if (inputs.length !== op.resultCount || inputs.some((v, i) => v.type !== op.result(i).type))
          throw notInterpretable('a conversion that was not carried out cannot be executed');
        return stepN(op, c, (values) => values);
      },
    }),
  ],
  assembly: {
    parse(parser, state) {
      const operands = parser.operandList();
      if (operands.length > 0) {
        parser.punctuation(':');
        state.operands.push(...parser.resolveAll(operands, parser.typeList()));
      }
      parser.keyword('to');
      state.resultTypes.push(...parser.typeList());
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      printer.space();
      if (op.operandCount > 0) {
        printer.values(op.operands);
        printer.text(' : ');
        printer.types(op.operands.map((v) => v.type));
        printer.space();
      }
      printer.text('to ');
      printer.types(op.resultTypes);
      printer.attrDict(op);
    },
  },
  verify(op) {
    if (op.resultCount === 0) op.emitError('builtin.cast-results', 'expected at least one result for cast operation');
  },
  fold(op) {
    const inputs = op.operands;
    // cast x : t to t == x
    if (inputs.length === op.resultCount && inputs.length > 0 && inputs.every((v, i) => v.type === op.result(i).type))
      return inputs;
    // cast(cast x : t to u) : u to t == x
    const inner = inputs[0]?.definingOp;
    if (!inner || inner.name !== 'builtin.unrealized_conversion_cast' || inner.resultCount !== inputs.length)
      return null;
    if (!inputs.every((v, i) => v === inner.result(i))) return null;
    const sources: Value[] = inner.operands;
    return sources.length === op.resultCount && sources.every((v, i) => v.type === op.result(i).type) ? sources : null;
  },
});

export const builtinDialect: Dialect = defineDialect({
  name: 'builtin',
  summary: 'Modules and unrealized casts.',
  description:
    'What every module is made of. The builtin types and attributes belong to it as well, without a prefix: `i32`, `tensor<4xf32>`, `dense<0>`.',
  ops: [ModuleOp, UnrealizedConversionCastOp],
});
