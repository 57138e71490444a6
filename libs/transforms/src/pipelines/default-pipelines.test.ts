import {
  buildPipelineConfig,
  checkPipelineConfig,
  NUMERICS_MODES,
  type PassDefinition,
  PassManager,
  PassRegistry,
  type PipelineItemJson,
} from '@budflow/pass';
import { targetNames } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import * as transforms from '../index.js';
import { kernelsOf } from '../support/kernel-function.js';
import { kernelContext, parse } from '../testing/kernels.js';
import { softmaxProgram } from '../testing/known-programs.js';
import { runMain } from '../testing/programs.js';
import { defaultPipeline, type OptimizationLevel } from './default-pipelines.js';

const LEVELS: readonly OptimizationLevel[] = [0, 1, 2, 3];
const TARGETS = targetNames().filter((name) => name.startsWith('wasm'));

const isPass = (value: unknown): value is PassDefinition =>
  typeof value === 'object' && value !== null && 'anchor' in value && 'statistics' in value;
const registry = new PassRegistry(Object.values<unknown>(transforms).filter(isPass));

function passNames(items: readonly PipelineItemJson[]): string[] {
  return items.flatMap((item) =>
    typeof item === 'string' ? [item] : 'pass' in item ? [item.pass] : passNames(item.pipeline),
  );
}

describe('default pipelines', () => {
  for (const level of LEVELS) {
    test(`-O${level} is valid by the schema of pipelines for every target and numerics mode`, async () => {
      expect(TARGETS.length).toBeGreaterThan(1);
      const { diagnostics } = kernelContext();
      for (const target of TARGETS) {
        for (const numerics of NUMERICS_MODES) {
          const json = defaultPipeline(level, target, numerics);
          const { diagnostics: problems } = diagnostics.collect(() => buildPipelineConfig(json, registry));
          expect(problems).toEqual([]);
          const config = await checkPipelineConfig(JSON.parse(JSON.stringify(json)), { registry, diagnostics });
          expect(config).toMatchObject({ target, numerics });
          for (const name of passNames(json.pipeline)) expect(registry.get(name)?.name).toBe(name);
        }
      }
    });

    test(`-O${level} takes a softmax to chunked kernels over vectors of the target, and keeps its bits in strict numerics`, () => {
      const text = softmaxProgram(5, 37);
      const module = parse(text);
      const config = buildPipelineConfig(defaultPipeline(level, 'wasm32-simd128', 'strict'), registry);
      expect(new PassManager(config.pipeline, { verifyEach: true }).run(module).succeeded).toBe(true);
      const kernels = kernelsOf(module);
      expect(kernels.length).toBeGreaterThan(0);
      for (const kernel of kernels) expect(kernel.attr('rt.chunks')).toBeDefined();
      const all = kernels.map(String).join('\n');
      for (const [, lanes, width] of all.matchAll(/vector<(\d+)x[fi](\d+)>/g))
        if (width !== '1') expect(Number(lanes) * Number(width)).toBeLessThanOrEqual(128);
      expect(all.includes('vector<')).toBe(level >= 2);
      // The order of sums is fixed by fix-numerics.
      const reference = parse(text);
      const fix = {
        target: 'wasm32-simd128',
        numerics: 'strict' as const,
        pipeline: [{ pass: 'fix-numerics', options: { mode: 'strict', target: 'wasm32-simd128' } }],
      };
      new PassManager(buildPipelineConfig(fix, registry).pipeline).run(reference);
      expect(runMain(module)).toEqual(runMain(reference));
    });
  }

  test('an unknown pass would be found', () => {
    const json = { pipeline: ['canonicalize', 'cannonicalize'] };
    expect(() => buildPipelineConfig(json, registry)).toThrow(/cannonicalize/);
  });
});
