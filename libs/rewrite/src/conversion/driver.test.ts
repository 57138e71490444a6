import { describe, expect, test } from 'vitest';
import { AddOp, ConstantOp, constant, makeFunction, newContext, show, UseOp } from '../testing/calc.js';
import {
  analyzeConversion,
  applyFullConversion,
  applyPartialConversion,
  asConversionPattern,
  type ConversionPattern,
  ConversionTarget,
  defineConversionPattern,
} from './index.js';
import {
  checkLinks,
  collect,
  everything,
  lines,
  makeContext,
  narrowing,
  parse,
  rename,
  text,
} from './testing/modules.js';

const context = makeContext();
const target = () => new ConversionTarget().legalDialect('b').illegalDialect('a');
const make = (source: string) => parse(source, context);

describe('a conversion', () => {
  test('replaces illegal ops and leaves legal ones', () => {
    const module = make(`%0 = "a.x"() : () -> i32
%1 = "b.keep"(%0) : (i32) -> i32
"a.use"(%1, %0) : (i32, i32) -> ()`);
    const result = applyFullConversion(module, target(), [rename('a.x', 'b.x'), rename('a.use', 'b.use')]);
    expect(result).toMatchObject({ succeeded: true, changed: true, castsLeft: 0 });
    expect(result.hits).toEqual(
      new Map([
        ['a-x-to-b-x', 1],
        ['a-use-to-b-use', 1],
      ]),
    );
    expect(lines(module)).toEqual([
      '%0 = "b.x"() : () -> i32',
      '%1 = "b.keep"(%0) : (i32) -> i32',
      '"b.use"(%1, %0) : (i32, i32) -> ()',
    ]);
    checkLinks(module);
  });

  test('says that nothing changed when everything is legal', () => {
    const module = make('"b.x"() : () -> ()');
    expect(applyFullConversion(module, target(), [rename('a.x', 'b.x')])).toMatchObject({
      succeeded: true,
      changed: false,
    });
  });

  test('legalises what patterns make, step by step', () => {
    const module = make('%0 = "a.x"() : () -> i32\n"b.use"(%0) : (i32) -> ()');
    const result = applyFullConversion(module, target(), [
      rename('a.z', 'b.x'),
      rename('a.y', 'a.z'),
      rename('a.x', 'a.y'),
    ]);
    expect([...result.hits.keys()]).toEqual(['a-z-to-b-x', 'a-y-to-a-z', 'a-x-to-a-y']);
    expect(lines(module)[0]).toBe('%0 = "b.x"() : () -> i32');
  });

  test('takes the shortest way to legal ops, then the higher benefit, then the order given', () => {
    const convert = (patterns: ConversionPattern[]) => {
      const module = make('"a.x"() : () -> ()');
      expect(applyFullConversion(module, target(), patterns).succeeded).toBe(true);
      return lines(module)[0]!.split('"')[1];
    };
    const long = rename('a.x', 'a.y', { benefit: 100 });
    const way = [rename('a.y', 'b.long')];
    expect(convert([long, ...way, rename('a.x', 'b.short')])).toBe('b.short');
    expect(convert([rename('a.x', 'b.1'), rename('a.x', 'b.2', { benefit: 2, name: 'better' })])).toBe('b.2');
    expect(convert([rename('a.x', 'b.1'), rename('a.x', 'b.2', { name: 'second' })])).toBe('b.1');
    expect(convert([long, ...way])).toBe('b.long');
    // A cycle among the patterns does not hide the way out of it.
    expect(convert([rename('a.x', 'a.y'), rename('a.y', 'a.x'), rename('a.y', 'b.out', { name: 'out' })])).toBe(
      'b.out',
    );
  });

  test('tries the next pattern where what the first made cannot be legalised', () => {
    const module = make('%0 = "a.x"() : () -> i32\n"b.use"(%0) : (i32) -> ()');
    const dynamic = target().dynamicallyLegalOp('a.y', () => 'it is the wrong day');
    const result = applyFullConversion(module, dynamic, [
      rename('a.x', 'a.y', { benefit: 5 }),
      rename('a.x', 'b.x', { name: 'good' }),
    ]);
    expect([...result.hits]).toEqual([['good', 1]]);
    expect(lines(module)[0]).toBe('%0 = "b.x"() : () -> i32');
  });

  test('does not apply a pattern to what it made, unless it says that it ends', () => {
    const peel = (more: Partial<ConversionPattern>): ConversionPattern => ({
      name: 'peel',
      root: 'a.x',
      rewrite(op, operands, rewriter) {
        const depth = op.operandCount;
        if (depth === 0) {
          rewriter.eraseOp(op);
          return true;
        }
        rewriter.modify(op, () => op.setOperands(operands.flat(1)));
        return true;
      },
      ...more,
    });
    const source = '%0 = "b.x"() : () -> i32\n"a.x"(%0, %0, %0) : (i32, i32, i32) -> ()';
    const bounded = make(source);
    const result = applyFullConversion(bounded, target(), [peel({ boundedRecursion: true })]);
    expect(result.hits.get('peel')).toBe(4);
    expect(lines(bounded)).toEqual(['%0 = "b.x"() : () -> i32']);
    const { diagnostics } = collect(bounded, () => applyFullConversion(make(source), target(), [peel({})]));
    expect(text(diagnostics[0]!).join('\n')).toContain("pattern 'peel': is not applied to what it made itself");
    const endless = peel({
      boundedRecursion: true,
      rewrite(op, operands, rewriter) {
        rewriter.modify(op, () => op.setOperands(operands.flat()));
        return true;
      },
    });
    const stopped = collect(bounded, () => applyFullConversion(make(source), target(), [endless], { maxDepth: 3 }));
    expect(text(stopped.diagnostics[0]!).join('\n')).toContain('3 patterns built on one another without end');
  });

  test('looks into regions, outer ops first, but not into recursively legal ones', () => {
    const source = `"a.outer"() ({
  "a.x"() : () -> ()
}) : () -> ()
"b.closed"() ({
  "a.x"() : () -> ()
}) : () -> ()`;
    const outer = defineConversionPattern({
      name: 'outer',
      root: 'a.outer',
      rewrite(op, _, rewriter) {
        rewriter.inlineBlockBefore(op.region(0).entry, op, []);
        rewriter.eraseOp(op);
        return true;
      },
    });
    const module = make(source);
    const closed = target().recursivelyLegal('b.closed');
    expect(applyFullConversion(module, closed, [outer, rename('a.x', 'b.x')]).succeeded).toBe(true);
    expect(lines(module)).toEqual(['"b.x"() : () -> ()', '"b.closed"() ({', '"a.x"() : () -> ()', '}) : () -> ()']);
    checkLinks(module);
  });

  test('partial: ops the target says nothing about may stay; full: they may not', () => {
    const source = '"c.unknown"() : () -> ()\n"a.x"() : () -> ()';
    const module = make(source);
    expect(applyPartialConversion(module, target(), [rename('a.x', 'b.x')]).succeeded).toBe(true);
    expect(lines(module)).toEqual(['"c.unknown"() : () -> ()', '"b.x"() : () -> ()']);
    const other = make(source);
    const before = everything(other);
    const { result, diagnostics } = collect(other, () => applyFullConversion(other, target(), [rename('a.x', 'b.x')]));
    expect(result.succeeded).toBe(false);
    expect(diagnostics.map((d) => d.id)).toEqual(['conversion.unknown-op']);
    expect(text(diagnostics[0]!)).toEqual([
      "'c.unknown' op was not converted: the target says nothing about it, and everything must become legal",
      "no pattern starts from 'c.unknown'",
    ]);
    expect(everything(other)).toBe(before);
  });

  test('analysis: says what would be legalised, and changes and reports nothing', () => {
    const module = make('"c.unknown"() : () -> ()\n"a.x"() : () -> ()\n"a.y"() : () -> ()\n"b.z"() : () -> ()');
    const before = everything(module);
    const { result, diagnostics } = collect(module, () => analyzeConversion(module, target(), [rename('a.x', 'b.x')]));
    expect(result.legalizable.map((op) => op.name)).toEqual(['a.x']);
    expect(result.illegal.map((f) => [f.name, f.reason])).toEqual([
      ['c.unknown', undefined],
      ['a.y', "the target declares 'a.y' illegal"],
    ]);
    expect(diagnostics).toEqual([]);
    expect(everything(module)).toBe(before);
  });

  test('takes plain rewrite patterns too', () => {
    const module = make('%0 = "a.x"() : () -> i32\n"b.use"(%0) : (i32) -> ()');
    const plain = asConversionPattern({
      name: 'plain',
      root: 'a.x',
      equation: 'a.x == b.x',
      benefit: 3,
      generates: ['b.x'],
      rewrite(op, rewriter) {
        const copy = op.clone();
        copy.info = context.opInfo('b.x');
        rewriter.replaceOp(op, rewriter.insert(copy).results);
        return true;
      },
    });
    expect(applyFullConversion(module, target(), [plain]).succeeded).toBe(true);
    expect(lines(module)[0]).toBe('%0 = "b.x"() : () -> i32');
  });
});

describe('errors', () => {
  const fails = (source: string, patterns: readonly ConversionPattern[], given = target()) => {
    const module = make(source);
    const before = everything(module);
    const { result, diagnostics } = collect(module, () =>
      applyPartialConversion(module, given, patterns, { checkChanges: true }),
    );
    expect(result).toMatchObject({ succeeded: false, changed: false });
    expect(everything(module)).toBe(before);
    checkLinks(module);
    return diagnostics;
  };

  test('name the op, why it is illegal, and every pattern with its reason', () => {
    const [diagnostic, ...others] = fails(
      '"a.x"() : () -> ()',
      [
        defineConversionPattern({
          name: 'refuses',
          root: 'a.x',
          rewrite: (op, _, rewriter) => rewriter.notifyMatchFailure(op, 'it has no operands'),
        }),
        defineConversionPattern({ name: 'silent', root: 'a.x', rewrite: () => false }),
        defineConversionPattern({ name: 'lazy', root: 'a.x', rewrite: () => true }),
        rename('a.x', 'a.y', { name: 'hopeless' }),
        rename('a.x', 'a.z', { name: 'leads-on' }),
        rename('a.z', 'a.x', { name: 'leads-back', generates: [] }),
      ],
      target().dynamicallyLegalOp('a.x', (op) => `its ${op.operandCount} operands are too few`),
    );
    expect(others).toEqual([]);
    expect(diagnostic!.id).toBe('conversion.illegal-op');
    expect(diagnostic!.op?.name).toBe('a.x');
    expect(text(diagnostic!)).toEqual([
      "'a.x' op could not be legalized: its 0 operands are too few",
      "pattern 'refuses': does not match: it has no operands",
      "pattern 'silent': does not match: it gives no reason",
      "pattern 'lazy': says that it applied, and neither replaced nor changed the op",
      "pattern 'leads-on': makes 'a.z', which is not legal: the target declares 'a.z' illegal",
      "  pattern 'leads-back': makes 'a.x', which is not legal: its 0 operands are too few",
      "    pattern 'refuses': does not match: it has no operands",
      "    pattern 'silent': does not match: it gives no reason",
      "    pattern 'lazy': says that it applied, and neither replaced nor changed the op",
      "    pattern 'leads-on': is not applied to what it made itself",
      "    pattern 'hopeless': is left out: it makes 'a.y', which neither the target nor a pattern makes legal",
      "pattern 'hopeless': is left out: it makes 'a.y', which neither the target nor a pattern makes legal",
    ]);
  });

  test('name the type that has no conversion', () => {
    const [diagnostic] = fails('%0 = "b.x"() : () -> tensor<4xf32>\n"a.x"(%0) : (tensor<4xf32>) -> ()', [
      rename('a.x', 'b.x', { converter: narrowing(context) }),
    ]);
    expect(text(diagnostic!)[1]).toBe(
      "pattern 'a-x-to-b-x': operand of type tensor<4xf32> has no conversion: tensors are not supported",
    );
  });

  test('report every op that cannot be legalised, up to a limit', () => {
    const source = '"a.x"() : () -> ()\n'.repeat(12);
    expect(fails(source, []).length).toBe(10);
  });

  test('do not repeat themselves for what is nested in an op that failed', () => {
    const diagnostics = fails(
      `"a.outer"() ({
  "a.end"() : () -> ()
}) : () -> ()
"a.x"() : () -> ()`,
      [],
    );
    expect(diagnostics.map((d) => d.op?.name)).toEqual(['a.outer', 'a.x']);
  });

  test('leftover casts say what needs what, and who made both', () => {
    const converter = narrowing(context);
    const [diagnostic] = fails('%0 = "a.x"() : () -> f64\n"b.use"(%0) : (f64) -> ()', [
      rename('a.x', 'b.x', { converter }),
    ]);
    expect(diagnostic!.id).toBe('conversion.unresolved-cast');
    expect(text(diagnostic!)).toEqual([
      "result 0 of 'a.x' is f32 where f64 is needed: users were not converted and need the old type",
      "pattern 'a-x-to-b-x' made f32 of it",
      "used by 'b.use' as f64",
      "defined by 'b.x' as f32",
      'no source materialization of the type converter answers for f32 to f64',
    ]);
    const [other] = fails('%0 = "b.x"() : () -> i64\n"a.use"(%0) : (i64) -> ()', [
      rename('a.use', 'b.use', { converter }),
    ]);
    expect(text(other!)).toEqual([
      "result 0 of 'b.x' is i64 where i32, i32 is needed: its definition was not converted, and a pattern needs the new type",
      "pattern 'a-use-to-b-use' needs i32, i32",
      "used by 'b.use' as i32, i32",
      "defined by 'b.x' as i64",
      'no target materialization of the type converter answers for i64 to i32, i32',
    ]);
    const [third] = fails('%0 = "a.x"() : () -> i32\n"b.use"(%0) : (i32) -> ()', [
      defineConversionPattern({
        name: 'drop',
        root: 'a.x',
        rewrite(op, _, rewriter) {
          rewriter.eraseOp(op);
          return true;
        },
      }),
    ]);
    expect(text(third!)[0]).toContain("result 0 of 'a.x' is nothing where i32 is needed");
    expect(text(third!).at(-1)).toBe('the pattern has no type converter that could bridge the types');
  });

  test('patterns that go behind the back of the rewriter are found out', () => {
    const module = make('"a.x"() : () -> ()');
    const { diagnostics } = collect(module, () =>
      applyPartialConversion(
        module,
        target(),
        [
          defineConversionPattern({
            name: 'sneaky',
            root: 'a.x',
            rewrite(op) {
              op.setAttr('mark', context.unitAttr);
              return false;
            },
          }),
        ],
        { checkChanges: true },
      ),
    );
    expect(diagnostics.map((d) => d.id)).toEqual(['conversion.unrecorded-change', 'conversion.illegal-op']);
    expect(diagnostics[0]!.message).toContain("pattern 'sneaky' changed the IR around 'a.x' without the rewriter");
  });

  test('a pattern that throws leaves the IR as it was', () => {
    const module = make('%0 = "a.x"() : () -> i32\n"a.y"(%0) : (i32) -> ()');
    const before = everything(module);
    const broken = defineConversionPattern({
      name: 'broken',
      root: 'a.y',
      rewrite() {
        throw new Error('broken');
      },
    });
    expect(() => applyFullConversion(module, target(), [rename('a.x', 'b.x'), broken])).toThrow('broken');
    expect(everything(module)).toBe(before);
    module.walk((op) => expect(op.flags).toBe(0));
  });
});

describe('folds', () => {
  const calcContext = newContext();
  const i32 = calcContext.i32;
  const sum = (values: readonly [number | null, number]) =>
    makeFunction(calcContext, 1, (b, [x]) => {
      const lhs = values[0] === null ? x! : constant(b, values[0]);
      const rhs = constant(b, values[1]);
      UseOp.create(b, 0, { values: [AddOp.build(b, 0, { lhs, rhs, resultTypes: [i32] })] });
    });
  const noSums = () => new ConversionTarget().legalDialect('calc').illegalOp(AddOp);

  test('are tried before patterns: to a value that is there, and to a constant', () => {
    const toOperand = sum([null, 0]);
    expect(applyFullConversion(toOperand, noSums(), [])).toMatchObject({ succeeded: true, changed: true });
    expect(show(toOperand)).toEqual(['v0 = 0', 'use a0']);
    const toConstant = sum([3, 4]);
    expect(applyFullConversion(toConstant, noSums(), []).succeeded).toBe(true);
    expect(show(toConstant)).toEqual(['v0 = 3', 'v1 = 4', 'v2 = 7', 'use v2']);
  });

  test('can be left out, and do not count when their constant is not legal', () => {
    const { result } = calcContext.diagnostics.collect(() =>
      applyFullConversion(sum([3, 4]), noSums(), [], { fold: false }),
    );
    expect(result.succeeded).toBe(false);
    const small = noSums().dynamicallyLegalOp(ConstantOp, (op) =>
      String(op.attr('value')).startsWith('7') ? 'seven is too large' : true,
    );
    const { diagnostics } = calcContext.diagnostics.collect(() => applyFullConversion(sum([3, 4]), small, []));
    expect(text(diagnostics[0]!)).toEqual([
      "'calc.add' op could not be legalized: the target declares 'calc.add' illegal",
      "pattern 'fold': makes 'calc.constant', which is not legal: seven is too large",
      "  no pattern starts from 'calc.constant'",
    ]);
  });
});
