// The example of the README is valid and comes back from text.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { roundTrips } from './testing/harness.js';

test('the example of the README comes back from custom and generic text', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const text = /```mlir\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(roundTrips(text!)).toContain('applies stablehlo.add');
});
