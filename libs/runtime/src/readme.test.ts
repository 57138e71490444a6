// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as library from './index.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/m, '') ?? '';
  const logged: unknown[] = [];
  const names = ['decodeNpy', 'encodeNpy', 'NdArray'] as const;
  const values = names.map((name) => library[name]);
  new Function(...names, 'console', code)(...values, { log: (v: unknown) => logged.push(v) });
  expect(logged).toEqual([[2, 2]]);
});
