// The examples of the README run as written.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compile } from './index.js';

it('runs the examples of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map((m) => m[1]!.replace(/^import .*$/m, ''));
  expect(blocks).toHaveLength(2);
  const logged: unknown[] = [];
  const console = {
    log: (...values: unknown[]) =>
      logged.push(...values.map((v) => (ArrayBuffer.isView(v) ? [...(v as Float32Array)] : v))),
  };
  new Function('compile', 'console', blocks.join('\n'))(compile, console);
  expect(logged).toEqual([[2, 4, 6], [3], [2, 4, 6]]);
});
