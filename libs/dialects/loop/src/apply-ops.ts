// loop.apply, loop.min, loop.max: affine maps of index values.
import {
  AffineExpr,
  AffineMapAttr,
  AsmNames,
  type Attribute,
  attr,
  type CustomAssembly,
  defineOp,
  definePattern,
  type FoldResult,
  Index,
  IntegerAttr,
  type Operation,
  Pure,
  type RewritePattern,
  variadic,
} from '@budflow/ir';
import { composeAppliedMap, dropDominatedResults, pruneInputs, sameApplied, singleValue } from './affine-operands.js';
import { applyAffine } from './apply-affine.js';
import { parseAppliedMap, printAppliedMap } from './asm.js';
import { infersMap } from './flow.js';
import { interpretsMap } from './interpret.js';

const assembly: CustomAssembly = {
  canPrint(op) {
    const attribute = op.attr('map');
    if (!(attribute instanceof AffineMapAttr) || op.resultCount !== 1) return false;
    return attribute.map.numDims + attribute.map.numSymbols === op.operandCount;
  },
  parse(parser, state) {
    const { map, operands } = parseAppliedMap(parser);
    state.attributes.set('map', parser.context.affineMapAttr(map));
    state.operands.push(...operands);
    parser.optionalAttrDict(state.attributes);
    state.resultTypes.push(parser.context.index);
  },
  print(printer, op) {
    printer.space();
    printAppliedMap(printer, mapOf(op), op.operands);
    printer.attrDict(op, ['map']);
  },
};

function mapOf(op: Operation) {
  return (op.attr('map') as AffineMapAttr).map;
}

function verifyMap(op: Operation): boolean {
  const map = mapOf(op);
  const inputs = map.numDims + map.numSymbols;
  if (inputs !== op.operandCount) {
    op.emitError('loop.map-operands', `expects ${inputs} operands for its map, got ${op.operandCount}`);
    return false;
  }
  return true;
}

/** The combined value when all operands are constants. */
function foldConstants(
  op: Operation,
  operands: readonly (Attribute | null)[],
  combine: (values: number[]) => number,
): FoldResult | null {
  const map = mapOf(op);
  const values: number[] = [];
  for (const operand of operands) {
    if (!(operand instanceof IntegerAttr) || typeof operand.value !== 'number') return null;
    values.push(operand.value);
  }
  if (map.results.length === 0) return null;
  const result = combine(map.evaluate(values.slice(0, map.numDims), values.slice(map.numDims)));
  return Number.isSafeInteger(result) ? op.context.indexAttr(result) : null;
}

function composePattern(root: string, kind: 'min' | 'max'): RewritePattern {
  return definePattern({
    name: `compose-${root.slice('loop.'.length)}`,
    equation: 'f(apply g(x)) == (f . g)(x);  f(constant) is folded into f;  unused and repeated operands go',
    root,
    rewrite(op, rewriter) {
      const before = { map: mapOf(op), operands: op.operands };
      const after = dropDominatedResults(op.context, composeAppliedMap(op.context, before), kind);
      if (sameApplied(before, after)) return false;
      rewriter.modify(op, () => {
        op.setAttr('map', op.context.affineMapAttr(after.map));
        op.setOperands(after.operands);
      });
      return true;
    },
  });
}

export const ApplyOp = defineOp({
  name: 'loop.apply',
  summary: 'affine map of index values',
  description:
    'Applies an affine map of one result to index values: dimensions in parentheses, symbols in square brackets.',
  example: `func.func @f(%i: index, %n: index) -> index {
  %0 = loop.apply affine_map<(d0)[s0] -> (d0 * 4 + s0)>(%i)[%n]
  return %0 : index
}`,
  operands: { inputs: variadic(Index) },
  results: { result: Index },
  attributes: { map: attr.affineMap },
  traits: [Pure],
  interfaces: [AsmNames.implement({ resultName: () => 'at' }), infersMap('min'), interpretsMap('min')],
  inferTypes: (context) => [context.index],
  assembly,
  verify(op) {
    if (!verifyMap(op)) return;
    const count = mapOf(op).results.length;
    if (count !== 1) op.emitError('loop.apply-results', `expects a map of one result, got ${count}`);
  },
  fold(op, operands) {
    const single = singleValue({ map: mapOf(op), operands: op.operands });
    return single ?? foldConstants(op, operands, ([value]) => value!);
  },
  patterns: [composePattern('loop.apply', 'min')],
});

function combiner(kind: 'min' | 'max') {
  const name = `loop.${kind}` as const;
  const combine =
    kind === 'min' ? (values: number[]) => Math.min(...values) : (values: number[]) => Math.max(...values);

  const open = definePattern({
    name: `flatten-${kind}`,
    equation: `${kind}(a, ${kind}(b, c)) == ${kind}(a, b, c)`,
    root: name,
    rewrite(op, rewriter) {
      const map = mapOf(op);
      const at = map.results.findIndex((_, i) => innerCombiner(op, i) !== null);
      if (at < 0) return false;
      const inner = innerCombiner(op, at)!;
      const { context } = op;
      const innerMap = mapOf(inner);
      const dims = op.operands.slice(0, map.numDims);
      const symbols = op.operands.slice(map.numDims);
      // The inner map's inputs become inputs of the outer one behind its own.
      const innerResults = innerMap.results.map((e) =>
        e.replace(
          Array.from({ length: innerMap.numDims }, (_, i) => AffineExpr.dim(map.numDims + i)),
          Array.from({ length: innerMap.numSymbols }, (_, i) => AffineExpr.symbol(map.numSymbols + i)),
        ),
      );
      const results = map.results.flatMap((e, i) => (i === at ? innerResults : [e]));
      const flat = pruneInputs(
        context,
        results,
        [...dims, ...inner.operands.slice(0, innerMap.numDims)],
        [...symbols, ...inner.operands.slice(innerMap.numDims)],
      );
      rewriter.modify(op, () => {
        op.setAttr('map', context.affineMapAttr(flat.map));
        op.setOperands(flat.operands);
      });
      return true;
    },
  });

  function innerCombiner(op: Operation, result: number): Operation | null {
    const map = mapOf(op);
    const value = singleValue({
      map: op.context.affineMap(map.numDims, map.numSymbols, [map.results[result]!]),
      operands: op.operands,
    });
    const inner = value?.definingOp ?? null;
    return inner !== null && inner.name === name ? inner : null;
  }

  const toApply = definePattern({
    name: `${kind}-of-one-is-apply`,
    equation: `${kind}(e) == e`,
    root: name,
    generates: ['loop.apply'],
    rewrite(op, rewriter) {
      if (mapOf(op).results.length !== 1) return false;
      rewriter.setInsertionPoint(op);
      rewriter.replaceOp(op, [applyAffine(rewriter, op.loc, mapOf(op), op.operands)]);
      return true;
    },
  });

  return defineOp({
    name,
    summary: `${kind === 'min' ? 'minimum' : 'maximum'} of the results of an affine map`,
    description: `Applies an affine map to index values and gives the ${kind === 'min' ? 'smallest' : 'largest'} of its results.`,
    example: `func.func @f(%i: index, %n: index) -> index {
  %0 = ${name} affine_map<(d0)[s0] -> (d0 + 16, s0)>(%i)[%n]
  return %0 : index
}`,
    operands: { inputs: variadic(Index) },
    results: { result: Index },
    attributes: { map: attr.affineMap },
    traits: [Pure],
    interfaces: [AsmNames.implement({ resultName: () => kind }), infersMap(kind), interpretsMap(kind)],
    inferTypes: (context) => [context.index],
    assembly,
    verify(op) {
      if (!verifyMap(op)) return;
      if (mapOf(op).results.length === 0) op.emitError('loop.combine-results', 'expects a map of at least one result');
    },
    fold: (op, operands) => {
      const single = singleValue({ map: mapOf(op), operands: op.operands });
      return single ?? foldConstants(op, operands, combine);
    },
    patterns: [open, composePattern(name, kind), toApply],
  });
}

export const MinOp = combiner('min');
export const MaxOp = combiner('max');
