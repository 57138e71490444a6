// affineExprOf: whatever arithmetic makes an index, the expression has its value.

import { Interpreter } from '@budflow/interpreter';
import { type AffineExpr, Block, Builder, type Context, Operation, parseModule, type Value } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineExprOf, linearIndexOf } from './affine-expr-of.js';
import { applyAffine, buildIndexConstant } from './apply-affine.js';
import { expressions } from './testing/expressions.js';
import { makeContext, parse } from './testing/harness.js';

/** The operand of the function's return. */
function returned(text: string): { value: Value; args: Value[] } {
  const module = parse(text);
  const func = module.region(0).entry.firstOp!;
  const block = func.region(0).entry;
  return { value: block.terminator.operand(0), args: block.arguments };
}

function describeExpr(text: string): { expr: string; inputs: string[] } {
  const { value, args } = returned(text);
  const dims: Value[] = [];
  const expr = affineExprOf(value, dims);
  return {
    expr: String(expr),
    inputs: dims.map((v) => (args.includes(v) ? `arg${v.index}` : (v.definingOp?.name ?? 'iv'))),
  };
}

describe('affineExprOf', () => {
  test('follows loop.apply and arithmetic with constants', () => {
    expect(
      describeExpr(`func.func @f(%i: index, %j: index) -> index {
  %c2 = arith.constant 2 : index
  %c5 = arith.constant 5 : index
  %a = loop.apply affine_map<(d0)[s0] -> (d0 * 4 + s0)>(%i)[%j]
  %b = arith.muli %a, %c2 : index
  %c = arith.subi %b, %j : index
  %d = arith.addi %c5, %c : index
  return %d : index
}`),
    ).toEqual({ expr: 'd0 * 8 + d1 + 5', inputs: ['arg0', 'arg1'] });
  });

  test('takes sizes, products and calls as inputs, each once', () => {
    expect(
      describeExpr(`func.func @f(%i: index, %j: index, %m: memref<?xf32>) -> index {
  %n = memory.dim %m, 0 : memref<?xf32>
  %p = arith.muli %i, %j : index
  %q = arith.addi %p, %n : index
  %r = arith.addi %q, %p : index
  return %r : index
}`),
    ).toEqual({ expr: 'd0 * 2 + d1', inputs: ['arith.muli', 'memory.dim'] });
  });

  test('knows a product whose factor turns out constant, shifts, and floored division', () => {
    expect(
      describeExpr(`func.func @f(%i: index) -> index {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %k = loop.apply affine_map<(d0) -> (d0 * 2)>(%c3)
  %a = arith.muli %i, %k : index
  %b = arith.shli %a, %c2 : index
  %c = arith.floordivsi %b, %c3 : index
  %d = arith.ceildivsi %i, %c3 : index
  %e = arith.addi %c, %d : index
  return %e : index
}`),
    ).toEqual({ expr: 'd0 * 8 + d0 ceildiv 3', inputs: ['arg0'] });
  });

  test('leaves truncating division and remainder alone: they are not floored', () => {
    expect(
      describeExpr(`func.func @f(%i: index) -> index {
  %c3 = arith.constant 3 : index
  %a = arith.divsi %i, %c3 : index
  %b = arith.remsi %i, %c3 : index
  %c = arith.addi %a, %b : index
  return %c : index
}`).inputs.sort(),
    ).toEqual(['arith.divsi', 'arith.remsi']);
  });

  test('leaves no input behind of a product that is an input itself', () => {
    const { value } = returned(`func.func @f(%i: index, %j: index) -> index {
  %a = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
  %p = arith.muli %a, %j : index
  return %p : index
}`);
    const dims: Value[] = [];
    expect(String(affineExprOf(value, dims))).toBe('d0');
    expect(dims).toEqual([value]);
  });

  test('shares one list of inputs between values, so that equal sums are the same object', () => {
    const { value } = returned(`func.func @f(%i: index, %j: index) -> index {
  %a = arith.addi %i, %j : index
  %b = arith.addi %j, %i : index
  %c = arith.subi %a, %b : index
  return %c : index
}`);
    const [a, b] = value.definingOp!.operands as [Value, Value];
    const dims: Value[] = [];
    expect(affineExprOf(a, dims)).toBe(affineExprOf(b, dims));
    expect(dims).toHaveLength(2);
    expect(String(affineExprOf(value, []))).toBe('0');
  });

  test('takes a value the caller lists as an input even when it could be taken apart', () => {
    const { value } = returned(`func.func @f(%i: index) -> index {
  %a = loop.apply affine_map<(d0) -> (d0 * 4)>(%i)
  %b = loop.apply affine_map<(d0) -> (d0 + 1)>(%a)
  return %b : index
}`);
    const a = value.definingOp!.operand(0);
    expect(String(affineExprOf(value, [a]))).toBe('d0 + 1');
  });

  test('answers null for values that are no index', () => {
    const { args } = returned('func.func @f(%i: i32) -> i32 {\n  return %i : i32\n}');
    expect(affineExprOf(args[0]!, [])).toBeNull();
    expect(linearIndexOf(args[0]!)).toBeNull();
  });

  test('stays exact with constants beyond 2^53 by keeping them as inputs', () => {
    const { value } = returned(`func.func @f(%i: index) -> index {
  %big = arith.constant 4503599627370496 : index
  %a = arith.muli %i, %big : index
  %b = arith.muli %a, %big : index
  return %b : index
}`);
    const dims: Value[] = [];
    expect(String(affineExprOf(value, dims))).toBe('d0');
    expect(dims).toEqual([value]);
  });

  test('handles chains of a hundred thousand ops and sums that double each time', () => {
    const context = makeContext();
    const block = new Block();
    const builder = Builder.atEnd(context, block);
    const i = block.addArgument(context.index);
    const add = (x: Value, y: Value) =>
      builder.insert(Operation.create(context.opInfo('arith.addi'), 0, [x, y], [context.index])).result(0);
    let chain = i;
    for (let n = 0; n < 100_000; n++) chain = add(chain, i);
    expect(affineExprOf(chain, [])).not.toBeNull();
    let doubled = i;
    for (let n = 0; n < 40; n++) doubled = add(doubled, doubled);
    expect(String(affineExprOf(doubled, []))).toBe(`d0 * ${2 ** 40}`);
  });
});

describe('linearIndexOf', () => {
  test('gives the coefficient of each value', () => {
    const { value, args } = returned(`func.func @f(%i: index, %j: index) -> index {
  %a = loop.apply affine_map<(d0, d1) -> (d0 * 64 - d1 + 7)>(%i, %j)
  return %a : index
}`);
    const linear = linearIndexOf(value)!;
    expect([...linear.terms]).toEqual([
      [args[0], 64],
      [args[1], -1],
    ]);
    expect(linear.constant).toBe(7);
  });

  test('is null where quotients remain', () => {
    const { value } = returned(`func.func @f(%i: index) -> index {
  %a = loop.apply affine_map<(d0) -> (d0 floordiv 4)>(%i)
  return %a : index
}`);
    expect(linearIndexOf(value)).toBeNull();
  });
});

type Step = {
  kind: 'add' | 'sub' | 'mul' | 'apply' | 'floordiv' | 'ceildiv' | 'product';
  a: number;
  b: number;
  n: number;
  map: AffineExpr;
};

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('add', 'sub', 'mul', 'apply', 'floordiv', 'ceildiv', 'product'),
    a: fc.nat(20),
    b: fc.nat(20),
    n: fc.integer({ min: -4, max: 6 }),
    map: expressions,
  }),
  { minLength: 1, maxLength: 12 },
);

/** A function of three indices that computes `steps` and returns every value; built op by op, without folding. */
function buildFunction(context: Context, list: readonly Step[]): { module: Operation; values: Value[]; args: Value[] } {
  const module = parseModule('func.func @f(%i: index, %j: index, %k: index) {\n  return\n}', context)!;
  const func = module.region(0).entry.firstOp!;
  const block = func.region(0).entry;
  const args = block.arguments;
  const builder = Builder.before(block.terminator);
  const values: Value[] = [...args];
  const arith = (name: string, x: Value, y: Value) =>
    builder.insert(Operation.create(context.opInfo(`arith.${name}`), 0, [x, y], [context.index])).result(0);
  for (const { kind, a, b, n, map } of list) {
    const x = values[a % values.length]!;
    const y = values[b % values.length]!;
    if (kind === 'add') values.push(arith('addi', x, y));
    else if (kind === 'sub') values.push(arith('subi', x, y));
    else if (kind === 'product') values.push(arith('muli', x, y));
    else if (kind === 'apply') {
      const attributes = context.dictionary([['map', context.affineMapAttr(context.affineMap(3, 1, [map]))]]);
      values.push(
        builder
          .insert(
            Operation.create(context.opInfo('loop.apply'), 0, [x, y, args[0]!, args[1]!], [context.index], attributes),
          )
          .result(0),
      );
    } else {
      const constant = buildIndexConstant(builder, 0, kind === 'mul' ? n : Math.abs(n) + 1);
      values.push(arith(kind === 'mul' ? 'muli' : `${kind}si`, x, constant));
    }
  }
  const results = values.slice(3);
  const terminator = block.terminator;
  terminator.setOperands(results);
  func.setAttr(
    'function_type',
    context.typeAttr(
      context.functionType(
        [context.index, context.index, context.index],
        results.map(() => context.index),
      ),
    ),
  );
  return { module, values: results, args: [...args] };
}

const small = fc.integer({ min: -20, max: 20 });
const isSmall = (list: readonly number[]) => list.every((x) => Math.abs(x) < 2 ** 40);

describe('properties', () => {
  test('every recovered expression has the value that the ops compute', () => {
    const context = makeContext();
    fc.assert(
      fc.property(steps, small, small, small, (list, i, j, k) => {
        const { module, values, args } = buildFunction(context, list);
        const results = new Interpreter(module).call('f', [i, j, k]) as number[];
        fc.pre(isSmall(results));
        const known = new Map<Value, number>([
          [args[0]!, i],
          [args[1]!, j],
          [args[2]!, k],
        ]);
        for (const [n, v] of values.entries()) known.set(v, results[n]!);
        const dims: Value[] = [];
        values.forEach((v, n) => {
          const expr = affineExprOf(v, dims)!;
          expect(
            expr.evaluate(
              dims.map((x) => known.get(x)!),
              [],
            ) + 0,
          ).toBe(results[n]);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('applyAffine of a recovered expression computes the value again', () => {
    const context = makeContext();
    fc.assert(
      fc.property(steps, small, small, small, (list, i, j, k) => {
        const { module, values } = buildFunction(context, list);
        const last = values[values.length - 1]!;
        const terminator = last.parentBlock!.terminator;
        const dims: Value[] = [];
        const expr = affineExprOf(last, dims)!;
        const again = applyAffine(Builder.before(terminator), 0, context.affineMap(dims.length, 0, [expr]), dims);
        terminator.appendOperand(again);
        const results = new Interpreter(module).call('f', [i, j, k]) as number[];
        fc.pre(isSmall(results));
        expect(results[results.length - 1]).toBe(results[results.length - 2]);
      }),
      { numRuns: 200 },
    );
  });
});
