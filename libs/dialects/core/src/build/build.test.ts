// The builders by element type: every result against StableHLO's semantics, on all values of small types and on edges.

import { Interpreter, type RuntimeValue } from '@budflow/interpreter';
import { Builder, type Context, type IntegerType, printModule, type Type, type Value, verify } from '@budflow/ir';
import { narrowInteger, roundToFloat } from '@budflow/numerics';
import { describe, expect, it } from 'vitest';
import { buildFunction, ReturnOp } from '../func/function.js';
import { coreContext, parse } from '../testing/text.js';
import { buildConvert } from './convert.js';
import {
  type BinaryKind,
  type BuildOptions,
  buildBinary,
  buildClamp,
  buildCompare,
  buildUnary,
} from './elementwise.js';
import { signlessType } from './types.js';

function evaluator(
  context: Context,
  inputs: Type[],
  body: (builder: Builder, args: Value[]) => Value,
): (...args: RuntimeValue[]) => RuntimeValue {
  const module = parse('', context);
  const builder = Builder.atEnd(context, module.region(0).entry);
  const { op, entry } = buildFunction(builder, 0, 'f', inputs, []);
  const inner = Builder.atEnd(context, entry);
  const result = body(inner, [...entry.arguments]);
  ReturnOp.create(inner, 0, { operands: [result] });
  op.setAttr('function_type', context.typeAttr(context.functionType(inputs, [result.type])));
  if (!verify(module)) throw new Error(`does not verify:\n${printModule(module)}`);
  const interpreter = new Interpreter(module);
  return (...args) => interpreter.call('f', args)[0]!;
}
const binary = (context: Context, type: Type, kind: BinaryKind, options: BuildOptions = {}) =>
  evaluator(context, [type, type], (b, [x, y]) => buildBinary(kind, b, 0, x!, y!, options));

const NAMES: Partial<Record<BinaryKind, 'shrS' | 'shrU'>> = { shr_s: 'shrS', shr_u: 'shrU' };

describe('integer builders', () => {
  for (const signed of [true, false]) {
    it(`define every case of ${signed ? 'signed' : 'unsigned'} i4`, () => {
      const context = coreContext();
      const type = context.integer(4);
      const reference = narrowInteger(4, { signed });
      for (const kind of [
        'add',
        'sub',
        'mul',
        'div',
        'rem',
        'min',
        'max',
        'and',
        'or',
        'xor',
        'shl',
        'shr_s',
        'shr_u',
      ] as const) {
        const f = binary(context, type, kind, { signedness: signed ? 'signed' : 'unsigned' });
        const want = NAMES[kind] ?? (kind as 'add');
        for (let a = -8; a < 8; a++) {
          for (let b = -8; b < 8; b++) {
            const expected = reference[want](reference.wrap(a), reference.wrap(b));
            expect(f(a, b), `${a} ${kind} ${b}`).toBe((expected << 28) >> 28);
          }
        }
      }
    });
  }

  it('define the edges of i32, i64 and index', () => {
    const context = coreContext();
    expect(binary(context, context.i32, 'div')(-(2 ** 31), -1)).toBe(-(2 ** 31));
    expect(binary(context, context.i32, 'rem')(-(2 ** 31), -1)).toBe(0);
    expect(binary(context, context.i32, 'div')(7, 0)).toBe(-1);
    expect(binary(context, context.i64, 'div')(7n, 0n)).toBe(-1n);
    expect(binary(context, context.i64, 'rem')(7n, 0n)).toBe(7n);
    expect(binary(context, context.i64, 'shl')(1n, 64n)).toBe(0n);
    expect(binary(context, context.i64, 'shr_s')(-1n, -1n)).toBe(-1n);
    expect(binary(context, context.index, 'div')(7, 2)).toBe(3);
    expect(binary(context, context.index, 'rem')(7, 0)).toBe(7);
    expect(binary(context, context.i32, 'pow')(0, -1)).toBe(0);
    expect(binary(context, context.i32, 'pow')(-1, -3)).toBe(-1);
    expect(binary(context, context.i32, 'pow')(3, 5)).toBe(243);
  });

  it('treat i1 as booleans', () => {
    const context = coreContext();
    const table = (kind: BinaryKind) =>
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]
        .map(([a, b]) => binary(context, context.i1, kind)(a!, b!))
        .join('');
    expect(table('add')).toBe('0111');
    expect(table('mul')).toBe('0001');
    expect(table('max')).toBe('0111');
    expect(table('min')).toBe('0001');
    expect(table('shl')).toBe('0010');
    expect(evaluator(context, [context.i1, context.i1], (b, [x, y]) => buildCompare('lt', b, 0, x!, y!))(0, 1)).toBe(1);
  });

  it('emit a bare division for a harmless constant divisor', () => {
    const context = coreContext();
    const module = parse('func.func @f(%x: i32) -> i32 {\n %c = arith.constant 3 : i32\n return %x : i32\n}', context);
    let count = 0;
    module.walk((op) => {
      if (op.name !== 'func.return') return;
      buildBinary('div', Builder.before(op), 0, op.operand(0), op.previous!.result(0));
      for (let at = op.previous; at; at = at.previous) count++;
    });
    expect(count).toBe(2);
  });

  it('have the unary functions', () => {
    const context = coreContext();
    const f = (kind: string, type: Type, options: BuildOptions = {}) =>
      evaluator(context, [type], (b, [x]) => buildUnary(kind, b, 0, x!, options));
    expect([-5, 0, 7].map((x) => f('sign', context.i32)(x))).toEqual([-1, 0, 1]);
    expect([-5, 0, 7].map((x) => f('sign', context.i32, { signedness: 'unsigned' })(x))).toEqual([1, 0, 1]);
    expect(f('neg', context.i32)(-(2 ** 31))).toBe(-(2 ** 31));
    expect(f('abs', context.i32)(-3)).toBe(3);
    expect(f('abs', context.i32, { signedness: 'unsigned' })(-3)).toBe(-3);
    expect(f('not', context.i32)(5)).toBe(-6);
    expect(f('not', context.i1)(0)).toBe(1);
    expect(f('popcount', context.i8)(-1)).toBe(8);
    expect(f('clz', context.i32)(1)).toBe(31);
    expect([Number.NaN, -0, 0, -3, 9].map((x) => f('sign', context.f32)(x))).toEqual([Number.NaN, -0, 0, -1, 1]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, 1].map((x) => f('is_finite', context.f32)(x))).toEqual([0, 0, 1]);
    expect(f('round_even', context.f32)(0.5)).toBe(0);
    expect(() => f('popcount', context.f32)(1)).toThrow(/'popcount' is not defined on f32/);
  });

  it('clamp', () => {
    const context = coreContext();
    const clamp = evaluator(context, [context.f32, context.f32, context.f32], (b, [l, x, h]) =>
      buildClamp(b, 0, l!, x!, h!),
    );
    expect([clamp(0, -1, 1), clamp(0, 0.5, 1), clamp(0, 2, 1)]).toEqual([0, 0.5, 1]);
    expect(clamp(0, Number.NaN, 1)).toBeNaN();
  });
});

describe('conversions', () => {
  const context = coreContext();
  const floats = ['f16', 'bf16', 'f32', 'f64'].map((n) => context.floatByName(n)!);
  const integers = [1, 8, 16, 32, 64].flatMap((w) =>
    w === 1 ? [context.i1] : [context.integer(w), context.integer(w, 'unsigned')],
  );
  const convert = (from: Type, to: Type) =>
    evaluator(context, [signlessType(context, from)], (b, [x]) => buildConvert(b, 0, x!, from, to));
  const isUnsigned = (t: IntegerType) => t.signedness === 'unsigned' || t.width === 1;
  const pattern = (t: IntegerType, v: bigint): RuntimeValue =>
    t.width === 1 ? Number(v & 1n) : t.width > 32 ? BigInt.asIntN(64, v) : Number(BigInt.asIntN(t.width, v));

  it('from floats saturate, and NaN gives 0', () => {
    for (const from of floats) {
      const values = [
        0,
        -0,
        0.5,
        -0.5,
        1.5,
        -1.5,
        127.5,
        128,
        -129,
        255.9,
        256,
        32767.9,
        65535.9,
        65536,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 32,
        2 ** 63,
        -(2 ** 63),
        2 ** 64,
        1e30,
        -1e30,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
      ].map((v) => roundToFloat(v, from.name as 'f32'));
      for (const to of integers) {
        if (to.width === 1) continue;
        const f = convert(from, to);
        const low = isUnsigned(to) ? 0n : -(1n << BigInt(to.width - 1));
        const high = isUnsigned(to) ? (1n << BigInt(to.width)) - 1n : (1n << BigInt(to.width - 1)) - 1n;
        for (const x of values) {
          const whole = Number.isNaN(x)
            ? 0n
            : x === Number.POSITIVE_INFINITY
              ? high
              : x === Number.NEGATIVE_INFINITY
                ? low
                : BigInt(Math.trunc(x));
          const wanted = whole < low ? low : whole > high ? high : whole;
          expect(f(x), `${x} : ${from} to ${to}`).toBe(pattern(to, wanted));
        }
      }
    }
  });

  it('from integers keep the value or wrap', () => {
    for (const from of integers) {
      const top = 1n << BigInt(from.width - 1);
      const values = isUnsigned(from) ? [0n, 1n, top - 1n, 2n * top - 1n] : [0n, 1n, -1n, top - 1n, -top];
      for (const v of values) {
        for (const to of integers) {
          const wanted = to.width === 1 ? (v === 0n ? 0n : 1n) : v;
          expect(convert(from, to)(pattern(from, v)), `${v} : ${from} to ${to}`).toBe(pattern(to, wanted));
        }
        for (const to of floats) {
          const wanted = from.width < 64 || to.width === 64 ? roundToFloat(Number(v), to.name as 'f32') : undefined;
          if (wanted !== undefined) expect(convert(from, to)(pattern(from, v)), `${v} : ${from} to ${to}`).toBe(wanted);
        }
        if (from.width < 64) expect(convert(from, context.index)(pattern(from, v))).toBe(Number(v));
      }
    }
  });

  it('between floats round once; to bool compare with zero', () => {
    expect(convert(context.f16, context.bf16)(1 + 2 ** -8)).toBe(1);
    expect(convert(context.bf16, context.f16)(2 ** 20)).toBe(Number.POSITIVE_INFINITY);
    expect(convert(context.f64, context.f32)(1 + 2 ** -30)).toBe(1);
    expect(convert(context.f32, context.f64)(0.5)).toBe(0.5);
    expect(convert(context.f32, context.i1)(-0)).toBe(0);
    expect(convert(context.f32, context.i1)(0.1)).toBe(1);
    expect(convert(context.f32, context.i1)(Number.NaN)).toBe(1);
    expect(convert(context.f32, context.index)(7.9)).toBe(7);
    expect(convert(context.index, context.f32)(7)).toBe(7);
    expect(convert(context.index, context.i8)(300)).toBe(44);
  });

  it('work on vectors', () => {
    const vector = context.vector([4], context.f32);
    const f = evaluator(context, [vector], (b, [x]) =>
      buildConvert(b, 0, x!, vector, context.vector([4], context.ui8)),
    );
    expect([...(f(Float32Array.of(-1, 300, 2.5, Number.NaN)) as Int8Array)]).toEqual([0, -1, 2, 0]);
  });
});
