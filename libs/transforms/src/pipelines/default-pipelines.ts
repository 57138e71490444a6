// The default pipelines -O0 to -O3, for any target and numerics mode. They are configs in the pipeline schema, the files
// O0.json .. O3.json beside this one (after a change to them: node tools/ci/generate-pipelines.mjs).
//
// Read as a story: calls are inlined, array programs are simplified and their numerics fixed; ops are grouped into kernels (at O0 each op is
// one); kernels become buffers and loops; from O2 on the schedule places, cuts and vectorises the loops, a user's first
// (what has one is then left alone); what is left is tidied for the back end.
import type { NumericsMode, OptionValue, PipelineItemJson, PipelineJson } from '@budflow/pass';
import { LEVELS } from './levels.js';

export type OptimizationLevel = 0 | 1 | 2 | 3;

/** The pipeline of an optimisation level for a Wasm target. */
export function defaultPipeline(level: OptimizationLevel, target: string, numerics: NumericsMode): PipelineJson {
  const config = LEVELS[level] as PipelineJson;
  // What a pass is told about the machine and the mode is what the config says for all.
  const value = (name: string, given: OptionValue): OptionValue => {
    if (name === 'target' && given === config.target) return target;
    return name === 'mode' && given === config.numerics ? numerics : given;
  };
  const item = (one: PipelineItemJson): PipelineItemJson => {
    if (typeof one === 'string') return one;
    if ('anchor' in one) return { ...one, pipeline: one.pipeline.map(item) };
    if (one.options === undefined) return one;
    const options = Object.fromEntries(Object.entries(one.options).map(([name, v]) => [name, value(name, v)]));
    return { pass: one.pass, options };
  };
  return { target, numerics, pipeline: config.pipeline.map(item) };
}
