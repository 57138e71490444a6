import { expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { countOps, printOpStats } from './print-op-stats.js';
import { transform } from './testing/functions.js';

const TEXT = `func.func @main(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %0, %x : i32
  return %1 : i32
}`;

test('counts ops by name, nested ones and the root included', () => {
  expect([...countOps(parse(TEXT))]).toEqual([
    ['arith.addi', 2],
    ['builtin.module', 1],
    ['func.func', 1],
    ['func.return', 1],
  ]);
});

test('says so in remarks, as figures, and as a statistic', () => {
  const done = transform(TEXT, 'print-op-stats', printOpStats);
  expect(done.remarks.map((r) => [r.args.op, r.args.count])).toContainEqual(['arith.addi', 2]);
  expect(done.statistics['num-ops']).toBe(5);
  const { diagnostics } = done.module.context.diagnostics.collect(() => {
    const run = { statistic() {}, remark() {}, unchanged() {} };
    printOpStats.run(done.module, run as unknown as Parameters<typeof printOpStats.run>[1]);
  });
  expect(diagnostics.map((d) => `${d.severity}: ${d.message}`)).toEqual([
    'remark: ops by name: arith.addi 2, builtin.module 1, func.func 1, func.return 1; 5 in all',
  ]);
});
