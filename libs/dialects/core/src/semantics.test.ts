// What the ops mean, run through the interpreter from text: edge values, traps, vectors and tensors.

import {
  elementsOf,
  Interpreter,
  RuntimeTrap,
  type RuntimeValue,
  type TensorValue,
  tensorFrom,
} from '@budflow/interpreter';
import type { TensorType } from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { coreContext, parse, run } from './testing/text.js';

/** Runs one op on scalars: `op %0, %1 : type` from operands of the given types. */
function apply(op: string, types: string[], tail: string, result: string, ...args: RuntimeValue[]): RuntimeValue {
  const parameters = types.map((t, i) => `%a${i}: ${t}`).join(', ');
  const operands = types.map((_, i) => `%a${i}`).join(', ');
  const text = `func.func @f(${parameters}) -> ${result} {\n %r = ${op} ${operands} ${tail}\n return %r : ${result}\n}`;
  return run(text, args)[0]!;
}
const binary = (op: string, type: string, a: RuntimeValue, b: RuntimeValue) =>
  apply(op, [type, type], `: ${type}`, type, a, b);
const compare = (op: string, predicate: string, type: string, a: RuntimeValue, b: RuntimeValue) =>
  apply(`${op} ${predicate},`, [type, type], `: ${type}`, 'i1', a, b);
const cast = (op: string, from: string, to: string, a: RuntimeValue, mode = '') =>
  apply(op, [from], `${mode} : ${from} to ${to}`, to, a);

function trap(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof RuntimeTrap) return error.kind;
    throw error;
  }
  return 'none';
}

/** The mathematical result of an integer op on signed and unsigned readings; null where arith leaves it undefined. */
function reference(op: string, width: number, a: bigint, b: bigint): bigint | null {
  const [sa, sb] = [BigInt.asIntN(width, a), BigInt.asIntN(width, b)];
  const [ua, ub] = [BigInt.asUintN(width, a), BigInt.asUintN(width, b)];
  const overflow = sb === -1n && sa === -(1n << BigInt(width - 1));
  const floor = (x: bigint, y: bigint) => (x - (((x % y) + y) % y)) / y;
  switch (op) {
    case 'addi':
      return a + b;
    case 'subi':
      return a - b;
    case 'muli':
      return a * b;
    case 'divsi':
      return sb === 0n || overflow ? null : sa / sb;
    case 'divui':
      return ub === 0n ? null : ua / ub;
    case 'floordivsi':
      return sb === 0n || overflow ? null : sb < 0n ? floor(-sa, -sb) : floor(sa, sb);
    case 'ceildivsi':
      return sb === 0n || overflow ? null : sb < 0n ? -floor(sa, -sb) : -floor(-sa, sb);
    case 'ceildivui':
      return ub === 0n ? null : (ua + ub - 1n) / ub;
    case 'remsi':
      return sb === 0n || overflow ? null : sa % sb;
    case 'remui':
      return ub === 0n ? null : ua % ub;
    case 'andi':
      return ua & ub;
    case 'ori':
      return ua | ub;
    case 'xori':
      return ua ^ ub;
    case 'shli':
      return ub >= BigInt(width) ? null : ua << ub;
    case 'shrsi':
      return ub >= BigInt(width) ? null : sa >> ub;
    case 'shrui':
      return ub >= BigInt(width) ? null : ua >> ub;
    case 'maxsi':
      return sa > sb ? sa : sb;
    case 'minsi':
      return sa < sb ? sa : sb;
    case 'maxui':
      return ua > ub ? ua : ub;
    default:
      return ua < ub ? ua : ub;
  }
}
const INTEGER_OPS =
  'addi subi muli divsi divui floordivsi ceildivsi ceildivui remsi remui andi ori xori shli shrsi shrui maxsi minsi maxui minui'.split(
    ' ',
  );

/** Values of a width: all of a narrow one, the edges of a wide one. */
function valuesOf(width: number): bigint[] {
  if (width <= 4) return Array.from({ length: 1 << width }, (_, i) => BigInt(i));
  const top = 1n << BigInt(width - 1);
  return [
    0n,
    1n,
    2n,
    3n,
    7n,
    BigInt(width - 1),
    BigInt(width),
    top - 1n,
    top,
    top + 1n,
    2n * top - 1n,
    2n * top - 2n,
    0x5555n % top,
  ];
}
function scalarOf(width: number, value: bigint): number | bigint {
  const canonical = width === 1 ? BigInt.asUintN(1, value) : BigInt.asIntN(width, value);
  return width > 32 ? canonical : Number(canonical);
}

describe('integer ops', () => {
  for (const width of [1, 3, 4, 8, 16, 32, 48, 64]) {
    it(`of i${width} give the mathematical result wrapped, and trap where arith is undefined`, () => {
      for (const op of INTEGER_OPS) {
        const text = `func.func @f(%a: i${width}, %b: i${width}) -> i${width} {\n %r = arith.${op} %a, %b : i${width}\n return %r : i${width}\n}`;
        const interpreter = new Interpreter(parse(text));
        for (const a of valuesOf(width)) {
          for (const b of valuesOf(width)) {
            const wanted = reference(op, width, a, b);
            const args = [scalarOf(width, a), scalarOf(width, b)];
            if (wanted === null)
              expect(
                trap(() => interpreter.call('f', args)),
                `${op} ${args}`,
              ).not.toBe('none');
            else expect(interpreter.call('f', args)[0], `${op} ${args}`).toBe(scalarOf(width, wanted));
          }
        }
      }
    });
  }

  it('of index are 64-bit, held as numbers, and trap beyond 2^53', () => {
    for (const op of INTEGER_OPS) {
      const interpreter = new Interpreter(
        parse(`func.func @f(%a: index, %b: index) -> index {\n %r = arith.${op} %a, %b : index\n return %r : index\n}`),
      );
      for (const a of [0, 1, 5, -1, -7, 2 ** 40, -(2 ** 40)]) {
        for (const b of [0, 1, 3, 10, -1, -3, 63, 64]) {
          const wanted = reference(op, 64, BigInt(a), BigInt(b));
          const result = wanted === null ? null : BigInt.asIntN(64, wanted);
          const held = result !== null && Number.isSafeInteger(Number(result));
          if (!held)
            expect(
              trap(() => interpreter.call('f', [a, b])),
              `${op} ${a} ${b}`,
            ).not.toBe('none');
          else expect(interpreter.call('f', [a, b])[0], `${op} ${a} ${b}`).toBe(Number(result) + 0);
        }
      }
    }
  });

  it('name what is undefined', () => {
    expect(trap(() => binary('arith.divsi', 'i32', 1, 0))).toBe('DivisionByZero');
    expect(trap(() => binary('arith.remui', 'i64', 1n, 0n))).toBe('DivisionByZero');
    expect(trap(() => binary('arith.divsi', 'i32', -(2 ** 31), -1))).toBe('Undefined');
    expect(trap(() => binary('arith.shli', 'i32', 1, 32))).toBe('Undefined');
  });

  it('with two results give the carry and the high half', () => {
    const text = (op: string, second: string, types: string) =>
      `func.func @f(%a: i32, %b: i32) -> (i32, ${second}) {\n %r:2 = arith.${op} %a, %b : ${types}\n return %r#0, %r#1 : i32, ${second}\n}`;
    expect(run(text('addui_extended', 'i1', 'i32, i1'), [-1, 2])).toEqual([1, 1]);
    expect(run(text('addui_extended', 'i1', 'i32, i1'), [1, 2])).toEqual([3, 0]);
    expect(run(text('mulsi_extended', 'i32', 'i32'), [-2, 3])).toEqual([-6, -1]);
    expect(run(text('mului_extended', 'i32', 'i32'), [-1, -1])).toEqual([1, -2]);
  });

  it('of math count bits and take powers', () => {
    const unary = (op: string, type: string, a: RuntimeValue) => apply(op, [type], `: ${type}`, type, a);
    expect(unary('math.absi', 'i32', -5)).toBe(5);
    expect(unary('math.absi', 'i8', -128)).toBe(-128);
    expect(unary('math.ctlz', 'i32', 1)).toBe(31);
    expect(unary('math.ctlz', 'i8', 0)).toBe(8);
    expect(unary('math.cttz', 'i64', 8n)).toBe(3n);
    expect(unary('math.cttz', 'i32', 0)).toBe(32);
    expect(unary('math.ctpop', 'i32', -1)).toBe(32);
    expect(binary('math.ipowi', 'i32', 3, 4)).toBe(81);
    expect(binary('math.ipowi', 'i32', -1, -3)).toBe(-1);
    expect(binary('math.ipowi', 'i32', 7, -1)).toBe(0);
    expect(binary('math.ipowi', 'i8', 2, 7)).toBe(-128);
    expect(trap(() => binary('math.ipowi', 'i32', 0, -1))).toBe('DivisionByZero');
  });

  it('compare by the predicate and the width', () => {
    expect(compare('arith.cmpi', 'slt', 'i32', -1, 1)).toBe(1);
    expect(compare('arith.cmpi', 'ult', 'i32', -1, 1)).toBe(0);
    expect(compare('arith.cmpi', 'slt', 'i1', 1, 0)).toBe(1);
    expect(compare('arith.cmpi', 'ult', 'i1', 1, 0)).toBe(0);
    expect(compare('arith.cmpi', 'ugt', 'i64', -1n, 1n)).toBe(1);
    expect(compare('arith.cmpi', 'ule', 'index', -1, 1)).toBe(0);
    expect(compare('arith.cmpi', 'sge', 'index', -1, -1)).toBe(1);
    expect(compare('arith.cmpi', 'eq', 'i8', 3, 3)).toBe(1);
    expect(compare('arith.cmpi', 'ne', 'i8', 3, 3)).toBe(0);
  });
});

describe('float ops', () => {
  it('round every result to the type', () => {
    expect(binary('arith.addf', 'f32', 1, 2 ** -24)).toBe(1);
    expect(binary('arith.mulf', 'f32', Math.fround(0.1), Math.fround(0.1))).toBe(
      Math.fround(Math.fround(0.1) * Math.fround(0.1)),
    );
    expect(binary('arith.addf', 'f64', 1, 2 ** -52)).toBe(1 + 2 ** -52);
    expect(binary('arith.addf', 'f16', 2048, 1)).toBe(2048);
    expect(binary('arith.addf', 'f16', 65504, 32)).toBe(Number.POSITIVE_INFINITY);
    expect(binary('arith.addf', 'bf16', 256, 1)).toBe(256);
    expect(binary('arith.divf', 'f32', 1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(binary('arith.remf', 'f32', -5, 3)).toBe(-2);
    expect(binary('arith.subf', 'f32', 1, 3)).toBe(-2);
  });

  it('choose maxima and minima with NaN and signed zeros as their names say', () => {
    for (const op of ['arith.maximumf', 'arith.maxf']) {
      expect(binary(op, 'f32', Number.NaN, 1)).toBeNaN();
      expect(binary(op, 'f32', -0, 0)).toBe(0);
    }
    for (const op of ['arith.minimumf', 'arith.minf']) {
      expect(binary(op, 'f32', 1, Number.NaN)).toBeNaN();
      expect(binary(op, 'f32', 0, -0)).toBe(-0);
    }
    expect(binary('arith.maxnumf', 'f32', Number.NaN, 1)).toBe(1);
    expect(binary('arith.minnumf', 'f64', 1, Number.NaN)).toBe(1);
    expect(binary('arith.minnumf', 'f64', 1, 2)).toBe(1);
  });

  it('compare with NaN as ordered and unordered predicates say', () => {
    const outcomes = (a: number, b: number) =>
      'false oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno true'
        .split(' ')
        .map((p) => compare('arith.cmpf', p, 'f32', a, b))
        .join('');
    //                          F oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno T
    expect(outcomes(1, 1)).toBe('0101010110101001');
    expect(outcomes(1, 2)).toBe('0000111100011101');
    expect(outcomes(Number.NaN, 1)).toBe('0000000011111111');
  });

  it('fuse multiply-add once, or twice when relaxed on such a machine', () => {
    const a = 1 + 2 ** -12;
    const text = (attr: string) =>
      `func.func @f(%a: f32, %b: f32, %c: f32) -> f32 {\n %r = math.fma %a, %b, %c ${attr}: f32\n return %r : f32\n}`;
    const args = [a, a, -(1 + 2 ** -11)];
    expect(run(text(''), args)[0]).toBe(2 ** -24);
    expect(run(text('{exact} '), args, { relaxedMadd: 'twice' })[0]).toBe(2 ** -24);
    expect(run(text('{relaxed} '), args, { relaxedMadd: 'once' })[0]).toBe(2 ** -24);
    expect(run(text('{relaxed} '), args, { relaxedMadd: 'twice' })[0]).toBe(0);
    expect(apply('math.fma', ['f64', 'f64', 'f64'], ': f64', 'f64', 1 + 2 ** -30, 1 + 2 ** -30, -1 - 2 ** -29)).toBe(
      2 ** -60,
    );
    // 1.5 * 1 lies exactly between two f16 values of 2048 + 1.5; the tail decides.
    expect(apply('math.fma', ['f16', 'f16', 'f16'], ': f16', 'f16', 1 + 2 ** -10, 1 + 2 ** -10, 2048)).toBe(2050);
  });

  it('of math are those of numerics, and say so when there is none', () => {
    const unary = (op: string, type: string, a: number) => apply(op, [type], `: ${type}`, type, a);
    expect(unary('math.exp', 'f32', 1)).toBeCloseTo(Math.E, 6);
    expect(unary('math.sqrt', 'f32', 2)).toBe(Math.fround(Math.SQRT2));
    expect(unary('math.roundeven', 'f32', 2.5)).toBe(2);
    expect(unary('math.round', 'f32', 2.5)).toBe(3);
    expect(unary('math.round', 'f32', -2.5)).toBe(-3);
    expect(unary('math.floor', 'f64', -0.5)).toBe(-1);
    expect(unary('math.ceil', 'f64', -0.5)).toBe(-0);
    expect(unary('math.trunc', 'f64', -1.5)).toBe(-1);
    expect(unary('math.absf', 'f32', -0)).toBe(0);
    expect(unary('arith.negf', 'f32', 0)).toBe(-0);
    expect(binary('math.copysign', 'f32', 3, -0)).toBe(-3);
    expect(unary('math.sin', 'f64', Math.PI / 6)).toBeCloseTo(0.5, 15);
    expect(unary('math.cbrt', 'f32', -8)).toBe(-2);
    expect(unary('math.cosh', 'f16', 0)).toBe(1);
    expect(binary('math.powf', 'f32', 2, 10)).toBe(1024);
    expect(binary('math.powf', 'bf16', 3, 3)).toBe(27);
    expect(binary('math.powf', 'f64', Number.NaN, 0)).toBe(1);
    expect(binary('math.atan2', 'f64', -0, -1)).toBe(-Math.PI);
    const missing = `func.func @f(%a: f32, %b: i32) -> f32 {\n %r = math.fpowi %a, %b : f32, i32\n return %r : f32\n}`;
    expect(() => run(missing, [1, 1])).toThrow(/math\.fpowi on f32 cannot be executed yet/);
  });
});

describe('casts', () => {
  it('extend and truncate integers', () => {
    expect(cast('arith.extsi', 'i8', 'i32', -1)).toBe(-1);
    expect(cast('arith.extui', 'i8', 'i32', -1)).toBe(255);
    expect(cast('arith.extsi', 'i1', 'i8', 1)).toBe(-1);
    expect(cast('arith.extui', 'i1', 'i64', 1)).toBe(1n);
    expect(cast('arith.trunci', 'i32', 'i8', 200)).toBe(-56);
    expect(cast('arith.trunci', 'i64', 'i1', 3n)).toBe(1);
    expect(cast('arith.index_cast', 'i32', 'index', -1)).toBe(-1);
    expect(cast('arith.index_castui', 'i32', 'index', -1)).toBe(2 ** 32 - 1);
    expect(cast('arith.index_cast', 'index', 'i8', 511)).toBe(-1);
    expect(cast('arith.index_cast', 'index', 'i64', -5)).toBe(-5n);
  });

  it('convert between integers and floats, rounding once', () => {
    expect(cast('arith.sitofp', 'i32', 'f32', 16777217)).toBe(16777216);
    expect(cast('arith.uitofp', 'i32', 'f32', -1)).toBe(4294967296);
    expect(cast('arith.uitofp', 'i8', 'f32', -1)).toBe(255);
    // 2^24 + 1 + a bit beyond a double's precision: rounding twice would go down.
    expect(cast('arith.sitofp', 'i64', 'f32', (1n << 60n) + (1n << 36n) + 1n)).toBe(2 ** 60 + 2 ** 37);
    expect(cast('arith.fptosi', 'f32', 'i32', -1.9)).toBe(-1);
    expect(cast('arith.fptoui', 'f32', 'i8', 255.5)).toBe(-1);
    expect(cast('arith.fptosi', 'f64', 'i64', -(2 ** 63))).toBe(-(1n << 63n));
    expect(trap(() => cast('arith.fptosi', 'f32', 'i32', 2 ** 31))).toBe('Undefined');
    expect(trap(() => cast('arith.fptosi', 'f32', 'i8', Number.NaN))).toBe('Undefined');
    expect(cast('arith.fptoui', 'f32', 'i8', -0.5)).toBe(0);
    expect(trap(() => cast('arith.fptoui', 'f32', 'i8', -1))).toBe('Undefined');
  });

  it('narrow floats in each rounding mode', () => {
    const x = 1 + 2 ** -24; // between 1 and the next f32
    expect(cast('arith.truncf', 'f64', 'f32', x)).toBe(1);
    expect(cast('arith.truncf', 'f64', 'f32', x, 'upward')).toBe(1 + 2 ** -23);
    expect(cast('arith.truncf', 'f64', 'f32', x, 'downward')).toBe(1);
    expect(cast('arith.truncf', 'f64', 'f32', -x, 'downward')).toBe(-1 - 2 ** -23);
    expect(cast('arith.truncf', 'f64', 'f32', -x, 'toward_zero')).toBe(-1);
    expect(cast('arith.truncf', 'f64', 'f32', x, 'to_nearest_away')).toBe(1 + 2 ** -23);
    expect(cast('arith.truncf', 'f64', 'f32', 1e300, 'toward_zero')).toBe(Math.fround(3.4028234663852886e38));
    expect(cast('arith.truncf', 'f32', 'f16', 65519)).toBe(65504);
    expect(cast('arith.extf', 'bf16', 'f32', 1.5)).toBe(1.5);
  });

  it('reinterpret bits', () => {
    expect(cast('arith.bitcast', 'f32', 'i32', 1)).toBe(0x3f800000);
    expect(cast('arith.bitcast', 'i32', 'f32', 0x3f800000)).toBe(1);
    expect(cast('arith.bitcast', 'f64', 'i64', -0)).toBe(-(1n << 63n));
    expect(cast('arith.bitcast', 'f16', 'i16', -1)).toBe(0xbc00 - 0x10000);
    expect(cast('arith.bitcast', 'i16', 'bf16', 0x3f80)).toBe(1);
  });
});

describe('vectors and tensors', () => {
  const lists: Record<string, [RuntimeValue[], RuntimeValue[]]> = {
    f32: [
      [1, -2, 0.5, Number.NaN],
      [3, 4, -0, 1],
    ],
    f64: [
      [1, -2, 0.5, 1e300],
      [3, 4, -0, 1e300],
    ],
    f16: [
      [1, -2, 0.5, 65504],
      [3, 4, -0, 65504],
    ],
    bf16: [
      [1, -2, 0.5, 3],
      [3, 4, -0, 256],
    ],
  };
  const integers: Record<string, [RuntimeValue[], RuntimeValue[]]> = {
    i1: [
      [0, 1, 0, 1],
      [0, 0, 1, 1],
    ],
    i4: [
      [7, -8, 3, -1],
      [1, -1, 3, 2],
    ],
    i8: [
      [127, -128, 3, -1],
      [1, -1, 3, 2],
    ],
    i16: [
      [32767, -5, 3, -1],
      [1, -1, 3, 2],
    ],
    i32: [
      [2147483647, -5, 65536, -1],
      [1, -1, 65536, 2],
    ],
    i64: [
      [2n ** 63n - 1n, -5n, 3n, -1n],
      [1n, -1n, 3n, 2n],
    ],
    index: [
      [5, -5, 3, -1],
      [1, -1, 3, 2],
    ],
  };
  const cases: [string, string, RuntimeValue[], RuntimeValue[]][] = [];
  for (const [type, [a, b]] of Object.entries(lists))
    for (const op of ['addf', 'subf', 'mulf', 'divf', 'remf', 'maximumf', 'minimumf', 'maxnumf'])
      cases.push([op, type, a, b]);
  for (const [type, [a, b]] of Object.entries(integers))
    for (const op of ['addi', 'subi', 'muli', 'andi', 'ori', 'xori', 'maxsi', 'minui']) cases.push([op, type, a, b]);

  it('compute element by element what scalars give', () => {
    for (const [op, type, a, b] of cases) {
      const scalars = a.map((x, i) => binary(`arith.${op}`, type, x, b[i]!));
      const context = coreContext();
      const text = `func.func @f(%a: tensor<2x?x${type}>, %b: tensor<2x?x${type}>) -> tensor<2x?x${type}> {\n %r = arith.${op} %a, %b : tensor<2x?x${type}>\n return %r : tensor<2x?x${type}>\n}
func.func @v(%a: vector<4x${type}>, %b: vector<4x${type}>) -> vector<4x${type}> {\n %r = arith.${op} %a, %b : vector<4x${type}>\n return %r : vector<4x${type}>\n}`;
      const interpreter = new Interpreter(parse(text, context));
      const element = parseTensor(context, `tensor<2x?x${type}>`).element;
      const tensorType = context.tensor([2, -1], element);
      const make = (values: RuntimeValue[]) => tensorFrom(tensorType, values as number[], [2, 2]);
      const [result] = interpreter.call('f', [make(a), make(b)]) as [TensorValue];
      expect(result.shape).toEqual([2, 2]);
      expect(elementsOf(result), `${op} ${type}`).toEqual(scalars);
      const [vector] = interpreter.call('v', [make(a).data, make(b).data]);
      expect(vector, `${op} vector of ${type}`).toEqual(result.data);
    }
  });

  it('select by element or as a whole', () => {
    const context = coreContext();
    const module = parse(
      `func.func @f(%c: tensor<3xi1>, %d: i1, %a: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r = arith.select %c, %a, %b : tensor<3xi1>, tensor<3xf32>
  %s = arith.select %d, %a, %b : tensor<3xf32>
  return %r, %s : tensor<3xf32>, tensor<3xf32>
}`,
      context,
    );
    const of = (values: number[], type: TensorType) => tensorFrom(type, values);
    const f = context.tensor([3], context.f32);
    const [r, s] = new Interpreter(module).call('f', [
      of([1, 0, 1], context.tensor([3], context.i1)),
      0,
      of([1, 2, 3], f),
      of([4, 5, 6], f),
    ]) as TensorValue[];
    expect(elementsOf(r!)).toEqual([1, 5, 3]);
    expect(elementsOf(s!)).toEqual([4, 5, 6]);
  });

  it('of unequal run-time shapes trap', () => {
    const context = coreContext();
    const module = parse(
      `func.func @f(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {\n %r = arith.addf %a, %b : tensor<?xf32>\n return %r : tensor<?xf32>\n}`,
      context,
    );
    const type = context.tensor([-1], context.f32);
    const call = () =>
      new Interpreter(module).call('f', [tensorFrom(type, [1, 2], [2]), tensorFrom(type, [1, 2, 3], [3])]);
    expect(trap(call)).toBe('ShapeMismatch');
  });
});

function parseTensor(context: ReturnType<typeof coreContext>, text: string): TensorType {
  const module = parse(`func.func private @p(${text})`, context);
  let found: TensorType | undefined;
  module.walk((op) => {
    const type = op.attr('function_type');
    if (type) found = (type as unknown as { type: { inputs: TensorType[] } }).type.inputs[0];
  });
  return found!;
}
