// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { definePattern } from '@budflow/ir';
import { expect, test } from 'vitest';
import { applyPatternsGreedily } from './index.js';
import { constant, makeFunction, newContext, SubOp, show, UseOp } from './testing/calc.js';

test('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(text)?.[1]?.replace(/^import .*$/m, '');
  const context = newContext();
  const root = makeFunction(context, 1, (b, [x]) => {
    UseOp.create(b, 0, { values: [SubOp.build(b, 0, { lhs: x!, rhs: x!, resultTypes: [context.i32] })] });
  });
  const names = { applyPatternsGreedily, definePattern, constant, root };
  const { result, hits } = new Function(...Object.keys(names), `${code}; return { result, hits };`)(
    ...Object.values(names),
  );
  expect(hits).toBe(1);
  expect(result).toMatchObject({ changed: true, converged: true });
  expect(show(root)).toEqual(['v0 = 0', 'use v0']);
});
