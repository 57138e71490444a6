// The irdl dialect: dialects as text. `irdl.dialect` holds definitions of types, attributes and operations, which
// loadIrdl (load.ts) turns into a registered dialect. Follows mlir/Dialect/IRDL; entries with and without names are read.
import {
  attr,
  Block,
  type CustomAssembly,
  type Dialect,
  defineDialect,
  defineOp,
  IsolatedFromAbove,
  NoTerminator,
  type Operation,
  Region,
  SymbolTableTrait,
  SymbolTrait,
} from '@budflow/ir';
import { AllOfOp, AnyOfOp, AnyOp, BaseOp, CPredOp, IsOp, ParametricOp, RegionOp } from './constraint-ops.js';
import { ATTRIBUTES_EXAMPLE, CMATH_EXAMPLE } from './examples.js';
import {
  AttributesOp,
  attributeNames,
  entryNames,
  OperandsOp,
  ParametersOp,
  RegionsOp,
  ResultsOp,
  requireParent,
} from './lists.js';
import { DEFINITIONS, nameOf } from './names.js';
import { IrdlAttributeType, IrdlRegionType, VariadicityArray } from './types.js';

/** `@name attributes {...} { body }`, without the body when it is empty. */
const definitionAssembly: CustomAssembly = {
  canPrint: (op) => op.region(0).blocks.length === 1 && op.region(0).entry.arguments.length === 0,
  parse(parser, state) {
    state.attributes.set('sym_name', parser.context.stringAttr(parser.symbolName()));
    parser.optionalAttrDictWithKeyword(state.attributes);
    const region = parser.optionalRegion() ?? new Region();
    if (region.isEmpty) region.append(new Block());
    state.regions.push(region);
  },
  print(printer, op) {
    printer.space();
    printer.symbolName(nameOf(op));
    printer.attrDictWithKeyword(op, ['sym_name']);
    if (op.region(0).entry.isEmpty) return;
    printer.space();
    printer.region(op.region(0));
  },
};

const definition = {
  attributes: { sym_name: attr.string },
  regions: { body: { blocks: 'one' } },
  assembly: definitionAssembly,
} as const;

function verifyDefinition(op: Operation, once: readonly string[]): void {
  requireParent(op, 'irdl.dialect');
  verifyName(op);
  const seen = new Map<string, Operation>();
  for (let inner = op.region(0).blocks[0]?.firstOp ?? null; inner; inner = inner.next) {
    if (!once.includes(inner.name)) continue;
    const other = seen.get(inner.name);
    if (other)
      inner.emitError('irdl.repeated', `is there already; a definition has at most one`).note('here', other.loc);
    else seen.set(inner.name, inner);
  }
}
function verifyName(op: Operation): void {
  const name = nameOf(op);
  if (!/^[A-Za-z_][\w.]*$/.test(name))
    op.emitError('irdl.name', `name '${name}' must contain only letters, digits, underscores and dots`);
}

const IrdlDialectOp = defineOp({
  name: 'irdl.dialect',
  summary: 'Defines a dialect.',
  description:
    'Its body holds definitions of types, attributes and operations. Loading the module that has it (`loadIrdl`, `bud-opt --irdl-file`) registers them.',
  example: CMATH_EXAMPLE,

  ...definition,
  traits: [IsolatedFromAbove, NoTerminator, SymbolTrait, SymbolTableTrait],
  verify(op) {
    if (!/^[A-Za-z_]\w*$/.test(nameOf(op)))
      op.emitError('irdl.name', `name '${nameOf(op)}' of a dialect must contain only letters, digits and underscores`);
    for (let inner = op.region(0).blocks[0]?.firstOp ?? null; inner; inner = inner.next)
      if (!(DEFINITIONS as readonly string[]).includes(inner.name))
        op.emitError('irdl.not-a-member', `can hold only ${DEFINITIONS.join(', ')}, got '${inner.name}'`);
  },
});
const IrdlTypeOp = defineOp({
  name: 'irdl.type',
  summary: 'Defines a type of the dialect.',
  description: 'Written `!dialect.name<...>`, with the parameters that an `irdl.parameters` in the body lists.',
  example: CMATH_EXAMPLE,

  ...definition,
  traits: [NoTerminator, SymbolTrait],
  verify: (op) => verifyDefinition(op, ['irdl.parameters']),
});
const IrdlAttributeOp = defineOp({
  name: 'irdl.attribute',
  summary: 'Defines an attribute of the dialect.',
  description: 'Written `#dialect.name<...>`, with the parameters that an `irdl.parameters` in the body lists.',
  example: ATTRIBUTES_EXAMPLE,

  ...definition,
  traits: [NoTerminator, SymbolTrait],
  verify: (op) => verifyDefinition(op, ['irdl.parameters']),
});
const IrdlOperationOp = defineOp({
  name: 'irdl.operation',
  summary: 'Defines an operation of the dialect.',
  description:
    'Written in generic form. What the body does not list (operands, results, attributes, regions), the operation does not have; attributes beyond those listed are allowed. A value of the body is a variable: what satisfies it first, it stands for from there on.',
  example: CMATH_EXAMPLE,

  ...definition,
  traits: [NoTerminator, SymbolTrait],
  verify(op) {
    verifyDefinition(op, ['irdl.operands', 'irdl.results', 'irdl.attributes', 'irdl.regions']);
    const owners = new Map<string, string>();
    for (const [list, what] of LISTS) {
      const inner = listIn(op, list);
      for (const name of (inner && (inner.name === 'irdl.attributes' ? attributeNames(inner) : entryNames(inner))) ??
        []) {
        const other = owners.get(name);
        if (other !== undefined && other !== what)
          op.emitError('irdl.name-clash', `contains a value named '${name}' for both its ${other} and ${what}`);
        owners.set(name, what);
      }
    }
  },
});
const LISTS = [
  ['irdl.regions', 'regions'],
  ['irdl.operands', 'operands'],
  ['irdl.results', 'results'],
  ['irdl.attributes', 'attributes'],
] as const;

/** The list op of a definition. */
export function listIn(op: Operation, name: string): Operation | undefined {
  for (let inner = op.region(0).blocks[0]?.firstOp ?? null; inner; inner = inner.next)
    if (inner.name === name) return inner;
  return undefined;
}

export const irdlDialect: Dialect = defineDialect({
  name: 'irdl',
  summary: 'Dialects as text: types, attributes and operations with their constraints.',
  description:
    'An `irdl.dialect` defines a dialect. `loadIrdl(module, context)` of `@budflow/dialect-core`, or `bud-opt --irdl-file=FILE`, registers it: its types and attributes are then read, and its operations verified, as the definitions say. MLIR 17 and later read the same text; entries may have names or not.',
  ops: [
    IrdlDialectOp,
    IrdlTypeOp,
    IrdlAttributeOp,
    IrdlOperationOp,
    ParametersOp,
    OperandsOp,
    ResultsOp,
    AttributesOp,
    RegionsOp,
    RegionOp,
    IsOp,
    BaseOp,
    ParametricOp,
    AnyOp,
    AnyOfOp,
    AllOfOp,
    CPredOp,
  ],
  types: [IrdlAttributeType, IrdlRegionType],
  attributes: [VariadicityArray],
});
