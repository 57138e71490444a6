// reconcile-unrealized-casts: removes the casts that partial conversions left behind and that cancel out by now.
//
//   %1 = builtin.unrealized_conversion_cast %0 : i64 to index
//   %2 = builtin.unrealized_conversion_cast %1 : index to i64       ->    use %0
//   use %2
//
// Requires nothing. Preserves nothing when it changes something. A cast whose types are those of its own inputs, or of the
// inputs of a cast further up its chain, is replaced by those; casts nobody uses go. As MLIR's pass of this name.
import { UnrealizedConversionCastOp } from '@budflow/dialect-core';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { castSources } from '@budflow/rewrite';

export const reconcileUnrealizedCasts = definePass({
  name: 'reconcile-unrealized-casts',
  summary: 'remove conversion casts that cancel out',
  description: `Conversions that run one after the other leave builtin.unrealized_conversion_cast between what one and what the
other converted. When all have run, the casts cancel out in pairs; this pass removes them. Those that do not are reported as
remarks, or as errors with \`require\`.`,
  options: {
    require: { type: 'boolean', default: false, description: 'Fail when a cast remains.' },
  },
  statistics: {
    folded: 'Casts replaced by what they were made of',
    erased: 'Casts nobody used',
    left: 'Casts that stay',
  },
  run(root, pass) {
    const casts: Operation[] = [];
    root.walk((op) => {
      if (op !== root && UnrealizedConversionCastOp.is(op)) casts.push(op);
    });
    let folded = 0;
    for (const cast of casts) {
      const sources = cast.hasResultUses ? castSources(cast) : null;
      if (sources === null) continue;
      cast.results.forEach((result, i) => {
        result.replaceAllUsesWith(sources[i]!);
      });
      folded++;
    }
    // Casts of casts: the last go first.
    let erased = 0;
    for (let i = casts.length - 1; i >= 0; i--) erased += eraseUnused(casts[i]!);
    const left = casts.filter((cast) => !cast.isErased);
    pass.statistic('folded', folded);
    pass.statistic('erased', erased - folded);
    pass.statistic('left', left.length);
    for (const cast of left) {
      const message = `a value of type ${cast.operands.map((v) => v.type).join(', ')} is still needed as ${cast.resultTypes.join(', ')}`;
      if (pass.options.require)
        cast
          .emitError('conversion.live-cast', message)
          .note('convert the ops that define or use it, or give their conversion a materialization');
      else pass.remark({ kind: 'missed', name: 'live-cast', message, at: cast });
    }
    if (pass.options.require && left.length > 0) pass.signalFailure();
    if (erased === 0) pass.unchanged();
  },
});

/** Erases a cast without uses, and the casts it alone used. Returns their number. */
function eraseUnused(cast: Operation): number {
  if (cast.isErased || cast.hasResultUses) return 0;
  const inputs = cast.operands;
  cast.erase();
  let erased = 1;
  for (const input of inputs) {
    const definition = input.definingOp;
    if (definition !== null && UnrealizedConversionCastOp.is(definition)) erased += eraseUnused(definition);
  }
  return erased;
}
