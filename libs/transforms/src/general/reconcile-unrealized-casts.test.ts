import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { reconcileUnrealizedCasts } from './reconcile-unrealized-casts.js';

const cast = 'builtin.unrealized_conversion_cast';
function reconciled(body: string, options = '') {
  const module = parse(`func.func private @use(i64, i32)
func.func @f(%a: i64, %b: i32) {
${body}
  return
}`);
  const outcome = runPasses(module, `builtin.module(reconcile-unrealized-casts${options})`, [reconcileUnrealizedCasts]);
  const lines = module
    .toString()
    .split('\n')
    .map((l) => l.trim());
  return { lines: lines.slice(3, -3), ...outcome };
}

describe('reconcile-unrealized-casts', () => {
  test('casts there and back cancel out, also over several steps and several values', () => {
    const { lines, statistics } = reconciled(`  %0 = ${cast} %a : i64 to index
  %1 = ${cast} %0 : index to f64
  %2 = ${cast} %1 : f64 to i64
  %3:2 = ${cast} %2, %b : i64, i32 to f32, f32
  %4:2 = ${cast} %3#0, %3#1 : f32, f32 to i64, i32
  func.call @use(%4#0, %4#1) : (i64, i32) -> ()`);
    expect(lines).toEqual(['call @use(%arg0, %arg1) : (i64, i32) -> ()']);
    expect(statistics).toEqual({ folded: 2, erased: 3, left: 0 });
  });

  test('casts that nobody uses go; those that are needed stay, with a remark', () => {
    const { lines, statistics, remarks } = reconciled(`  %0 = ${cast} %a : i64 to index
  %1 = ${cast} %0 : index to f64
  %2 = ${cast} %b : i32 to i64
  func.call @use(%2, %b) : (i64, i32) -> ()`);
    expect(lines).toEqual([`%0 = ${cast} %arg1 : i32 to i64`, 'call @use(%0, %arg1) : (i64, i32) -> ()']);
    expect(statistics).toEqual({ folded: 0, erased: 2, left: 1 });
    expect(remarks.map((r) => [r.name, r.message])).toEqual([
      ['live-cast', 'a value of type i32 is still needed as i64'],
    ]);
  });

  test('several values whose parts come in another order do not cancel out', () => {
    const { statistics } = reconciled(`  %0:2 = ${cast} %b, %b : i32, i32 to f32, f32
  %1:2 = ${cast} %0#1, %0#0 : f32, f32 to i32, i32
  func.call @use(%a, %1#0) : (i64, i32) -> ()`);
    expect(statistics).toEqual({ folded: 0, erased: 0, left: 2 });
  });

  test('with require, a cast that stays is an error', () => {
    expect(() =>
      reconciled(
        `  %0 = ${cast} %b : i32 to i64
  func.call @use(%0, %b) : (i64, i32) -> ()`,
        '{require=true}',
      ),
    ).toThrow("'builtin.unrealized_conversion_cast' op a value of type i32 is still needed as i64");
  });
});
