import { readFileSync } from 'node:fs';
import type { Operation } from '@budflow/ir';
import {
  buildPipelineConfig,
  checkPipelineConfig,
  NUMERICS_MODES,
  type PassDefinition,
  PassManager,
  PassRegistry,
  type PipelineItemJson,
  type PipelineJson,
  printPipeline,
  readPipelineConfig,
} from '@budflow/pass';
import { targetNames } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import * as transforms from '../index.js';
import { kernelsOf } from '../support/kernel-function.js';
import { kernelContext, parse } from '../testing/kernels.js';
import { softmaxProgram } from '../testing/known-programs.js';
import { runMain } from '../testing/programs.js';
import { defaultPipeline, type OptimizationLevel } from './default-pipelines.js';
import { LEVELS as GENERATED } from './levels.js';

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

/** The module after a pipeline for strict numerics, which computes what fix-numerics left, for all sizes, bit by bit. */
function compiled(text: string, level: OptimizationLevel, sizes: readonly (readonly number[])[] = [[]]) {
  const target = 'wasm32-simd128';
  const run = (json: PipelineJson): Operation => {
    const module = parse(text);
    const { pipeline } = buildPipelineConfig(json, registry);
    expect(new PassManager(pipeline, { verifyEach: true }).run(module).succeeded).toBe(true);
    return module;
  };
  const module = run(defaultPipeline(level, target, 'strict'));
  const reference = run({ pipeline: [{ pass: 'fix-numerics', options: { mode: 'strict', target } }] });
  for (const size of sizes) expect(runMain(module, { sizes: size })).toEqual(runMain(reference, { sizes: size }));
  return { kernels: kernelsOf(module) };
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

    test(`-O${level} takes a softmax to chunked kernels over vectors of the target`, () => {
      const { kernels } = compiled(softmaxProgram(5, 37), level);
      expect(kernels.length).toBeGreaterThan(0);
      for (const kernel of kernels) expect(kernel.attr('rt.chunks')).toBeDefined();
      const all = kernels.map(String).join('\n');
      for (const [, lanes, width] of all.matchAll(/vector<(\d+)x[fi](\d+)>/g))
        if (width !== '1') expect(Number(lanes) * Number(width)).toBeLessThanOrEqual(128);
      expect(all.includes('vector<')).toBe(level >= 2);
    });

    test(`-O${level} keeps reductions over several dimensions and softmax rows of any size, zero too`, () => {
      const any = 'tensor<?x?x?xf32>';
      const sums = `func.func @main(%x: ${any}) -> (tensor<f32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %half = array.constant dense<0.5> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %a = array.reduce add %x init %half dims = [0, 1, 2] : ${any}, tensor<f32> to tensor<f32>
  %b = array.reduce add %x init %half dims = [1, 2] : ${any}, tensor<f32> to tensor<?xf32>
  %c = array.reduce add %x init %half dims = [0, 1] : ${any}, tensor<f32> to tensor<?xf32>
  %d = array.reduce max %x init %low dims = [0, 2] : ${any}, tensor<f32> to tensor<?xf32>
  return %a, %b, %c, %d : tensor<f32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}`;
      compiled(sums, level, [
        [3, 5, 7],
        [2, 70, 33],
        [0, 2, 2],
        [3, 0, 4],
        [3, 4, 0],
        [0, 0, 0],
      ]);
      compiled(softmaxProgram('?', '?'), level, [
        [3, 37],
        [2, 1100],
        [0, 4],
        [4, 0],
        [1, 1],
      ]);
    });
  }

  test('are the JSON files beside the code, which are valid configs themselves', async () => {
    const { diagnostics } = kernelContext();
    for (const level of LEVELS) {
      const file = new URL(`./O${level}.json`, import.meta.url);
      const { $schema, ...config } = JSON.parse(readFileSync(file, 'utf8')) as PipelineJson;
      expect($schema).toMatch(/pipeline\.schema\.json$/);
      // After a change to a file: node tools/ci/generate-pipelines.mjs
      expect(GENERATED[level]).toEqual(config);
      const read = await readPipelineConfig(readFileSync(file, 'utf8'), { registry, diagnostics });
      expect(read && printPipeline(read.pipeline)).toBe(
        printPipeline(buildPipelineConfig(defaultPipeline(level, config.target!, config.numerics!), registry).pipeline),
      );
    }
  });

  test('tell passes the target and the mode that are asked for', () => {
    const text = JSON.stringify(defaultPipeline(3, 'my-wasm', 'strict'));
    expect(text).toContain('{"mode":"strict","target":"my-wasm"}');
    expect(text).not.toMatch(/wasm32|"default"/);
  });

  test('an unknown pass would be found', () => {
    const json = { pipeline: ['canonicalize', 'cannonicalize'] };
    expect(() => buildPipelineConfig(json, registry)).toThrow(/cannonicalize/);
  });
});
