// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as library from './index.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const code = /```ts\nimport \{(.*?)\}.*?\n(.*?)```/s.exec(text);
  const bytes = new Function('library', `const {${code?.[1]}} = library; ${code?.[2]}; return bytes;`)(library);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65535, shared: true });
  new Int32Array(memory.buffer).set([1, 2, 3, 4, 5]);
  const { sum } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  expect((sum as (from: number, end: number) => number)(4, 16)).toBe(2 + 3 + 4);
});
