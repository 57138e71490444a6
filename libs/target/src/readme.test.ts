// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as library from './index.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\nimport \{(.*?)\}.*?\n(.*?)```/s.exec(text);
  const run = new Function(
    'library',
    `const {${code?.[1]}} = library; ${code?.[2]}; return { width, source, mine, here };`,
  );
  const { width, source, mine, here } = run(library);
  expect(width).toBe(8);
  expect(source).toBe("LLVM's scheduling model of Haswell");
  expect(mine.name).toBe('mine');
  expect(here.name).toMatch(/^wasm32-/);
});
