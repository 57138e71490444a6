import { elementsOf, Interpreter, makeTensor, RuntimeTrap, type TensorValue } from '@budflow/interpreter';
import { FloatType, type FunctionType, type Operation, type TensorType, type TypeAttr } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { functionNamed, kernelContext, parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { RULES } from './arith-conversion/rules.js';
import { convertArithToArray } from './convert-arith-to-array.js';

const context = kernelContext();
function converted(text: string, options = '') {
  const module = parse(text, context);
  const outcome = runPasses(module, `builtin.module(convert-arith-to-array${options})`, [convertArithToArray]);
  const names = functionNamed(module, 'f')
    .region(0)
    .entry.ops.map((op) => op.name);
  return { module, names: names.slice(0, -1), ...outcome };
}

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3.7,
  1e30,
  -1e-30,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const INTEGERS = [0n, 1n, -1n, 2n, -2n, 127n, -128n, 255n, 1n << 31n, -(1n << 63n), (1n << 63n) - 1n, 77n];
const COUNT = 144;

/** Every pair of interesting elements, so that two operands meet in every way; `range` bounds floats for conversions. */
function argument(type: TensorType, index: number, random: Random, range: number): TensorValue {
  const value = makeTensor(
    type,
    type.shape.map((d) => (d < 0 ? COUNT : d)),
  );
  const { data } = value;
  for (let i = 0; i < data.length; i++) {
    const pick = index === 0 ? i % 12 : Math.floor(i / 12) % 12;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      const n = INTEGERS[pick]!;
      data[i] = `${type.element}` === 'index' ? BigInt.asIntN(48, n) : n;
    } else if (type.element instanceof FloatType) {
      const x = FLOATS[pick]!;
      data[i] = range > 0 ? (random.uniform() * 2 - 1) * range : x;
    } else if (`${type.element}` === 'i1') data[i] = index === 0 ? i & 1 : (i >> 1) & 1;
    else data[i] = Number(BigInt.asIntN(32, INTEGERS[pick]!));
  }
  return value;
}

/** Results as text, or the kind of trap. */
function run(module: Operation, range: number): string {
  const type = (functionNamed(module, 'f').attr('function_type') as TypeAttr).type as FunctionType;
  const random = new Random(9);
  const args = type.inputs.map((t, i) => argument(t as TensorType, i, random, range));
  try {
    return new Interpreter(module)
      .call('f', args)
      .map((v) =>
        elementsOf(v as TensorValue)
          .map((x) => (Object.is(x, -0) ? '-0' : String(x)))
          .join(' '),
      )
      .join('; ');
  } catch (error) {
    if (error instanceof RuntimeTrap) return error.kind;
    throw error;
  }
}

interface Case {
  readonly operands: readonly string[];
  readonly line: (operands: string) => string;
  readonly result: string;
  readonly range?: number;
}
const tensor = (element: string, shape = '?') => `tensor<${shape}x${element}>`;
function text({ operands, line, result }: Case, shape: string): string {
  const names = operands.map((_, i) => `%a${i}`);
  const parameters = operands.map((o, i) => `%a${i}: ${tensor(o, shape)}`).join(', ');
  return `func.func @f(${parameters}) -> ${tensor(result, shape)} {
  %r = ${line(names.join(', ')).replaceAll(/T\(([a-z0-9]+)\)/g, (_, e) => tensor(e, shape))}
  return %r : ${tensor(result, shape)}
}`;
}

/** The same before and after, for static and dynamic shapes; nothing of arith on tensors is left. */
function agrees(c: Case): void {
  for (const shape of ['?', `${COUNT}`]) {
    const source = text(c, shape);
    const { module, remarks } = converted(source);
    expect(remarks, source).toEqual([]);
    module.walk((op) => {
      if (op.name.startsWith('arith.') || op.name.startsWith('math.'))
        throw new Error(`${op.name} is left of\n${source}`);
    });
    const before = run(parse(source, context), c.range ?? 0);
    expect(before, source).toContain(' '); // no trap
    expect(run(module, c.range ?? 0), `${source}\n${module}`).toBe(before);
  }
}

const same = (op: string, element: string, count: number, attributes = ''): Case => ({
  operands: Array.from({ length: count }, () => element),
  line: (operands) => `${op} ${operands}${attributes} : T(${element})`,
  result: element,
});
const cast = (op: string, from: string, to: string, range?: number): Case => ({
  operands: [from],
  line: (operands) => `arith.${op} ${operands} : T(${from}) to T(${to})`,
  result: to,
  ...(range === undefined ? {} : { range }),
});

describe('convert-arith-to-array', () => {
  test('float arithmetic, with NaN, infinities and zeros of both signs', () => {
    for (const element of ['f32', 'f64'])
      for (const op of [
        'addf',
        'subf',
        'mulf',
        'divf',
        'remf',
        'maximumf',
        'minimumf',
        'maxnumf',
        'minnumf',
        'maxf',
        'minf',
      ])
        agrees(same(`arith.${op}`, element, 2));
    agrees(same('arith.negf', 'f32', 1));
    agrees(same('math.fma', 'f32', 3));
  });

  test('every predicate of cmpf on every pair', () => {
    const predicates = 'false oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno true'.split(' ');
    for (const predicate of predicates)
      agrees({ operands: ['f32', 'f32'], line: (o) => `arith.cmpf ${predicate}, ${o} : T(f32)`, result: 'i1' });
  });

  test('every predicate of cmpi, signed and unsigned, also on truth values', () => {
    for (const element of ['i8', 'i32', 'i64', 'i1'])
      for (const predicate of 'eq ne slt sle sgt sge ult ule ugt uge'.split(' '))
        agrees({
          operands: [element, element],
          line: (o) => `arith.cmpi ${predicate}, ${o} : T(${element})`,
          result: 'i1',
        });
    for (const predicate of 'eq slt sge'.split(' '))
      agrees({ operands: ['index', 'index'], line: (o) => `arith.cmpi ${predicate}, ${o} : T(index)`, result: 'i1' });
  });

  test('integer arithmetic wraps, unsigned goes by way of ui, truth values count modulo 2', () => {
    for (const element of ['i1', 'i8', 'i32', 'i64'])
      for (const op of ['addi', 'subi', 'muli', 'andi', 'ori', 'xori', 'maxsi', 'minsi', 'maxui', 'minui'])
        agrees(same(`arith.${op}`, element, 2));
    agrees(same('arith.addi', 'index', 2));
    agrees(same('arith.addi', 'i32', 2, ' overflow<nsw>'));
  });

  test('divisions by what is defined; where arith is undefined the array op decides', () => {
    for (const op of ['divsi', 'remsi', 'divui', 'remui'])
      for (const divisor of [3, -7, 1]) {
        const source = `func.func @f(%a: tensor<${COUNT}xi32>) -> tensor<${COUNT}xi32> {
  %c = arith.constant dense<${divisor}> : tensor<${COUNT}xi32>
  %r = arith.${op} %a, %c : tensor<${COUNT}xi32>
  return %r : tensor<${COUNT}xi32>
}`;
        const { module, names } = converted(source);
        expect(names).not.toContain('arith.constant');
        expect(run(module, 0)).toBe(run(parse(source, context), 0));
      }
    const { module } = converted(text(same('arith.divsi', 'i32', 2), '?'));
    expect(run(parse(text(same('arith.divsi', 'i32', 2), '?'), context), 0)).toBe('DivisionByZero');
    expect(run(module, 0).split(' ')[0]).toBe('-1');
  });

  test('conversions between integers', () => {
    for (const op of ['extsi', 'extui']) for (const from of ['i1', 'i8', 'i32']) agrees(cast(op, from, 'i64'));
    for (const to of ['i1', 'i8', 'i32']) agrees(cast('trunci', 'i64', to));
    for (const op of ['index_cast', 'index_castui']) {
      for (const from of ['i1', 'i8', 'i32']) agrees(cast(op, from, 'index'));
      for (const to of ['i1', 'i8', 'i32', 'i64']) agrees(cast(op, 'index', to));
    }
  });

  test('conversions of floats', () => {
    agrees(cast('extf', 'f32', 'f64'));
    agrees(cast('truncf', 'f64', 'f32'));
    agrees(cast('truncf', 'f32', 'f16'));
    for (const from of ['i1', 'i8', 'i32', 'i64'])
      for (const to of ['f32', 'f64']) {
        agrees(cast('sitofp', from, to));
        agrees(cast('uitofp', from, to));
      }
    for (const to of ['i8', 'i32', 'i64']) agrees(cast('fptosi', 'f32', to, 100));
    agrees(cast('fptosi', 'f32', 'i1', 0.9));
    agrees(cast('fptoui', 'f64', 'i1', 0.9));
    agrees({ ...cast('fptoui', 'f32', 'i32', 0.9) });
  });

  test('functions, with their flags', () => {
    for (const [name, kind] of Object.entries({
      absf: 'abs',
      exp: 'exp',
      log1p: 'log1p',
      tanh: 'tanh',
      roundeven: 'round_even',
    })) {
      agrees(same(`math.${name}`, 'f32', 1));
      expect(converted(text(same(`math.${name}`, 'f32', 1), '4')).names).toEqual([`array.${kind}`]);
    }
    agrees(same('math.absi', 'i32', 1));
    const { module } = converted(text(same('arith.addf', 'f32', 2, ' fastmath<nnan>'), '4'));
    expect(module.toString()).toContain('#arith.fastmath<nnan>');
  });

  test('selection and constants', () => {
    agrees({ operands: ['i1', 'f32', 'f32'], line: (o) => `arith.select ${o} : T(i1), T(f32)`, result: 'f32' });
    const { names } = converted(`func.func @f() -> (tensor<2xf32>, f32) {
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = arith.constant 1.0 : f32
  return %0, %1 : tensor<2xf32>, f32
}`);
    expect(names).toEqual(['array.constant', 'arith.constant']);
  });

  test('what has no exact counterpart stays and says why, or is an error when strict', () => {
    const source = `func.func @f(%x: tensor<4xf32>, %y: tensor<4xi32>, %c: i1, %u: tensor<*xf32>, %i: tensor<4xindex>, %d: tensor<?xf32>) {
  %0 = arith.bitcast %x : tensor<4xf32> to tensor<4xi32>
  %1 = arith.floordivsi %y, %y : tensor<4xi32>
  %2 = arith.select %c, %x, %x : tensor<4xf32>
  %3 = arith.addf %u, %u : tensor<*xf32>
  %4 = arith.maxui %i, %i : tensor<4xindex>
  %5 = "arith.addf"(%x, %d) : (tensor<4xf32>, tensor<?xf32>) -> tensor<4xf32>
  %6:2 = arith.addui_extended %y, %y : tensor<4xi32>, tensor<4xi1>
  %7 = arith.truncf %x downward : tensor<4xf32> to tensor<4xf16>
  %8 = arith.addf %x, %x : tensor<4xf32>
  return
}`;
    const { remarks, statistics, names } = converted(source);
    expect(names.filter((n) => n.startsWith('array.'))).toEqual(['array.add']);
    expect(statistics).toEqual({ converted: 1, kept: 8 });
    const reasons = remarks.map((r) => r.message);
    expect(reasons.slice(0, 7)).toEqual([
      "'arith.bitcast' stays: the array dialect does not reinterpret bits",
      "'arith.floordivsi' stays: the array dialect divides toward zero only",
      "'arith.select' stays: its condition is one value for the whole tensor",
      "'arith.addf' stays: its tensors have no known rank",
      "'arith.maxui' stays: there is no unsigned index in the array dialect",
      "'arith.addf' stays: its tensors tensor<4xf32> and tensor<?xf32> have different shapes",
      "'arith.addui_extended' stays: it has two results",
    ]);
    expect(reasons[7]).toContain('rounds to nearest');
    expect(() => converted(source, '{strict=true}')).toThrow(
      "'arith.bitcast' op could not be legalized: the array dialect does not reinterpret bits",
    );
  });

  test('every elementwise op of arith and math has a rule or is refused by name', () => {
    const without = ['arith', 'math'].flatMap((dialect) =>
      context
        .dialect(dialect)!
        .ops.map((d) => d.opName)
        .filter((name) => RULES[name] === undefined),
    );
    expect(without).toEqual(['math.ipowi', 'math.fpowi']);
  });
});
