// loop.for: text, verifier, canonicalization, builders, names.

import { Interpreter } from '@budflow/interpreter';
import {
  AffineExpr,
  Block,
  Builder,
  type Context,
  LoopLike,
  type Operation,
  printModule,
  wouldBeTriviallyDead,
} from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFor, carriedArguments, inductionVariable } from './build.js';
import { constantTripCount, forBounds, setForBounds } from './for-bounds.js';
import { ForOp } from './for-op.js';
import { checkLoopNames, loopsByName, nameLoops } from './names.js';
import { canonicalBody, errorsOf, makeContext, parse, roundTrips, run } from './testing/harness.js';

const inFunction = (body: string, args = '%n: index, %m: memref<?xf32>, %x: f32') =>
  `func.func @f(${args}) {\n${body}\n  return\n}`;

function loops(module: Operation): Operation[] {
  const list: Operation[] = [];
  module.walk((op) => {
    if (ForOp.is(op)) list.push(op);
  });
  return list;
}

const STORE = 'memory.store %x, %m[%i] : memref<?xf32>';

describe('text', () => {
  test('prints numbers, values and maps as they were written', () => {
    const text = roundTrips(
      inFunction(`  loop.for %i = -4 to %n step 3 name "a.d0" {
    loop.for %j = affine_map<(d0) -> (d0 + 1)>(%i) to min affine_map<(d0)[s0] -> (d0 * 2, s0)>(%i)[%n] {
      ${STORE}
    } {parallel, vector = 16 : i64}
  } {pipeline = #loop.pipeline<ii = 2, stages = 3>, tail = "masked"}`),
    );
    expect(text).toContain('loop.for %i = -4 to %arg0 step 3 name "a.d0" {');
    expect(text).toContain('affine_map<(d0) -> (d0 + 1)>(%i) to min affine_map<(d0)[s0] -> (d0 * 2, s0)>(%i)[%arg0]');
    expect(text).toContain('{parallel, vector = 16 : i64}');
    expect(text).toContain('{pipeline = #loop.pipeline<ii = 2, stages = 3>, tail = "masked"}');
  });

  test('reads annotations through typed accessors', () => {
    const [loop] = loops(
      parse(
        inFunction(
          `  loop.for %i = 0 to 8 name "x" {\n    ${STORE}\n  } {unroll = 4 : i64, parallel, pipeline = #loop.pipeline<ii = 1, stages = 2>}`,
        ),
      ),
    );
    expect(ForOp.unroll(loop!)).toBe(4);
    expect(ForOp.parallel(loop!)).toBe(true);
    expect(ForOp.vector(loop!)).toBeUndefined();
    expect(ForOp.pipeline(loop!)).toEqual({ ii: 1, stages: 2 });
    expect(ForOp.name(loop!)).toBe('x');
    expect(ForOp.step(loop!)).toBe(1);
  });

  test('prints a loop whose parts do not fit in generic form', () => {
    const module = parse(inFunction(`  loop.for %i = 0 to %n {\n    ${STORE}\n  }`));
    const [loop] = loops(module);
    loop!.setAttr('upperBound', module.context.affineMapAttr(module.context.affineMap(2, 0, [AffineExpr.dim(1)])));
    expect(printModule(module)).toContain('"loop.for"(');
  });

  test.each([
    ['loop.for %i = 0 to 8 step 0 {\n  }', 'expected a step of at least 1, got 0'],
    ['loop.for %i = 0 to 8 iter_args(%a = %x) {\n  }', 'expected as many types as iter_args: 0 types for 1'],
    ['loop.for %i = 0 to affine_map<(d0) -> (d0, 4)>(%n) {\n  }', "a bound of 2 results needs 'min' before the map"],
    ['loop.for %i = affine_map<(d0) -> (d0, 4)>(%n) to 9 {\n  }', "a bound of 2 results needs 'max' before the map"],
    [
      'loop.for %i = 0 to affine_map<(d0)[s0] -> (d0)>(%n) {\n  }',
      'the map takes 1 dimension and 1 symbol operands, got 1 and 0',
    ],
    ['loop.for %i = 0 to unit {\n  }', 'expected an affine map'],
    ['loop.for %i = 0 to 8 {\n  } {pipeline = #loop.pipeline<ii = 0, stages = 2>}', 'expected ii >= 1, got 0'],
  ])('says what is wrong with %s', (line, message) => {
    expect(errorsOf(inFunction(line)).join('\n')).toContain(message);
  });
});

describe('verifier', () => {
  const generic = (attrs: string, body: string, operands = '', types = '() -> ()') =>
    inFunction(`  "loop.for"(${operands}) ({\n${body}\n  }) {${attrs}} : ${types}`);
  const bounds = 'lowerBound = affine_map<() -> (0)>, upperBound = affine_map<() -> (8)>';
  const none = 'operandSegmentSizes = array<i32: 0, 0, 0>';
  const body = '  ^bb0(%i: index):\n    loop.yield';

  test.each([
    [
      'a step below 1',
      generic(`${bounds}, ${none}, step = 0 : i64`, body),
      'loop.for-step',
      'expects a step of at least 1, got 0',
    ],
    [
      'too few bound operands',
      generic(`lowerBound = affine_map<(d0) -> (d0)>, upperBound = affine_map<() -> (8)>, ${none}`, body),
      'loop.for-bound-operands',
      'expects 1 operands for the lower bound map, got 0',
    ],
    [
      'a map without results',
      generic(`lowerBound = affine_map<() -> (0)>, upperBound = affine_map<() -> ()>, ${none}`, body),
      'loop.for-bound-results',
      'expects the upper bound map to have at least one result',
    ],
    [
      'results without carried values',
      `func.func @f() {\n  %0 = "loop.for"() ({\n${body}\n  }) {${bounds}, ${none}} : () -> f32\n  return\n}`,
      'loop.for-results',
      'expects as many results as carried values: 1 results for 0',
    ],
    [
      'a body with too many arguments',
      generic(`${bounds}, ${none}`, '  ^bb0(%i: index, %a: f32):\n    loop.yield'),
      'loop.for-arguments',
      'expects a body with 1 arguments (induction variable, carried values), got 2',
    ],
    [
      'an induction variable that is no index',
      generic(`${bounds}, ${none}`, '  ^bb0(%i: i32):\n    loop.yield'),
      'loop.for-induction-variable',
      'expects an induction variable of type index, got i32',
    ],
    [
      'a carried value that changes its type',
      `func.func @f(%x: f32) {\n  %0 = "loop.for"(%x) ({\n  ^bb0(%i: index, %a: f64):\n    loop.yield %a : f64\n  }) {${bounds}, operandSegmentSizes = array<i32: 0, 0, 1>} : (f32) -> f64\n  return\n}`,
      'loop.for-carried-type',
      'carried value 0 has type f32 initially, f64 in the body and f64 as a result',
    ],
    [
      'an annotation below 1',
      inFunction(`loop.for %i = 0 to 8 {\n  } {unroll = 0 : i64}`),
      'loop.for-annotation',
      "expects 'unroll' to be at least 1, got 0",
    ],
    [
      'a yield of the wrong type',
      inFunction(
        `  %n2 = arith.constant 1 : i32\n  %r = loop.for %i = 0 to 8 iter_args(%a = %x) -> (f32) {\n    loop.yield %n2 : i32\n  }`,
      ),
      'loop.for-yield',
      'expects loop.yield to pass f32 as value 0, got i32',
    ],
    [
      'a yield of too few values',
      inFunction('  %r = loop.for %i = 0 to 8 iter_args(%a = %x) -> (f32) {\n    loop.yield\n  }'),
      'loop.for-yield',
      'expects loop.yield to pass 1 values, got 0',
    ],
    [
      'a body that ends in another op',
      inFunction('  loop.for %i = 0 to 8 {\n    func.return\n  }'),
      'verify.region-terminator',
      "to end with 'loop.yield'",
    ],
    [
      'a tail kind that does not exist',
      inFunction('loop.for %i = 0 to 8 {\n  } {tail = "none"}'),
      '',
      'one of "scalar", "masked", "overlap"',
    ],
    [
      'a loop.yield at the wrong place',
      'func.func @f() {\n  loop.yield\n}',
      'loop.yield-parent',
      "must be inside loop.for, loop.if or loop.while, not 'func.func'",
    ],
  ])('reports %s', (_, text, id, message) => {
    const errors = errorsOf(text).join('\n');
    expect(errors).toContain(id);
    expect(errors).toContain(message);
  });
});

describe('canonicalization', () => {
  test('erases a loop without iterations, giving its initial values', () => {
    expect(
      canonicalBody(`func.func @f(%n: index, %x: f32) -> f32 {
  %r = loop.for %i = affine_map<(d0) -> (d0 + 4)>(%n) to %n iter_args(%a = %x) -> (f32) {
    %s = arith.addf %a, %a : f32
    loop.yield %s : f32
  }
  return %r : f32
}`),
    ).toEqual([]);
  });

  test('sees that one upper bound of several leaves no iteration', () => {
    expect(
      canonicalBody(inFunction(`  loop.for %i = 8 to min affine_map<()[s0] -> (s0, 8)>()[%n] {\n    ${STORE}\n  }`)),
    ).toEqual([]);
  });

  test('inlines a single iteration, with the lower bound for the induction variable', () => {
    expect(
      canonicalBody(
        inFunction(
          `  loop.for %i = affine_map<(d0) -> (d0 * 2)>(%n) to affine_map<(d0) -> (d0 * 2 + 3)>(%n) step 4 {\n    ${STORE}\n  }`,
        ),
      ),
    ).toEqual([
      '%at = loop.apply affine_map<(d0) -> (d0 * 2)>(%arg0)',
      'memory.store %arg2, %arg1[%at] : memref<?xf32>',
    ]);
  });

  test('passes carried values through an inlined iteration', () => {
    expect(
      canonicalBody(`func.func @f(%x: f32, %y: f32) -> (f32, f32) {
  %r:2 = loop.for %i = 7 to 8 iter_args(%a = %x, %b = %y) -> (f32, f32) {
    %s = arith.addf %a, %b : f32
    loop.yield %b, %s : f32, f32
  }
  return %r#0, %r#1 : f32, f32
}`),
    ).toEqual(['%0 = arith.addf %arg0, %arg1 : f32']);
  });

  test.each([0, 1])('keeps a loop of %s iterations that a pending schedule may name', (trips) => {
    const first = (attrs: string, name: string) =>
      canonicalBody(
        `func.func @f(%m: memref<?xf32>, %x: f32)${attrs} {\n  loop.for %i = 0 to ${trips}${name} {\n    ${STORE}\n  }\n  return\n}`,
      )[0] ?? '';
    const schedule = ' attributes {loop.schedule = []}';
    expect(first(schedule, ' name "s.d0"')).toContain('loop.for');
    expect(first(schedule, '')).not.toContain('loop.for');
    expect(first('', ' name "s.d0"')).not.toContain('loop.for');
  });

  test('composes bounds with loop.apply, constants, loop.min and loop.max', () => {
    expect(
      canonicalBody(
        inFunction(`  %c4 = arith.constant 4 : index
  %a = loop.apply affine_map<(d0)[s0] -> (d0 + s0)>(%n)[%c4]
  %b = loop.min affine_map<(d0) -> (d0 * 2, 64)>(%a)
  %c = loop.max affine_map<(d0) -> (d0, 0)>(%n)
  loop.for %i = %c to %b {\n    ${STORE}\n  }`),
      )[0],
    ).toBe('loop.for %i = max affine_map<(d0) -> (d0, 0)>(%arg0) to min affine_map<(d0) -> (d0 * 2 + 8, 64)>(%arg0) {');
  });

  test('drops bounds that another one always beats', () => {
    expect(
      canonicalBody(
        inFunction(
          `  loop.for %i = max affine_map<(d0) -> (d0, d0 - 1, d0)>(%n) to min affine_map<(d0) -> (d0 * 2 + 8, d0 * 2)>(%n) {\n    ${STORE}\n  }`,
        ),
      )[0],
    ).toBe('loop.for %i = %arg0 to affine_map<(d0) -> (d0 * 2)>(%arg0) {');
  });

  test('drops carried values that never change or that nobody reads', () => {
    expect(
      canonicalBody(`func.func @f(%n: index, %x: f32, %m: memref<?xf32>) -> (f32, f32) {
  %r:4 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %x, %c = %x, %d = %x) -> (f32, f32, f32, f32) {
    %v = memory.load %m[%i] : memref<?xf32>
    %s = arith.addf %b, %a : f32
    loop.yield %a, %s, %x, %v : f32, f32, f32, f32
  }
  return %r#0, %r#1 : f32, f32
}`),
    ).toEqual([
      '%0 = loop.for %i = 0 to %arg0 iter_args(%arg3 = %arg1) -> (f32) {',
      '%1 = arith.addf %arg3, %arg1 : f32',
      'loop.yield %1 : f32',
      '}',
    ]);
  });

  test('erases a loop that has no effect and whose results nobody reads', () => {
    expect(
      canonicalBody(
        inFunction(
          `  loop.for %i = 0 to %n {\n    %v = memory.load %m[%i] : memref<?xf32>\n    %w = arith.addf %v, %x : f32\n  }`,
        ),
      ),
    ).toEqual([]);
  });

  test('keeps the sum of a random nest (property)', () => {
    const bound = fc.integer({ min: -3, max: 9 });
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.integer({ min: 1, max: 4 }),
        bound,
        bound,
        fc.integer({ min: 0, max: 6 }),
        (a, b, step, c, d, n) => {
          const text = `func.func @f(%n: index) -> index {
  %zero = arith.constant 0 : index
  %r = loop.for %i = ${a} to min affine_map<()[s0] -> (s0 + ${b}, ${b + 2})>()[%n] step ${step} iter_args(%acc = %zero) -> (index) {
    %q = loop.apply affine_map<(d0) -> (d0 * 2 + ${c})>(%i)
    %s = loop.for %j = %q to max_bound iter_args(%inner = %acc) -> (index) {
      %t = loop.apply affine_map<(d0, d1, d2) -> (d0 + d1 * 3 + d2)>(%inner, %i, %j)
      loop.yield %t : index
    }
    loop.yield %s : index
  }
  return %r : index
}`.replace('max_bound', `affine_map<(d0) -> (d0 * 2 + ${d})>(%i)`);
          let expected = 0;
          for (let i = a; i < Math.min(n + b, b + 2); i += step)
            for (let j = 2 * i + c; j < 2 * i + d; j++) expected += 3 * i + j;
          expect(run(text, 'f', () => [n])).toEqual([expected + 0]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('trip counts', () => {
  const trips = (header: string) =>
    constantTripCount(loops(parse(inFunction(`  loop.for %i = ${header} {\n    ${STORE}\n  }`)))[0]!);
  test.each([
    ['0 to 10 step 3', 4],
    ['5 to 5', 0],
    ['9 to 2', 0],
    ['-4 to 4 step 8', 1],
    ['%n to affine_map<(d0) -> (d0 + 8)>(%n) step 4', 2],
    ['%n to %n', 0],
    ['max affine_map<() -> (0, 3)>() to min affine_map<() -> (9, 8)>() step 2', 3],
    ['affine_map<(d0) -> (d0 * 2 + 4)>(%n) to min affine_map<(d0)[s0] -> (s0, d0 + d0)>(%n)[%n]', 0],
  ])('of %s is known', (header, expected) => {
    expect(trips(header)).toBe(expected);
  });
  test.each(['0 to %n', '0 to min affine_map<()[s0] -> (s0, 8)>()[%n]', '%n to affine_map<(d0) -> (d0 * 2)>(%n)'])(
    'of %s is not',
    (header) => {
      expect(trips(header)).toBeUndefined();
    },
  );
});

describe('builders', () => {
  function inBlock(build: (builder: Builder, args: Block['arguments'], context: Context) => void): Block {
    const context = makeContext();
    const block = new Block();
    block.addArgument(context.index);
    block.addArgument(context.f32);
    build(Builder.atEnd(context, block), block.arguments, context);
    return block;
  }

  test('make a nest with bounds of every kind and carried values', () => {
    const block = inBlock((builder, [n, x], context) => {
      const loop = buildFor(builder, 0, { upper: n!, step: 4, name: 'a.d0', inits: [x!] }, (b, i, [acc]) => {
        const inner = buildFor(
          b,
          0,
          {
            lower: i,
            upper: { map: context.affineMap(1, 0, [AffineExpr.dim(0).add(4), AffineExpr.constant(9)]), operands: [i] },
            inits: [acc!],
          },
          (_, __, carried) => carried,
        );
        return inner.results;
      });
      expect(inductionVariable(loop)).toBe(loop.region(0).entry.arguments[0]);
      expect(carriedArguments(loop)).toHaveLength(1);
      expect(builder.block).toBe(loop.parent);
    });
    expect(
      block
        .firstOp!.toString()
        .split('\n')
        .map((l) => l.trim()),
    ).toEqual([
      '%0 = loop.for %i = 0 to %arg0 step 4 iter_args(%arg2 = %arg1) -> (f32) name "a.d0" {',
      expect.stringMatching(
        /^%1 = loop.for %i_0 = %i to min affine_map<\(d0\) -> \(d0 \+ 4, 9\)>\(%i\) iter_args\(%arg3 = %arg2\) -> \(f32\) \{$/,
      ),
      'loop.yield %arg3 : f32',
      '}',
      'loop.yield %1 : f32',
      '}',
    ]);
  });

  test('refuse a body that carries another number of values', () => {
    expect(() => inBlock((builder, [n, x]) => buildFor(builder, 0, { upper: n!, inits: [x!] }, () => []))).toThrow(
      'returned 0 values for 1 carried ones',
    );
  });

  test('set bounds in place and keep the carried values', () => {
    const [loop] = loops(
      parse(
        `func.func @f(%n: index, %x: f32) -> f32 {\n  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (f32) {\n    %b = arith.addf %a, %a : f32\n    loop.yield %b : f32\n  }\n  return %r : f32\n}`,
      ),
    );
    const { upper, lower } = forBounds(loop!);
    setForBounds(loop!, upper, lower);
    expect(loop!.toString()).toContain('= %arg0 to 0 iter_args(%arg2 = %arg1)');
  });
});

describe('interfaces', () => {
  test('a loop knows what is defined outside of it', () => {
    const [loop] = loops(
      parse(inFunction(`  loop.for %i = 0 to %n {\n    %a = arith.addi %i, %n : index\n    ${STORE}\n  }`)),
    );
    const like = LoopLike.of(loop!)!;
    const body = like.body(loop!).entry;
    expect(like.inductionVariables(loop!)).toEqual([body.arguments[0]]);
    expect(like.isDefinedOutside(loop!, body.arguments[0]!)).toBe(false);
    expect(like.isDefinedOutside(loop!, body.firstOp!.result(0))).toBe(false);
    expect(like.isDefinedOutside(loop!, body.firstOp!.operand(1))).toBe(true);
  });

  test('a loop has the effects of its body', () => {
    const [stores, computes] = loops(
      parse(
        inFunction(
          `  loop.for %i = 0 to %n {\n    ${STORE}\n  }\n  loop.for %i = 0 to %n {\n    %v = memory.load %m[%i] : memref<?xf32>\n  }`,
        ),
      ),
    );
    expect(wouldBeTriviallyDead(stores!)).toBe(false);
    expect(wouldBeTriviallyDead(computes!)).toBe(true);
  });
});

describe('names', () => {
  const nest = (a: string, b: string) =>
    inFunction(`  loop.for %i = 0 to 8${a} {\n    loop.for %j = 0 to 8${b} {\n      ${STORE}\n    }\n  }`);
  test('must be unique in a function', () => {
    const module = parse(nest(' name "s.d0"', ' name "s.d0"'));
    const { result, diagnostics } = module.context.diagnostics.collect(() => checkLoopNames(module));
    expect(result).toBe(false);
    expect(diagnostics.map((d) => d.id)).toEqual(['loop.duplicate-name']);
    expect(diagnostics[0]!.message).toContain(
      'has the name "s.d0" of another loop of this function: rename one of them',
    );
    expect(diagnostics[0]!.notes[0]!.message).toBe('first loop named "s.d0"');
    expect(checkLoopNames(parse(nest(' name "s.d0"', ' name "s.d1"')))).toBe(true);
    expect(checkLoopNames(parse(nest('', '')))).toBe(true);
  });
  test('are given to unnamed loops, avoiding those taken', () => {
    const module = parse(nest('', ' name "L0"'));
    nameLoops(module);
    expect([...loopsByName(module).keys()].sort()).toEqual(['L0', 'L1']);
  });
});

describe('execution', () => {
  test('evaluates bounds once, before the first iteration', () => {
    expect(
      run(
        `func.func @f(%n: index) -> index {
  %c = arith.constant 0 : index
  %r = loop.for %i = max affine_map<(d0) -> (d0 - 2, 1)>(%n) to min affine_map<(d0) -> (d0 * 3, 20)>(%n) step 2 iter_args(%a = %c) -> (index) {
    %s = arith.addi %a, %i : index
    loop.yield %s : index
  }
  return %r : index
}`,
        'f',
        () => [4],
      ),
    ).toEqual([2 + 4 + 6 + 8 + 10]);
  });
  test('swaps carried values in parallel', () => {
    const text = `func.func @f(%x: f32, %y: f32, %n: index) -> (f32, f32) {
  %r:2 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %y) -> (f32, f32) {
    loop.yield %b, %a : f32, f32
  }
  return %r#0, %r#1 : f32, f32
}`;
    expect(run(text, 'f', () => [1, 2, 3])).toEqual([2, 1]);
    expect(run(text, 'f', () => [1, 2, 0])).toEqual([1, 2]);
    expect(run(text, 'f', () => [1, 2, -5])).toEqual([1, 2]);
  });
  test('never makes a negative zero of an index', () => {
    const module = parse(
      'func.func @f(%n: index) -> index {\n  %a = loop.apply affine_map<(d0) -> (d0 * -3)>(%n)\n  return %a : index\n}',
    );
    expect(Object.is(new Interpreter(module).call('f', [0])[0], 0)).toBe(true);
  });
});
