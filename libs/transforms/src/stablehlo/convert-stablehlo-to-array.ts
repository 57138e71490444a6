// convert-stablehlo-to-array: StableHLO programs become programs of the array dialect.
//
//   %0 = stablehlo.add %x, %y : tensor<4xf32>                      %0 = array.add %x, %y : tensor<4xf32>
//   %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add   ->  %1 = array.reduce %0 init %z dims = [0] body(%a: f32, %b: f32) {
//          across dimensions = [0] : ...                             %2 = arith.addf %a, %b ... }
//
// Requires a whole module: signatures and calls change together where types do. Preserves nothing when it changes
// something. Semantics are those of StableHLO's specification. What has no counterpart is an error that names the op and
// says why, and leaves the module as it was. A dialect conversion, like StableHLO's own to linalg.
import { CallOp, FuncOp, ReturnOp } from '@budflow/dialect-core';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { applyPartialConversion, type ConversionPattern, ConversionTarget, type TypeConverter } from '@budflow/rewrite';
import { flatFunctionType } from '../array/flatten-tuples.js';
import { sortForTopK } from './approx-top-k.js';
import { captureRefusal, passCaptures, sinkConstants } from './captures.js';
import { inlineFunctionsOfSizes } from './inline-sizes.js';
import { extendArguments, extendedResults } from './narrow.js';
import { resolveProbes } from './probes.js';
import { hasScalarRegions, scalarize } from './regions.js';
import { RULES } from './rules/index.js';
import { signaturePatterns } from './signatures.js';
import { HloSite } from './site.js';
import { stablehloTypes } from './types.js';

/** The dialects whose ops are converted. */
const DIALECTS: readonly string[] = ['stablehlo', 'chlo', 'check', 'sdy', 'interpreter'];

/** Whether a module has ops that the pass converts, or signatures with types of StableHLO. Tuples alone are flatten-tuples' matter. */
export function usesStablehlo(module: Operation): boolean {
  const converter = stablehloTypes(module.context);
  let uses = false;
  module.walk((op) => {
    uses ||= FuncOp.is(op)
      ? converter.functionLegality(flatFunctionType(op.context, FuncOp.function_type(op))) !== true
      : DIALECTS.includes(op.info.dialect);
  });
  return uses;
}

export const convertStablehloToArray = definePass({
  name: 'convert-stablehlo-to-array',
  summary: 'turn StableHLO into array programs',
  description: `Ops of StableHLO and CHLO become ops of the array dialect, loops and branches those of the loop dialect; tuples are
flattened. An op without a counterpart is an error.`,
  anchor: 'builtin.module',
  dependentDialects: ['arith', 'array', 'complex', 'loop', 'math'],
  statistics: { converted: 'ops converted' },
  run(module, pass) {
    if (!usesStablehlo(module)) {
      pass.unchanged();
      return;
    }
    inlineFunctionsOfSizes(module);
    sortForTopK(module);
    resolveProbes(module);
    sinkConstants(module);
    passCaptures(module);
    extendArguments(module);
    const converter = stablehloTypes(module.context);
    const result = applyPartialConversion(module, targetFor(converter), patternsFor(converter), { fold: false });
    if (!result.succeeded) {
      pass.signalFailure();
      return;
    }
    if (!result.changed) {
      pass.unchanged();
      return;
    }
    let converted = 0;
    for (const [name, n] of result.hits) if (name.endsWith('-to-array')) converted += n;
    pass.statistic('converted', converted);
    module.walk((op) => {
      if (!hasScalarRegions(op)) return;
      for (const region of op.regions) {
        const wrong = region.blocks.length > 0 ? scalarize(region) : undefined;
        if (wrong === undefined) continue;
        op.emitError(
          'stablehlo.scalar-region',
          `its region cannot run on scalars: '${wrong.name}' is not elementwise`,
        ).note('the operation', wrong.loc);
        pass.signalFailure();
      }
    });
  },
});

/** Why an op has no counterpart; undefined when it has one. */
function refusal(op: Operation, converter: TypeConverter): string | undefined {
  const rule = RULES[op.name];
  if (rule === undefined) return 'the array dialect has no counterpart';
  for (const { type } of [...op.operands, ...op.results])
    if (converter.convert(type) === null) return `${type}: ${converter.reason(type)}`;
  return rule.refuses?.(op) ?? captureRefusal(op);
}

function targetFor(converter: TypeConverter): ConversionTarget {
  return new ConversionTarget()
    .legalDialect('arith', 'array', 'complex', 'loop', 'math')
    .dynamicallyLegalDialect(DIALECTS, (op) => refusal(op, converter) ?? 'it is for the array dialect')
    .dynamicallyLegalOp([CallOp, ReturnOp], (op) => converter.legality(op))
    .dynamicallyLegalOp(FuncOp, (op) => converter.functionLegality(FuncOp.function_type(op)));
}

function patternsFor(converter: TypeConverter): readonly ConversionPattern[] {
  return [
    ...Object.entries(RULES).map(
      ([root, rule]): ConversionPattern => ({
        name: `${root.replace('.', '-').replaceAll('_', '-')}-to-array`,
        equation: rule.equation,
        root,
        converter,
        rewrite(op, operands, rewriter) {
          const reason = refusal(op, converter);
          if (reason !== undefined) return rewriter.notifyMatchFailure(op, reason);
          rewriter.setInsertionPoint(op);
          const site = new HloSite(op, operands, rewriter, converter);
          rewriter.replaceOp(op, extendedResults(site, rule.convert(site)));
          return true;
        },
      }),
    ),
    ...signaturePatterns(converter),
  ];
}
