import { Context, type IntegerAttr, Operation, type Type } from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { registerCoreDialects } from '../register.js';
import { constantFold1, constantFold2 } from './constants.js';

/** An op with one operand for each type. */
function opOf(context: Context, name: string, operands: readonly Type[], result: Type): Operation {
  const values = operands.map((t) => Operation.create(context.opInfo('t.value'), 0, [], [t]).result(0));
  return Operation.create(context.opInfo(name), 0, values, [result]);
}

describe('constant folds', () => {
  it('evaluate the same operands once, and others again', () => {
    const context = new Context();
    registerCoreDialects(context);
    let times = 0;
    const fold = constantFold2(() => (a, b) => {
      times++;
      return (a as number) - (b as number);
    });
    const { i32 } = context;
    const op = opOf(context, 'arith.subi', [i32, i32], i32);
    const [five, three] = [context.integerAttr(i32, 5), context.integerAttr(i32, 3)];
    expect((fold(op, [five, three]) as IntegerAttr).value).toBe(2);
    expect((fold(op, [five, three]) as IntegerAttr).value).toBe(2);
    expect(times).toBe(1);
    expect((fold(op, [three, five]) as IntegerAttr).value).toBe(-2);
    expect(times).toBe(2);
  });

  it('tell results of different types and flags apart', () => {
    const context = new Context();
    registerCoreDialects(context);
    const fold = constantFold1(() => (a) => a);
    const one = context.integerAttr(context.i32, 1);
    expect(String(fold(opOf(context, 'arith.extsi', [context.i32], context.i32), [one]))).toBe('1 : i32');
    expect(String(fold(opOf(context, 'arith.extsi', [context.i32], context.i64), [one]))).toBe('1 : i64');
  });

  it('say that they wait for constants', () => {
    const fold = constantFold1(() => (a) => a);
    expect([fold.constantsOnly, fold.evaluates]).toEqual([true, true]);
    const context = new Context();
    expect(fold(opOf(context, 't.op', [context.i32], context.i32), [null])).toBeNull();
  });
});

it('a NaN that arithmetic gave is the positive one, whatever code computed it', () => {
  const context = new Context();
  const negative = new Float64Array(new BigUint64Array([0xfff8000000000000n]).buffer)[0]!;
  expect(String(context.floatAttr(context.f64, negative))).toBe('0x7FF8000000000000 : f64');
  expect(String(context.floatAttr(context.f32, negative))).toBe('0x7FC00000 : f32');
  expect(String(context.floatAttr(context.f64, negative, 0xfff8000000000000n))).toBe('0xFFF8000000000000 : f64');
});
