// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import * as core from '@budflow/dialect-core';
import * as ir from '@budflow/ir';
import { expect, it } from 'vitest';
import * as library from './index.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/gm, '');
  expect(code).toContain("call('axpy'");
  const printed: unknown[] = [];
  const names = { ...ir, ...core, ...library, console: { log: (value: unknown) => printed.push(value) } };
  new Function(...Object.keys(names), code!)(...Object.values(names));
  expect(printed).toEqual([[12, 24]]);
});
