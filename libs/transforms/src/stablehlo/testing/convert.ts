// For the tests of the conversion: StableHLO text to a module of array programs.
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { loopDialect } from '@budflow/dialect-loop';
import { STABLEHLO_DIALECTS } from '@budflow/dialect-stablehlo';
import { Context, type Operation, parseModule, renderDiagnostic } from '@budflow/ir';
import { runPasses } from '../../testing/programs.js';
import { convertStablehloToArray } from '../convert-stablehlo-to-array.js';

export function parseStablehlo(text: string): Operation {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  context.registerDialect(loopDialect);
  for (const dialect of STABLEHLO_DIALECTS) context.registerDialect(dialect);
  let module: Operation | undefined;
  const { diagnostics } = context.diagnostics.collect(() => {
    module = parseModule(text, context, { file: 'test.mlir' });
  });
  if (!module) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return module;
}

/** The converted module, verified. Throws with the rendered diagnostics where that is not possible. */
export function convert(text: string): Operation {
  const module = parseStablehlo(text);
  runPasses(module, 'builtin.module(convert-stablehlo-to-array)', [convertStablehloToArray]);
  return module;
}
