// Ops that hold others together: the ends of regions, loops, branches.
import { CmpOp, ConstantOp, ExtractOp } from '@budflow/dialect-array';
import { FuncOp, ReturnOp as FuncReturnOp } from '@budflow/dialect-core';
import { ConditionOp, IfOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import * as hlo from '@budflow/dialect-stablehlo';
import { Region, type Value } from '@budflow/ir';
import { hasScalarRegions, yieldScalars } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

export const STRUCTURE: HloRules = {
  ...ruleFor(hlo.WhileOp, {
    equation: 'while (x) cond c do b == loop.while (x) c do b',
    convert(site) {
      const made = WhileOp.create(site.rewriter, site.loc, {
        inits: site.all(),
        regions: [new Region(), new Region()],
        resultTypes: site.types(),
      });
      site.op.regions.forEach((region, i) => {
        moveRegion(site, region, made.region(i));
      });
      return site.results(made);
    },
  }),
  ...ruleFor(hlo.IfOp, {
    equation: 'if p then a else b == loop.if (extract p) then a else b',
    convert(site) {
      const condition = element(site, site.operand(0));
      const made = IfOp.create(site.rewriter, site.loc, {
        condition,
        regions: [new Region(), new Region()],
        resultTypes: site.types(),
      });
      site.op.regions.forEach((region, i) => {
        moveRegion(site, region, made.region(i));
      });
      return site.results(made);
    },
  }),
  ...ruleFor(hlo.CaseOp, {
    equation: 'case i of a, b, .., z == if i = 0 then a else if i = 1 then b .. else z',
    convert: (site) => branches(site, 0),
  }),
  ...ruleFor(hlo.ReturnOp, {
    equation: 'return x == yield x',
    convert(site) {
      const { op, rewriter } = site;
      const parent = op.parentOp!;
      const values = site.all();
      if (FuncOp.is(parent)) FuncReturnOp.create(rewriter, site.loc, { operands: values });
      else if (hasScalarRegions(parent)) yieldScalars(values, op, rewriter);
      else if (WhileOp.is(parent) && op.parentRegion === parent.region(0)) {
        // What the condition sees is what the body gets.
        const condition = element(site, values[0]!);
        ConditionOp.create(rewriter, site.loc, { condition, values: op.parent!.arguments });
      } else YieldOp.create(rewriter, site.loc, { values });
      return [];
    },
  }),
};

function moveRegion({ rewriter, converter }: HloSite, from: Region, to: Region): void {
  rewriter.inlineRegionBefore(from, to, null);
  rewriter.convertRegionTypes(to, converter);
}

/** The element of a tensor of rank 0. */
function element(site: HloSite, tensor: Value): Value {
  return ExtractOp.build(site.rewriter, site.loc, { operand: tensor, resultTypes: [site.elementOf(tensor)] });
}

/** The branches from `first` on; the last one is for every other index. */
function branches(site: HloSite, first: number): readonly (Value | readonly Value[])[] {
  const { op, rewriter, loc, context } = site;
  const last = op.regions.length - 1;
  const index = site.operand(0);
  const isFirst = (k: number): Value =>
    element(
      site,
      CmpOp.build(rewriter, loc, {
        predicate: 'eq',
        lhs: index,
        rhs: ConstantOp.build(rewriter, loc, { value: context.constantAttr(index.type, k) }),
      }),
    );
  const make = (k: number): ReturnType<typeof IfOp.create> => {
    const made = IfOp.create(rewriter, loc, {
      condition: isFirst(k),
      regions: [new Region(), new Region()],
      resultTypes: site.types(),
    });
    moveRegion(site, op.region(k), made.region(0));
    if (k + 1 >= last) moveRegion(site, op.region(Math.min(k + 1, last)), made.region(1));
    else {
      const block = rewriter.createBlock(made.region(1), null);
      const nested = make(k + 1);
      // Those of the nested op's own branches were made last.
      rewriter.setInsertionPointToEnd(block);
      YieldOp.create(rewriter, loc, { values: nested.results });
    }
    return made;
  };
  if (last === first) {
    // One branch runs always.
    const block = op.region(first).entry;
    const end = block.terminator;
    const values = end.operands.slice();
    rewriter.inlineBlockBefore(block, op, []);
    rewriter.eraseOp(end);
    return values.map((v) => v);
  }
  return site.results(make(first));
}
