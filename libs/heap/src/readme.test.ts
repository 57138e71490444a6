// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as library from './index.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/m, '');
  expect(code).toContain('heap.allocate');
  const { heap, x } = new Function('Heap', `${code}; return { heap, x };`)(library.Heap);
  expect(x.length).toBe(1000);
  expect(x[999]).toBe(1);
  expect(heap.statistics().blocks).toBe(0);
});
