// Pieces of assembly shared by the ops of the dialect.
import {
  type AffineMap,
  AffineMapAttr,
  type AsmParser,
  type AsmPrinter,
  type Context,
  type LocationRef,
  Operation,
  type Region,
  Terminator,
  type Value,
} from '@budflow/ir';
import { type AppliedMap, appliedValue } from './affine-operands.js';

/** `affine_map<...>(%dims)[%symbols]` */
export function parseAppliedMap(parser: AsmParser): AppliedMap {
  const offset = parser.offset();
  const attr = parser.attribute();
  if (!(attr instanceof AffineMapAttr)) return parser.error('expected an affine map', offset);
  const dims = parser.operandList('paren');
  const symbols = parser.operandList('optional-square');
  const { map } = attr;
  if (dims.length !== map.numDims || symbols.length !== map.numSymbols)
    return parser.error(
      `the map takes ${map.numDims} dimension and ${map.numSymbols} symbol operands, got ${dims.length} and ${symbols.length}`,
      offset,
    );
  const operands = [...dims, ...symbols].map((o) => parser.resolve(o, parser.context.index));
  return { map, operands };
}

export function printAppliedMap(printer: AsmPrinter, map: AffineMap, operands: readonly Value[]): void {
  printer.attribute(printer.context.affineMapAttr(map));
  printer.text('(');
  printer.values(operands.slice(0, map.numDims));
  printer.text(')');
  if (map.numSymbols > 0) {
    printer.text('[');
    printer.values(operands.slice(map.numDims));
    printer.text(']');
  }
}

/** A number, one value, or `max`/`min` and a map. */
export function parseBound(parser: AsmParser, combiner: 'max' | 'min'): AppliedMap {
  const { context } = parser;
  const constant = parser.optionalInteger();
  if (constant !== undefined) return appliedValue(context, constant);
  const operand = parser.optionalOperand();
  if (operand) return appliedValue(context, parser.resolve(operand, context.index));
  const combined = parser.optionalKeyword(combiner);
  const offset = parser.offset();
  const applied = parseAppliedMap(parser);
  if (!combined && applied.map.results.length !== 1)
    return parser.error(`a bound of ${applied.map.results.length} results needs '${combiner}' before the map`, offset);
  return applied;
}

export function printBound(printer: AsmPrinter, combiner: 'max' | 'min', applied: AppliedMap): void {
  const { map, operands } = applied;
  const constant = map.singleConstant();
  const only = map.results[0];
  if (constant !== undefined && operands.length === 0) printer.text(String(constant));
  else if (map.results.length === 1 && map.numDims === 0 && map.numSymbols === 1 && only?.kind === 'symbol')
    printer.values(operands);
  else {
    if (map.results.length !== 1) printer.text(`${combiner} `);
    printAppliedMap(printer, map, operands);
  }
}

/** Appends a `loop.yield` without operands when the region's block does not end in a terminator. */
export function ensureYield(context: Context, region: Region, loc: LocationRef): void {
  const block = region.blocks[0] ?? region.append();
  if (block.lastOp?.info.hasTrait(Terminator)) return;
  block.append(Operation.create(context.opInfo('loop.yield'), loc, [], []));
}

/** True when the block ends in a `loop.yield` without operands and attributes, which the text leaves out. */
export function hasImplicitYield(region: Region): boolean {
  const last = region.blocks[region.blocks.length - 1]?.lastOp;
  return last?.name === 'loop.yield' && last.operandCount === 0 && last.attributes.size === 0;
}
