// A conversion that fails leaves no trace: over random modules, random patterns that do everything a rewriter can do, fail
// at random moments, and a reason to fail in the end. What succeeds leaves consistent links.
import type { Block, Operation } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  analyzeConversion,
  applyFullConversion,
  applyPartialConversion,
  type ConversionPattern,
  ConversionTarget,
  defineConversionPattern,
} from './index.js';
import { checkLinks, create, everything, groupsOf, makeContext, narrowing, newOp, parse } from './testing/modules.js';

const context = makeContext();
const converter = narrowing(context).addTargetMaterialization((builder, types, inputs) =>
  builder.block ? builder.insert(newOp(builder.block.parentOp!, 'b.bridge', inputs, types)).results : undefined,
);
const TYPES = ['i32', 'i64', 'f32', 'f64', 'none'];

/** A module of functions with blocks, nested regions, and ops of dialects a (illegal) and b (legal). */
function randomModule(random: Random): Operation {
  let next = 0;
  const out: string[] = [];
  type Known = { name: string; type: string }[];
  const pick = <T>(list: readonly T[]) => list[random.uint32() % list.length]!;
  const ops = (count: number, known: Known, depth: number) => {
    for (let i = 0; i < count; i++) {
      const operands = known.length ? Array.from({ length: random.uint32() % 5 }, () => pick(known)) : [];
      const results = Array.from({ length: random.uint32() % 3 }, () => ({ name: `%v${next++}`, type: pick(TYPES) }));
      const dialect = random.uint32() % 3 ? 'a' : 'b';
      const region = depth > 0 && random.uint32() % 5 === 0;
      const left = results.length ? `${results.map((r) => r.name).join(', ')} = ` : '';
      const name = `${dialect}.${pick(['p', 'q', 'r', 's'])}`;
      out.push(`${left}"${name}"(${operands.map((o) => o.name).join(', ')})${region ? ' ({' : ''}`);
      if (region) {
        blocks(1 + (random.uint32() % 2), [...known], depth - 1);
        out.push('})');
      }
      const attributes = random.uint32() % 3 ? '' : ` {z = 1 : i32, a = "x${i}"}`;
      out.push(
        `${attributes} : (${operands.map((o) => o.type).join(', ')}) -> (${results.map((r) => r.type).join(', ')})`,
      );
      known.push(...results);
    }
  };
  const blocks = (count: number, known: Known, depth: number) => {
    const ids = Array.from({ length: count }, () => next++);
    const parameters = ids.map(() =>
      Array.from({ length: random.uint32() % 3 }, () => ({ name: `%v${next++}`, type: pick(TYPES) })),
    );
    ids.forEach((id, b) => {
      out.push(
        `^bb${id}${parameters[b]!.length ? `(${parameters[b]!.map((p) => `${p.name}: ${p.type}`).join(', ')})` : ''}:`,
      );
      // A chain: what comes before dominates.
      known.push(...parameters[b]!);
      ops(random.uint32() % 6, known, depth);
      const to = b + 1 < count ? `[^bb${ids[b + 1]}]` : '';
      const passed = known.length ? [pick(known)] : [];
      out.push(
        `"${pick(['a', 'b'])}.end"(${passed.map((p) => p.name).join()})${to} : (${passed.map((p) => p.type).join()}) -> ()`,
      );
    });
  };
  for (let f = 0; f < 2; f++) {
    out.push('"b.func"() ({');
    blocks(1 + (random.uint32() % 4), [], 2);
    out.push('}) : () -> ()');
  }
  return parse(out.join('\n'), context);
}

/** Does a random thing to the op; fails at times after having done it. */
function randomPattern(random: Random, failing: number): ConversionPattern {
  return defineConversionPattern({
    name: 'random',
    root: null,
    converter,
    boundedRecursion: true,
    rewrite(op, operands, rewriter) {
      const name = op.name.replace('a.', random.uint32() % 8 ? 'b.' : 'a.');
      const block = op.parent!;
      const region = block.parent!;
      const isLast = block.lastOp === op;
      switch (random.uint32() % 8) {
        case 0:
          if (!isLast) rewriter.moveOpBefore(op, block.firstOp!);
          break;
        case 1:
          if (!isLast) {
            const rest = rewriter.splitBlockAfter(block, op);
            rewriter.setInsertionPointToEnd(block);
            rewriter.insert(newOp(op, 'b.end', [], [])).ownSuccessors = [rest];
          }
          break;
        case 2:
          rewriter.createBlock(region, null, [context.i32]);
          rewriter.insert(newOp(op, 'b.end', rewriter.block!.arguments, []));
          break;
        case 3: {
          const rest = rewriter.splitBlock(op);
          rewriter.mergeBlocks(rest, block);
          break;
        }
        case 4:
          if (block.arguments.length)
            rewriter.applySignatureConversion(
              block,
              converter.convertSignature(block.arguments.map((a) => a.type))!,
              converter,
            );
          break;
        case 5:
          for (const result of op.results)
            for (const user of result.users())
              rewriter.modify(user, () => {
                user.setOperands(user.operands.reverse());
                user.setAttr('touched', context.unitAttr);
              });
          break;
        case 6:
          rewriter.createBlock(region, block, []);
          rewriter.insert(newOp(op, 'b.end', [], []));
          rewriter.eraseBlock(rewriter.block as Block);
          break;
        default:
          break;
      }
      rewriter.setInsertionPoint(op);
      if (random.uint32() % 6 === 0) {
        rewriter.modify(op, () => {
          op.info = context.opInfo(op.name.replace('a.', 'b.'));
          const list = op.operands;
          op.setOperands(random.uint32() % 2 ? [...list, ...list] : list.slice(1));
          op.loc = 0;
          for (const result of op.results) if (result.type === context.f64) result.type = context.f32;
        });
      } else {
        const made = create(rewriter, op, name, operands, converter);
        for (const inner of op.regions) rewriter.inlineRegionBefore(inner, made.appendRegion(), null);
        if (op.successors.length) made.ownSuccessors = op.successors.slice();
        for (const moved of made.regions)
          if (random.uint32() % 2 && !rewriter.convertRegionTypes(moved, converter)) return false;
        if (random.uint32() % 5) rewriter.replaceOp(op, groupsOf(op, made, converter));
        else rewriter.eraseOp(op);
      }
      if (random.uint32() % 100 < failing) return rewriter.notifyMatchFailure(op, 'at random');
      return true;
    },
  });
}

const target = () => new ConversionTarget().legalDialect('b').illegalDialect('a');

describe('rollback', () => {
  test('after a failing conversion text, locations, use-lists and identities are what they were', () => {
    let failures = 0;
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 30, 90), (seed, failing) => {
        const random = new Random(seed);
        const module = randomModule(random);
        const ops = new Set<Operation>();
        module.walk((op) => ops.add(op));
        const before = everything(module);
        const patterns = [randomPattern(random, failing), { ...randomPattern(random, failing), name: 'another' }];
        const mode = seed % 3;
        const { result } = context.diagnostics.collect(() => {
          const options = { checkChanges: seed % 5 === 0, maxDepth: 6 };
          // Something that cannot be legalised, found at the end.
          const last =
            mode === 2
              ? target().dynamicallyLegalDialect('b', () => (random.uint32() % 9 ? true : 'bad luck'))
              : target();
          return mode === 0
            ? analyzeConversion(module, last, patterns, options)
            : mode === 1
              ? applyFullConversion(module, last.illegalOp('b.func'), patterns.map(skipFunctions), options)
              : applyPartialConversion(module, last, patterns, options);
        });
        checkLinks(module);
        if ('succeeded' in result && result.succeeded) return;
        failures++;
        expect(everything(module)).toBe(before);
        module.walk((op) => {
          expect(ops.has(op)).toBe(true);
          expect(op.flags).toBe(0);
        });
      }),
      { numRuns: 400 },
    );
    expect(failures).toBeGreaterThan(200);
  });

  test('without the journal the module would be another one: the patterns do change it', () => {
    let changed = 0;
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const module = randomModule(random);
      const before = everything(module);
      const { result } = context.diagnostics.collect(() =>
        applyPartialConversion(module, target(), [randomPattern(random, 0)], { unresolvedCasts: 'keep', maxDepth: 6 }),
      );
      checkLinks(module);
      if (result.succeeded && everything(module) !== before) changed++;
    }
    expect(changed).toBeGreaterThan(20);
  });
});

/** Refuses functions, so that a full conversion fails after everything else was converted. */
function skipFunctions(pattern: ConversionPattern): ConversionPattern {
  return {
    ...pattern,
    rewrite: (op, operands, rewriter) =>
      op.name === 'b.func' ? rewriter.notifyMatchFailure(op, 'never') : pattern.rewrite(op, operands, rewriter),
  };
}
