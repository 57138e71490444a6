// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { registerCoreDialects } from '@budflow/dialect-core';
import { elementsOf, Interpreter, type TensorValue, tensorFrom } from '@budflow/interpreter';
import { Context, parseModule, parseType } from '@budflow/ir';
import { expect, test } from 'vitest';
import { arrayDialect } from './index.js';

test('the example of the README runs', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/gm, '');
  expect(code).toContain('array.reduce');
  const names = { registerCoreDialects, arrayDialect, Interpreter, tensorFrom, Context, parseModule, parseType };
  const mean: TensorValue = new Function(...Object.keys(names), `${code}; return mean;`)(...Object.values(names));
  expect(elementsOf(mean)).toEqual([2.5, 6.5]);
});
