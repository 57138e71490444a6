// The default pipelines -O0 to -O3, as configs in the pipeline schema (`--print-pipeline` prints them as JSON).
// Read as a story: array programs are simplified and their numerics fixed; ops are grouped into kernels; kernels become
// buffers and loops; the schedule places, cuts and vectorises the loops; what is left is tidied for the back end.

import type { NumericsMode, PipelineItemJson, PipelineJson } from '@budflow/pass';

export type OptimizationLevel = 0 | 1 | 2 | 3;

/** The pipeline of an optimisation level for a Wasm target. */
export function defaultPipeline(level: OptimizationLevel, target: string, numerics: NumericsMode): PipelineJson {
  const tidy: PipelineItemJson[] = ['canonicalize', 'cse', 'licm'];
  const fixNumerics = { pass: 'fix-numerics', options: { mode: numerics, target } };
  const fusion = (decisions: Record<string, number>) => ({
    pass: 'instruction-fusion',
    options: { target, ...decisions },
  });
  const backEnd: PipelineItemJson[] = [
    { pass: 'expand-math', options: { target } },
    'legalize-vectors',
    ...tidy,
    'chunk-kernel',
    'scratch-assignment',
  ];
  // A user's schedule first; what has one then is left alone.
  const schedule: PipelineItemJson[] = ['apply-schedule', { pass: 'default-schedule', options: { target } }];
  switch (level) {
    case 0:
      // Every op a kernel of its own, scalar loops in program order.
      return {
        target,
        numerics,
        pipeline: [fixNumerics, fusion({ 'max-decisions': 0 }), 'bufferize', 'array-to-loop', ...backEnd],
      };
    case 1:
      // Fused, scalar.
      return {
        target,
        numerics,
        pipeline: [
          'canonicalize',
          'cse',
          fixNumerics,
          fusion({}),
          'bufferize',
          'buffer-assignment',
          'array-to-loop',
          ...tidy,
          'scalar-replacement',
          ...backEnd,
        ],
      };
    case 2:
    case 3:
      return {
        target,
        numerics,
        pipeline: [
          'canonicalize',
          'cse',
          fixNumerics,
          fusion({}),
          'collapse-dims',
          'canonicalize',
          'cse',
          'bufferize',
          'buffer-assignment',
          'array-to-loop',
          'canonicalize',
          'cse',
          ...schedule,
          ...tidy,
          'scalar-replacement',
          ...backEnd,
        ],
      };
  }
}
