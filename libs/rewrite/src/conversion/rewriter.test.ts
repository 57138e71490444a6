import { definePattern, InternalError, type Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import {
  applyFullConversion,
  applyPartialConversion,
  asConversionPattern,
  type ConversionOptions,
  type ConversionPattern,
  ConversionTarget,
  defineConversionPattern,
  SignatureConversion,
} from './index.js';
import {
  checkLinks,
  create,
  everything,
  groupsOf,
  lines,
  makeContext,
  narrowing,
  newOp,
  parse,
  rename,
} from './testing/modules.js';

const context = makeContext();
const { i32, i64, f32 } = context;
const converter = narrowing(context);
const target = () => new ConversionTarget().legalDialect('b').illegalDialect('a');
const make = (source: string) => parse(source, context);

/** Any op of dialect `a` becomes the one of dialect `b`, with converted types everywhere; regions move along. */
const all: ConversionPattern = defineConversionPattern({
  name: 'all',
  root: null,
  converter,
  rewrite(op, operands, rewriter) {
    const made = create(rewriter, op, op.name.replace('a.', 'b.'), operands, converter);
    for (const region of op.regions) {
      const moved = made.appendRegion();
      rewriter.inlineRegionBefore(region, moved, null);
      if (!rewriter.convertRegionTypes(moved, converter)) return false;
    }
    if (op.successors.length) made.ownSuccessors = op.successors.slice();
    rewriter.replaceOp(op, groupsOf(op, made, converter));
    return true;
  },
});

function converted(source: string, patterns: readonly ConversionPattern[], options: ConversionOptions = {}): string[] {
  const module = make(source);
  const { result, diagnostics } = context.diagnostics.collect(() =>
    applyPartialConversion(module, target(), patterns, { checkChanges: true, ...options }),
  );
  if (!result.succeeded) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  checkLinks(module);
  return lines(module);
}

describe('types', () => {
  test('a value becomes several, one of another type, or none; no cast remains', () => {
    expect(
      converted(
        `%0:3 = "a.make"() : () -> (i64, none, f64)
"a.use"(%0#1, %0#0, %0#2, %0#0) : (none, i64, f64, i64) -> ()`,
        [all],
      ),
    ).toEqual([
      '%0:3 = "b.make"() : () -> (i32, i32, f32)',
      '"b.use"(%0#0, %0#1, %0#2, %0#0, %0#1) : (i32, i32, f32, i32, i32) -> ()',
    ]);
  });

  test('block arguments and what branches to them change together', () => {
    expect(
      converted(
        `"a.func"() ({
^bb0(%a: i64, %b: i32):
  "a.br"(%a, %b)[^bb1] : (i64, i32) -> ()
^bb1(%c: i64, %d: i32):
  "a.use"(%c, %d) : (i64, i32) -> ()
  "a.br"(%c, %d)[^bb1] : (i64, i32) -> ()
}) : () -> ()`,
        [all],
      ),
    ).toEqual([
      '"b.func"() ({',
      '^bb0(%arg0: i32, %arg1: i32, %arg2: i32):',
      '"b.br"(%arg0, %arg1, %arg2)[^bb1] : (i32, i32, i32) -> ()',
      '^bb1(%0: i32, %1: i32, %2: i32):',
      '"b.use"(%0, %1, %2) : (i32, i32, i32) -> ()',
      '"b.br"(%0, %1, %2)[^bb1] : (i32, i32, i32) -> ()',
      '}) : () -> ()',
    ]);
  });

  test('converters bridge what was not converted, in both directions', () => {
    const bridging = narrowing(context)
      .addSourceMaterialization((builder, [type], inputs, loc) => [
        builder.insert(newOp(inputs[0]!.definingOp!, loc === 0 ? 'b.widen0' : 'b.widen', inputs, [type!])).result(0),
      ])
      .addTargetMaterialization(
        (builder, types, inputs) => builder.insert(newOp(inputs[0]!.definingOp!, 'b.narrow', inputs, types)).results,
      );
    expect(
      converted(
        `%0 = "a.x"() : () -> i64
%1 = "b.y"(%0, %0) : (i64, i64) -> f64
"a.use"(%1, %0, %1) : (f64, i64, f64) -> ()`,
        [{ ...all, converter: bridging }],
      ),
    ).toEqual([
      '%0:2 = "b.x"() : () -> (i32, i32)',
      '%1 = "b.widen"(%0#0, %0#1) : (i32, i32) -> i64',
      '%2 = "b.y"(%1, %1) : (i64, i64) -> f64',
      '%3 = "b.narrow"(%2) : (f64) -> f32',
      '"b.use"(%3, %0#0, %0#1, %3) : (f32, i32, i32, f32) -> ()',
    ]);
  });

  test('what bridges make is legalised as well', () => {
    const bridging = narrowing(context).addSourceMaterialization(
      (builder, types, inputs) => builder.insert(newOp(inputs[0]!.definingOp!, 'a.widen', inputs, types)).results,
    );
    const patterns = [rename('a.x', 'b.x', { converter: bridging })];
    const source = '%0 = "a.x"() : () -> f64\n"b.use"(%0) : (f64) -> ()';
    expect(converted(source, [...patterns, rename('a.widen', 'b.widen')])[1]).toContain('b.widen');
    expect(() => converted(source, patterns)).toThrow("'a.widen' op could not be legalized");
  });

  test('casts that are not bridged can be kept, and a later conversion removes them', () => {
    const module = make(`%0 = "a.x"() : () -> f64
"c.use"(%0) : (f64) -> ()`);
    const first = applyPartialConversion(module, target(), [rename('a.x', 'b.x', { converter })], {
      unresolvedCasts: 'keep',
    });
    expect(first).toMatchObject({ succeeded: true, castsLeft: 1 });
    expect(lines(module)[1]).toBe('%1 = "builtin.unrealized_conversion_cast"(%0) : (f32) -> f64');
    const second = applyPartialConversion(module, target().illegalDialect('c'), [
      rename('c.use', 'b.use', { converter }),
    ]);
    expect(second.succeeded).toBe(true);
    // The cast is not one of this conversion: it is dead now.
    expect(lines(module).at(-1)).toBe('"b.use"(%0) : (f32) -> ()');
  });

  test('a signature may add arguments, and let values stand for arguments', () => {
    const pattern = defineConversionPattern({
      name: 'signature',
      root: 'a.func',
      rewrite(op, _, rewriter) {
        const made = rewriter.insert(newOp(op, 'b.func', [], []));
        const body = made.appendRegion();
        rewriter.inlineRegionBefore(op.region(0), body, null);
        const [first, second] = body.entry.arguments;
        const signature = new SignatureConversion(3)
          .addExtraInputs([f32])
          .addInputs(1, [i32])
          .remapInput(0, [second!])
          .addInputs(2, [i32]);
        expect(first!.type).toBe(i32);
        rewriter.applySignatureConversion(body.entry, signature, null);
        rewriter.replaceOp(op, []);
        return true;
      },
    });
    expect(
      converted(
        `"a.func"() ({
^bb0(%a: i32, %b: i32, %c: i32):
  "b.use"(%a, %b, %c) : (i32, i32, i32) -> ()
}) : () -> ()`,
        [pattern],
      ),
    ).toEqual([
      '"b.func"() ({',
      '^bb0(%arg0: f32, %arg1: i32, %arg2: i32):',
      '"b.use"(%arg1, %arg1, %arg2) : (i32, i32, i32) -> ()',
      '}) : () -> ()',
    ]);
  });

  test('results change type in place; those who use them get the old type', () => {
    const pattern = defineConversionPattern({
      name: 'in-place',
      root: 'a.x',
      converter,
      rewrite(op, _, rewriter) {
        rewriter.modify(op, () => {
          op.info = op.context.opInfo('b.x');
          op.result(0).type = f32;
        });
        return true;
      },
    });
    expect(
      converted('%0 = "a.x"() : () -> f64\n"a.use"(%0) : (f64) -> ()', [
        pattern,
        rename('a.use', 'b.use', { converter }),
      ]),
    ).toEqual(['%0 = "b.x"() : () -> f32', '"b.use"(%0) : (f32) -> ()']);
  });

  test('asking for one value of an operand that became several is a bug of the pattern', () => {
    const pattern = defineConversionPattern({
      name: 'one',
      root: 'a.use',
      converter,
      rewrite: (_, operands) => operands.one(0) === null,
    });
    const module = make('%0 = "b.x"() : () -> i64\n"a.use"(%0) : (i64) -> ()');
    const before = everything(module);
    expect(() => applyFullConversion(module, target(), [pattern])).toThrow(InternalError);
    expect(everything(module)).toBe(before);
  });
});

describe('blocks', () => {
  const pattern = (rewrite: (op: Operation, rewriter: Parameters<ConversionPattern['rewrite']>[2]) => void) =>
    defineConversionPattern({
      name: 'blocks',
      root: 'a.if',
      rewrite(op, _, rewriter) {
        rewrite(op, rewriter);
        return true;
      },
    });
  const source = `"b.func"() ({
  %0 = "b.first"() : () -> i32
  %1 = "a.if"(%0) ({
    %2 = "b.inside"(%0) : (i32) -> i32
    "b.yield"(%2) : (i32) -> ()
  }) : (i32) -> i32
  "b.last"(%1) : (i32) -> ()
}) : () -> ()`;

  test('are split, inlined, made and merged', () => {
    const toBranches = pattern((op, rewriter) => {
      const before = op.parent!;
      const rest = rewriter.splitBlock(op);
      const inner = op.region(0).entry;
      rewriter.inlineRegionBefore(op.region(0), before.parent!, rest);
      const end = rewriter.createBlock(before.parent!, rest, [i32]);
      rewriter.insert(newOp(op, 'b.end', end.arguments, []));
      rewriter.setInsertionPointToEnd(before);
      rewriter.insert(newOp(op, 'b.br', [], [])).ownSuccessors = [inner];
      const { terminator } = inner;
      rewriter.setInsertionPoint(terminator);
      rewriter.insert(newOp(op, 'b.br', terminator.operands, [])).ownSuccessors = [end];
      const value = terminator.operand(0);
      rewriter.eraseOp(terminator);
      rewriter.replaceOp(op, [value]);
    });
    expect(converted(source, [toBranches])).toEqual([
      '"b.func"() ({',
      '%0 = "b.first"() : () -> i32',
      '"b.br"()[^bb1] : () -> ()',
      '^bb1:',
      '%1 = "b.inside"(%0) : (i32) -> i32',
      '"b.br"(%1)[^bb2] : (i32) -> ()',
      '^bb2(%2: i32):',
      '"b.end"(%2) : (i32) -> ()',
      '^bb3:',
      '"b.last"(%1) : (i32) -> ()',
      '}) : () -> ()',
    ]);
    const merged = pattern((op, rewriter) => {
      const before = op.parent!;
      const rest = rewriter.splitBlockAfter(before, op);
      const extra = rewriter.createBlock(before.parent!, rest, [i32]);
      rewriter.insert(newOp(op, 'b.extra', extra.arguments, []));
      const empty = rewriter.splitBlockAfter(rest, rest.lastOp);
      rewriter.mergeBlocks(empty, rest);
      rewriter.mergeBlocks(extra, before, [op.operand(0)]);
      rewriter.mergeBlocks(rest, before);
      const inner = op.region(0).entry;
      const value = inner.terminator.operand(0);
      rewriter.eraseOp(inner.terminator);
      rewriter.inlineBlockBefore(inner, op, []);
      rewriter.moveOpBefore(value.definingOp!, before.firstOp!.next!);
      rewriter.replaceOp(op, [value]);
    });
    expect(converted(source, [merged])).toEqual([
      '"b.func"() ({',
      '%0 = "b.first"() : () -> i32',
      '%1 = "b.inside"(%0) : (i32) -> i32',
      '"b.extra"(%0) : (i32) -> ()',
      '"b.last"(%1) : (i32) -> ()',
      '}) : () -> ()',
    ]);
  });

  test('go back where they were when the conversion fails', () => {
    const module = make(source);
    const before = everything(module);
    const undone = pattern((op, rewriter) => {
      const block = op.parent!;
      const rest = rewriter.splitBlock(op);
      const inner = op.region(0).entry;
      rewriter.moveBlockBefore(inner, block.parent!, block);
      rewriter.eraseOp(inner.terminator);
      rewriter.mergeBlocks(inner, block);
      rewriter.replaceOp(op, [block.lastOp!.result(0)]);
      rewriter.eraseBlock(rest);
      rewriter.setInsertionPointToEnd(block);
      rewriter.insert(newOp(op, 'a.hopeless', [], []));
    });
    expect(context.diagnostics.collect(() => applyFullConversion(module, target(), [undone])).result.succeeded).toBe(
      false,
    );
    expect(everything(module)).toBe(before);
    checkLinks(module);
  });

  test('in the middle of a region are erased and merged, and come back to their place', () => {
    const module = make(`"b.func"() ({
  "a.if"()[^bb1] : () -> ()
^bb1:
  %0 = "b.first"() : () -> i32
  "b.br"(%0)[^bb2] : (i32) -> ()
^bb2:
  "b.br"(%0)[^bb3] : (i32) -> ()
^bb3:
  "b.end"(%0, %0) : (i32, i32) -> ()
}) : () -> ()`);
    const before = everything(module);
    const shrinks = (hopeless: boolean) =>
      pattern((op, rewriter) => {
        const [entry, first, second] = op.parentRegion!.blocks;
        rewriter.eraseBlock(second!);
        rewriter.mergeBlocks(first!, entry!);
        rewriter.eraseOp(op);
        if (!hopeless) return;
        rewriter.setInsertionPointToEnd(entry!);
        rewriter.insert(newOp(op, 'a.hopeless', [], []));
      });
    const run = (hopeless: boolean) =>
      context.diagnostics.collect(() => applyFullConversion(module, target(), [shrinks(hopeless)])).result.succeeded;
    expect(run(true)).toBe(false);
    expect(everything(module)).toBe(before);
    checkLinks(module);
    expect(run(false)).toBe(true);
    expect(module.region(0).entry.firstOp!.region(0).blocks.length).toBe(2);
    checkLinks(module);
  });

  test('are not made without a place', () => {
    const nowhere = asConversionPattern(
      definePattern({
        name: 'nowhere',
        root: 'a.x',
        rewrite(op, rewriter) {
          rewriter.block = null;
          rewriter.insert(newOp(op, 'b.x', [], [i64]));
          return true;
        },
      }),
    );
    expect(() => converted('"a.x"() : () -> ()', [nowhere])).toThrow('b.x is made without an insertion point');
  });
});
