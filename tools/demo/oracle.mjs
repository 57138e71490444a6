// The interpreter's word on an example: the same program with the same numerics, op by op.

import { probeRelaxedMaddRounding, probeRelaxedSimd } from '@budflow/backend-wasm';
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { loopDialect } from '@budflow/dialect-loop';
import { Interpreter, tensorOver } from '@budflow/interpreter';
import { Context, parseModule, TensorType } from '@budflow/ir';
import { ulpDistance } from '@budflow/numerics';
import { PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { fixNumerics } from '@budflow/transforms';

/**
 * Interprets `main` after its numerics were made explicit: no pass after that may change a bit.
 * @returns the results, in order
 */
export function interpret(text, { target, numerics }, args) {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  context.registerDialect(loopDialect);
  const module = parseModule(text, context, { file: 'example.mlir' });
  const registry = new PassRegistry([fixNumerics]);
  const pipeline = parsePipeline(`builtin.module(fix-numerics{mode=${numerics} target=${target}})`, {
    registry,
    diagnostics: context.diagnostics,
  });
  if (!new PassManager(pipeline).run(module).succeeded)
    throw new Error(context.diagnostics.unhandled.map((d) => d.message).join('\n'));
  const relaxedMadd = probeRelaxedSimd() ? probeRelaxedMaddRounding() : 'twice';
  const main = module.region(0).entry.firstOp;
  const types = main.attr('function_type').type.inputs;
  return new Interpreter(module, { relaxedMadd }).call(
    'main',
    Object.values(args).map((t, i) =>
      types[i] instanceof TensorType ? tensorOver(types[i], t.shape, t.data) : t.data[0],
    ),
  );
}

/** Compares every element of every result with the interpreter's, bit for bit; NaN equals NaN. */
export function interpreterVerdict(outputs, results, oracle, mode) {
  let elements = 0;
  let matching = 0;
  let worst = 0;
  outputs.forEach(([, tensor], k) => {
    const got = results[k].data;
    const want = oracle[k].data ?? [oracle[k]];
    elements += want.length;
    for (let i = 0; i < want.length; i++) {
      if (Object.is(got[i], want[i])) matching++;
      else
        worst = Math.max(
          worst,
          tensor.dtype === 'f4' ? ulpDistance(got[i], want[i], 'f32') : Math.abs(got[i] - want[i]),
        );
    }
  });
  const ok = matching === elements;
  return {
    ok,
    elements,
    matching,
    worst,
    text: `${matching} of ${elements} elements match the interpreter, max ${worst} ulp, mode ${mode}`,
  };
}
