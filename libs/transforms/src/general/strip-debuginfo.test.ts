import { printModule } from '@budflow/ir';
import { expect, test } from 'vitest';
import { stripDebuginfo } from './strip-debuginfo.js';
import { transform } from './testing/functions.js';

test('no op and no argument has a location afterwards', () => {
  const text = `func.func @main(%x: i32 loc("arg")) -> i32 {
    %0 = arith.addi %x, %x : i32 loc("a.py":3:5)
    return %0 : i32 loc(fused["b", "c"])
  } loc("f")`;
  const located = (module: Parameters<typeof printModule>[0]) =>
    printModule(module, { locations: true }).match(/a\.py|"arg"|"b"|"f"|test\.mlir/g) ?? [];
  expect(located(transform(text, '', stripDebuginfo).module).length).toBeGreaterThan(0);
  const done = transform(text, 'strip-debuginfo', stripDebuginfo);
  expect(located(done.module)).toEqual([]);
  expect(done.statistics['num-stripped']).toBeGreaterThanOrEqual(3);
});
