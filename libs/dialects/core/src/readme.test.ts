// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import * as ir from '@budflow/ir';
import { expect, it } from 'vitest';
import * as library from './index.js';
import { run } from './testing/text.js';

it('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/gm, '');
  expect(code).toContain('buildConvert');
  const printed: string[] = [];
  const names = { ...ir, ...library, console: { log: (value: string) => printed.push(value) } };
  new Function(...Object.keys(names), code!)(...Object.values(names));
  expect(printed).toHaveLength(1);
  const brighten = (a: number, b: number) => run(printed[0]!, [a, b], {}, 'brighten')[0];
  expect([brighten(100, 50.5), brighten(200, 100), brighten(-5, 1), brighten(Number.NaN, 1)]).toEqual([-106, -1, 0, 0]);
});
