// fix-numerics: writes what numerics mode and target decide into the IR, so that no later pass changes a rounding.
//
//   %p = array.mul %a, %b                           %r = array.fma %a, %b, %c {kind = "relaxed"}
//   %r = array.add %p, %c                     ->
//   %s = array.reduce add %r init %z dims = [1]     %s = array.reduce add %r init %z dims = [1] {order = #array.order<canonical>}
//
// Runs once, before anything is cloned. In `strict` nothing contracts and reductions have the canonical order; in
// `default` and `fast` products contract into sums as the target multiplies and adds. Sums of products in the shape of a
// matrix product, and dot_general, add in ascending order, and so do reductions of other ops on two such factors; a dot_general
// that has no free dimension to vectorise over becomes a reduction in lanes; a reciprocal root among much other arithmetic
// becomes a division by a root; a scan along the last dimension runs in blocks of a few lanes. The mode is left in the
// module's attribute `budflow.numerics`.
import { ConvOp, DotGeneralOp, namedReduction, ReduceOp, ScanOp } from '@budflow/dialect-array';
import { FastMath, FastMathAttr } from '@budflow/dialect-core';
import {
  type Block,
  Builder,
  DialectAttr,
  elementTypeOf,
  FloatType,
  type Operation,
  StructuredOp,
  type TensorType,
  wouldBeTriviallyDead,
} from '@budflow/ir';
import { binaryMathFunctions, mathFunctions } from '@budflow/numerics';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { type ContractKind, contractReduction, formFma } from './numerics/contraction.js';
import { divideRoot } from './numerics/divided-roots.js';
import { dotInLanes } from './numerics/dot-lanes.js';
import {
  groupOrder,
  isBlockedScan,
  isContractionShaped,
  isSumOfProducts,
  orderMatters,
  scanLanes,
  setOrder,
  splitGroups,
} from './numerics/orders.js';

export const NUMERICS_ATTR = 'budflow.numerics';
export type NumericsMode = 'strict' | 'default' | 'fast';

export const fixNumerics = definePass({
  name: 'fix-numerics',
  summary: 'write rounding, contraction and the order of reductions into the IR',
  anchor: 'builtin.module',
  options: {
    mode: {
      type: 'string',
      enum: ['strict', 'default', 'fast'],
      description:
        'strict: the same bits everywhere; default: contracts where the target does; fast: no NaN and infinity guarantees',
      default: 'default',
    },
    target: { type: 'string', description: 'name of the target machine', default: 'wasm32-relaxed-simd' },
  },
  dependentDialects: ['array'],
  statistics: {
    fma: 'products contracted into sums',
    contracted: 'reductions that contract products',
    functions: 'math functions whose expansion contracts',
    orders: 'reductions given an order',
    roots: 'reciprocal roots that became divisions',
    scans: 'scans that run in blocks',
    split: 'reductions split by groups of dimensions',
    'dots-in-lanes': 'vector products turned into reductions in lanes',
  },
  run(module, pass) {
    const { context } = module;
    const { mode } = pass.options;
    const contract: ContractKind = mode === 'strict' ? 'none' : getTarget(pass.options.target).fma;

    // 1. Dead ops would count as readers of a product.
    module.walkPostOrder((op) => {
      for (const region of op.regions) for (const block of region.blocks) eraseDead(block);
    });

    // 2. Sums whose region is one addition have the order of sums, also where nothing was canonicalized before.
    module.walkPostOrder((op) => {
      if (!ReduceOp.is(op) || ReduceOp.kind(op) !== undefined) return;
      const named = namedReduction(op, Builder.before(op));
      if (!named) return;
      op.result(0).replaceAllUsesWith(named.result(0));
      op.erase();
    });

    // 3. Flags: what a program asked for beyond the mode goes.
    const allowed = mode === 'strict' ? FastMath.none : FastMath.nnan | FastMath.ninf | FastMath.nsz;
    const given = mode === 'fast' ? FastMath.nnan | FastMath.ninf | FastMath.nsz | FastMath.afn : FastMath.none;
    const ops: Operation[] = [];
    module.walk((op) => {
      if (takesFastmath(op)) setFlags(op, allowed, given);
      if (op.name.startsWith('array.')) ops.push(op);
    });

    // 4. Vector products become reductions in lanes, which the next steps see.
    if (mode !== 'strict') {
      for (const op of ops.filter((o) => DotGeneralOp.is(o))) {
        const made = dotInLanes(op);
        if (made === undefined) continue;
        ops.push(...made);
        pass.statistic('dots-in-lanes');
      }
    }

    // 5. Reciprocal roots that have the divider for themselves.
    if (mode !== 'strict') {
      for (const op of ops) if (!op.isErased && divideRoot(op)) pass.statistic('roots');
    }

    // 6. Orders of reductions.
    const reductions: Operation[] = [];
    for (const op of ops) {
      if (op.isErased) continue;
      if (DotGeneralOp.is(op) || ConvOp.is(op)) {
        if (op.attr('order') === undefined) setOrder(op, { kind: 'sequential' });
        reductions.push(op);
      } else if (ReduceOp.is(op)) {
        const parts = ReduceOp.order(op) === undefined ? orderReduction(op, mode) : [op];
        if (parts.length > 1) pass.statistic('split', parts.length);
        reductions.push(...parts);
      } else if (ScanOp.is(op) && mode !== 'strict' && ScanOp.order(op) === undefined && isBlockedScan(op)) {
        const lanes = scanLanes((op.operand(0).type as TensorType).element);
        setOrder(op, { kind: 'lanes', lanes, accumulators: 1, block: lanes });
        pass.statistic('scans');
      }
    }
    pass.statistic('orders', reductions.length);

    // 7. Contraction: reductions first, so that their products stay theirs.
    if (contract !== 'none') {
      for (const op of reductions) if (contractReduction(op, contract)) pass.statistic('contracted');
      for (const op of ops) if (!op.isErased && formFma(op, contract)) pass.statistic('fma');
      for (const op of ops) if (!op.isErased && contractFunction(op, contract)) pass.statistic('functions');
    }
    module.setAttr(NUMERICS_ATTR, context.stringAttr(mode));
  },
});

function eraseDead(block: Block): void {
  for (const op of block.ops.reverse()) if (op.resultCount > 0 && wouldBeTriviallyDead(op)) op.erase();
}

/** Lets the expansion of a math function use the target's multiply-add. */
function contractFunction(op: Operation, contract: ContractKind): boolean {
  const name = op.name.slice('array.'.length);
  const isFunction = name === 'pow' || Object.hasOwn(binaryMathFunctions, name) || Object.hasOwn(mathFunctions, name);
  if (contract === 'none' || name === 'sqrt' || name === 'round' || !isFunction || op.attr('contract')) return false;
  if (!(elementTypeOf(op.result(0).type) instanceof FloatType)) return false;
  op.setAttr('contract', op.context.stringAttr(contract));
  return true;
}

function takesFastmath(op: Operation): boolean {
  return op.info.definition !== null && 'fastmath' in (op.info.definition.spec.attributes ?? {});
}

function setFlags(op: Operation, allowed: number, given: number): void {
  const attr = op.attr('fastmath');
  const before = attr instanceof DialectAttr ? (attr.parameters as number) : FastMath.none;
  const floats = op.name.startsWith('array.') ? given : FastMath.none;
  const bits = (before & allowed) | floats;
  if (bits !== before)
    op.setAttr('fastmath', bits === FastMath.none ? null : op.context.dialectAttr(FastMathAttr, bits));
}

/** Gives a reduction its order, splitting it where it has several groups of dimensions. Returns the parts. */
function orderReduction(op: Operation, mode: NumericsMode): Operation[] {
  // A region is folded left to right: its identity is not known.
  if (ReduceOp.kind(op) === undefined) return [op];
  // Without an identity it is a fold, too.
  const noIdentity = StructuredOp.of(op)?.reduction?.identity(op).includes(null);
  // In `strict` only products have an order of their own; where no order matters the blocks may be chosen.
  const ascends = mode === 'strict' && orderMatters(op) ? isSumOfProducts(op) : isContractionShaped(op);
  if (noIdentity || ascends) {
    setOrder(op, { kind: 'sequential' });
    return [op];
  }
  // In `strict` a run of dimensions is one sequence of elements, whatever feeds it.
  const parts = splitGroups(op, { keepsRuns: mode === 'strict' && orderMatters(op) });
  for (const part of parts) setOrder(part, groupOrder(part));
  return parts;
}
