// #array.order: the order in which a reduction combines its elements, written into the IR by fix-numerics.
import {
  type AsmParser,
  type AttrSpec,
  attr,
  type DialectAttrDefinition,
  defineAttribute,
  optionalAttr,
  type ReductionOrder,
} from '@budflow/ir';
import type { Contract } from './kinds.js';

/** Elements a canonical reduction accumulates before it starts a new block (CONTRACTS: numerics). */
export const CANONICAL_BLOCK = 1024;
/** Lanes of the canonical order of a reduction over the last dimension. */
export const CANONICAL_LANES = 16;

/** The canonical order over the last dimension; in text, `canonical`. */
export const CANONICAL_LANES_ORDER: ReductionOrder = {
  kind: 'lanes',
  lanes: CANONICAL_LANES,
  accumulators: 1,
  block: CANONICAL_BLOCK,
};
/** The canonical order over outer dimensions. */
export const CANONICAL_OUTER_ORDER: ReductionOrder = { kind: 'outer', block: CANONICAL_BLOCK };

function isPowerOfTwo(n: number): boolean {
  return n >= 1 && Number.isSafeInteger(n) && 2 ** Math.round(Math.log2(n)) === n;
}

/** What is wrong with an order; undefined when nothing is. */
export function checkOrder(order: ReductionOrder): string | undefined {
  if (order.kind === 'sequential' || order.kind === 'free') return undefined;
  if (!isPowerOfTwo(order.block)) return `block must be a power of two, got ${order.block}`;
  if (order.kind === 'outer') return undefined;
  if (!isPowerOfTwo(order.lanes)) return `lanes must be a power of two, got ${order.lanes}`;
  if (!isPowerOfTwo(order.accumulators)) return `accumulators must be a power of two, got ${order.accumulators}`;
  if (order.block % (order.lanes * order.accumulators) !== 0)
    return `block must be a multiple of lanes * accumulators, got ${order.block} and ${order.lanes} * ${order.accumulators}`;
  return undefined;
}

function field(parser: AsmParser, name: string): number {
  parser.keyword(name);
  parser.punctuation('=');
  return parser.integer();
}

function parseOrder(parser: AsmParser): ReductionOrder {
  const offset = parser.offset();
  const kind = parser.optionalAnyKeyword();
  switch (kind) {
    case 'canonical':
      return CANONICAL_LANES_ORDER;
    case 'sequential':
    case 'free':
      return { kind };
    case 'outer':
      parser.punctuation(',');
      return { kind: 'outer', block: field(parser, 'block') };
    case 'lanes': {
      parser.punctuation('=');
      const lanes = parser.integer();
      parser.punctuation(',');
      const accumulators = field(parser, 'accumulators');
      parser.punctuation(',');
      return { kind: 'lanes', lanes, accumulators, block: field(parser, 'block') };
    }
    default:
      return parser.error(
        `expected a reduction order: canonical, lanes, outer, sequential or free${kind ? `, got '${kind}'` : ''}`,
        offset,
      );
  }
}

export const OrderAttr: DialectAttrDefinition<ReductionOrder> = defineAttribute<ReductionOrder>({
  name: 'array.order',
  summary: 'Order in which a reduction combines its elements',
  parse(parser) {
    parser.punctuation('<');
    const offset = parser.offset();
    const order = parseOrder(parser);
    const problem = checkOrder(order);
    if (problem) parser.error(problem, offset);
    parser.punctuation('>');
    return order;
  },
  print(printer, order) {
    switch (order.kind) {
      case 'sequential':
      case 'free':
        printer.text(`<${order.kind}>`);
        return;
      case 'outer':
        printer.text(`<outer, block = ${order.block}>`);
        return;
      case 'lanes':
        if (order.lanes === CANONICAL_LANES && order.accumulators === 1 && order.block === CANONICAL_BLOCK)
          printer.text('<canonical>');
        else printer.text(`<lanes = ${order.lanes}, accumulators = ${order.accumulators}, block = ${order.block}>`);
    }
  },
});

/** For the `order` attribute of reductions: absent until fix-numerics has chosen. */
export const orderAttribute: AttrSpec<ReductionOrder | undefined> = optionalAttr(attr.dialect(OrderAttr));

/** For the `contract` attribute. */
export const contractAttribute: AttrSpec<Contract> = {
  ...attr.enum('none', 'relaxed', 'exact'),
  optional: true,
  defaultValue: 'none',
};
