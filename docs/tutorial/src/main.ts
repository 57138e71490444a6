// Parses, verifies, canonicalizes, converts and runs a program with polynomials.
import { type Context, parseModule, printModule, renderDiagnostic, verify } from '@budflow/ir';
import { PassManager, parsePipeline } from '@budflow/pass';
import { compile, createContext, createPassRegistry, defaultTarget, pipelineFor } from 'budflow';
import { plugin } from './plugin.js';

const TEXT = `func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %same = poly.eval %x, array<f64: 0.0, 1.0> : tensor<?xf32>
  %0 = poly.eval %same, array<f64: 1.0, 0.5, 2.0, 0.0> : tensor<?xf32>
  return %0 : tensor<?xf32>
}
`;

function newContext(): Context {
  const context = createContext();
  for (const dialect of plugin.dialects) context.registerDialect(dialect);
  return context;
}

/** The IR after a pipeline. */
function after(pipelineText: string): string {
  const context = newContext();
  const module = parseModule(TEXT, context)!;
  const registry = createPassRegistry(plugin.passes);
  const pipeline = parsePipeline(pipelineText, { registry, diagnostics: context.diagnostics })!;
  new PassManager(pipeline).run(module);
  return printModule(module);
}

// 1. What is wrong is said with its place.
const context = newContext();
const { diagnostics } = context.diagnostics.collect(() => {
  const module = parseModule(TEXT.replace('array<f64: 1.0, 0.5, 2.0, 0.0>', 'array<f64>'), context, {
    file: 'wrong.mlir',
  });
  if (module) verify(module);
});
console.log(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));

// 2. Folds and patterns: one polynomial is left, of three coefficients.
console.log(after('canonicalize'));

// 3. Converted.
console.log(after('canonicalize,lower-poly,cse'));

// 4. Run: the pass in front of the default pipeline.
const pipeline = pipelineFor({}, defaultTarget());
const program = compile(TEXT, {
  plugins: [plugin],
  pipeline: { ...pipeline, pipeline: ['canonicalize', 'lower-poly', ...pipeline.pipeline] },
});
const y = program.main!(new Float32Array([0, 1, 2, 3]));
console.log(Array.from((y as { data: ArrayLike<number> }).data).join(' '));
