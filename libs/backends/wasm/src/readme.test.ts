// The example of the package's README runs as written.

import { readFileSync } from 'node:fs';
import * as core from '@budflow/dialect-core';
import * as loop from '@budflow/dialect-loop';
import * as memory from '@budflow/dialect-memory';
import * as heap from '@budflow/heap';
import * as ir from '@budflow/ir';
import { expect, test } from 'vitest';
import * as wasm from './index.js';

const packages: Record<string, unknown> = {
  '@budflow/ir': ir,
  '@budflow/dialect-core': core,
  '@budflow/dialect-loop': loop,
  '@budflow/dialect-memory': memory,
  '@budflow/heap': heap,
  '@budflow/backend-wasm': wasm,
};

test('the example of the README doubles an array', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s
    .exec(text)?.[1]
    ?.replace(/import \{(.*?)\} from '(.*?)';/g, (_, names, from) => `const {${names}} = packages['${from}'];`);
  expect(new Function('packages', `${code}; return doubled;`)(packages)).toEqual([2, 4, 6]);
});
