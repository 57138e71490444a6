// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { buildPipelineConfig, PassManager, PassRegistry } from '@budflow/pass';
import { expect, test } from 'vitest';
import * as transforms from './index.js';
import { defaultPipeline } from './pipelines/default-pipelines.js';
import { kernelsOf } from './support/kernel-function.js';
import { parse } from './testing/kernels.js';

test('the example of the README compiles array functions to kernels', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = code.replaceAll(/^import .*\n/gm, '');
  const module = parse(`func.func @main(%x: tensor<100xf32>) -> tensor<100xf32> {
    %r = array.add %x, %x : tensor<100xf32>
    return %r : tensor<100xf32>
  }`);
  const names = { PassManager, PassRegistry, buildPipelineConfig, transforms, defaultPipeline, module };
  new Function(...Object.keys(names), body)(...Object.values(names));
  expect(kernelsOf(module)).toHaveLength(1);
  expect(module.toString()).toContain('simd.store');
});

test('the README names every folder of passes and every pass of the pipelines', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const item of defaultPipeline(3, 'wasm32-simd128', 'default').pipeline) {
    const name = typeof item === 'string' ? item : 'pass' in item ? item.pass : '';
    expect(readme).toContain(`\`${name}\``);
  }
});
