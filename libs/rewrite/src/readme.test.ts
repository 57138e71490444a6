// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { type Builder, definePattern } from '@budflow/ir';
import { expect, test } from 'vitest';
import {
  applyFullConversion,
  applyPatternsGreedily,
  ConversionTarget,
  rebuildConverted,
  TypeConverter,
} from './index.js';
import { ConstantOp, constant, makeFunction, newContext, SubOp, show, UseOp } from './testing/calc.js';

/** The examples of the README, without their imports. */
const examples = [...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
  (m) => m[1]!.replace(/^import .*$/m, ''),
);

test('runs the example of the README', () => {
  const [code] = examples;
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

test('runs the example of dialect conversion', () => {
  const context = newContext();
  const { i32, i16 } = context;
  const root = makeFunction(context, 0, (b) => {
    UseOp.create(b, 0, { values: [constant(b, 0x10002)] });
  });
  const constant16 = (b: Builder, value: number) =>
    ConstantOp.build(b, 0, { value: context.integerAttr(i16, value), resultTypes: [i16] });
  const names = {
    applyFullConversion,
    ConversionTarget,
    TypeConverter,
    rebuildConverted,
    root,
    i32,
    i16,
    constant16,
  };
  const outcome = new Function(...Object.keys(names), `${examples[1]}; return outcome;`)(...Object.values(names));
  expect(outcome).toMatchObject({ succeeded: true, changed: true, castsLeft: 0 });
  expect(show(root)).toEqual(['v0 = 1', 'v1 = 2', 'use v0 v1']);
});
