import {
  Block,
  type Builder,
  Diagnostic,
  definePattern,
  Builder as IrBuilder,
  type Operation,
  Region,
  type Rewriter,
  verify,
} from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { applyPatternsGreedily } from './greedy.js';
import {
  AddOp,
  constant,
  ForkOp,
  JumpOp,
  makeFunction,
  NegOp,
  newContext,
  ReturnOp,
  ScopeOp,
  SubOp,
  show,
  subSelf,
  UseOp,
} from './testing/calc.js';

const context = newContext();
const { i32 } = context;
const add = (b: Builder, lhs: ReturnType<typeof constant>, rhs: ReturnType<typeof constant>) =>
  AddOp.build(b, 0, { lhs, rhs, resultTypes: [i32] });
const sub = (b: Builder, lhs: ReturnType<typeof constant>, rhs: ReturnType<typeof constant>) =>
  SubOp.build(b, 0, { lhs, rhs, resultTypes: [i32] });
const neg = (b: Builder, x: ReturnType<typeof constant>) => NegOp.build(b, 0, { x, resultTypes: [i32] });
const use = (b: Builder, ...values: ReturnType<typeof constant>[]) => UseOp.create(b, 0, { values });

describe('the greedy driver', () => {
  test('reaches a fixpoint over folds, patterns and dead code', () => {
    const f = makeFunction(context, 1, (b, [x]) => {
      const zero = sub(b, x!, x!);
      const y = add(b, x!, zero);
      const seven = add(b, constant(b, 3), constant(b, 4));
      add(b, seven, y);
      use(b, y, seven);
    });
    const result = applyPatternsGreedily(f, [subSelf]);
    expect(show(f)).toEqual(['v0 = 7', 'use a0 v0']);
    expect(result).toMatchObject({ changed: true, converged: true });
    expect(result.hits).toEqual(new Map([['sub-self', 1]]));
    expect(result.folded).toBe(2);
    expect(applyPatternsGreedily(f, [subSelf])).toMatchObject({
      changed: false,
      converged: true,
      rewrites: 0,
      iterations: 1,
    });
  });

  test('gives the same result and the same hits on every run', () => {
    const run = () => {
      const f = makeFunction(context, 2, (b, [x, y]) => {
        for (let i = 0; i < 20; i++)
          use(b, add(b, constant(b, i % 3), add(b, sub(b, x!, i % 2 ? x! : y!), constant(b, i))));
      });
      const { hits, rewrites } = applyPatternsGreedily(f, [subSelf]);
      return { text: show(f), hits: [...hits], rewrites };
    };
    expect(run()).toEqual(run());
    expect(run().hits).toEqual([['sub-self', 10]]);
  });

  test('moves constants of commutative ops to the right', () => {
    const f = makeFunction(context, 1, (b, [x]) => void use(b, add(b, constant(b, 5), x!)));
    applyPatternsGreedily(f, []);
    expect(show(f)).toEqual(['v0 = 5', 'v1 = add a0 v0', 'use v1']);
  });

  test('keeps one constant of each value at the front of the isolated region, in program order', () => {
    const f = makeFunction(context, 1, (b, [x]) => {
      use(b, add(b, x!, constant(b, 1)));
      const scope = ScopeOp.create(b, 0, { regions: [new Region()] });
      const inner = IrBuilder.atEnd(context, scope.region(0).append(new Block()));
      use(inner, add(inner, x!, constant(inner, 2)), constant(inner, 1));
    });
    expect(applyPatternsGreedily(f, []).changed).toBe(true);
    expect(show(f)).toEqual([
      'v0 = 1',
      'v1 = 2',
      'v2 = add a0 v0',
      'use v2',
      'scope',
      '  v3 = add a0 v1',
      '  use v3 v0',
    ]);
  });

  test('does not move constants out of the op it was given', () => {
    const f = makeFunction(context, 0, (b) => {
      const scope = ScopeOp.create(b, 0, { regions: [new Region()] });
      const inner = IrBuilder.atEnd(context, scope.region(0).append(new Block()));
      use(inner, constant(inner, 2));
    });
    applyPatternsGreedily(f.region(0).entry.firstOp!, []);
    expect(show(f)).toEqual(['scope', '  v0 = 2', '  use v0']);
  });

  test('puts a reused constant in front of an op that a pattern moved there', () => {
    const f = makeFunction(context, 1, (b, [x]) => {
      const c = constant(b, 1);
      use(b, sub(b, x!, c));
      use(b, c);
    });
    const toFront = definePattern({
      name: 'to-front',
      root: 'calc.sub',
      rewrite(op, rewriter) {
        rewriter.setInsertionPointToStart(op.parent!);
        const one = constant(rewriter, 1);
        rewriter.replaceOp(op, [AddOp.build(rewriter, 0, { lhs: op.operand(0), rhs: one, resultTypes: [i32] })]);
        return true;
      },
    });
    applyPatternsGreedily(f, [toFront]);
    expect(show(f)).toEqual(['v0 = 1', 'v1 = add a0 v0', 'use v1', 'use v0']);
  });

  test('forgets the old value of a constant that a pattern changed in place', () => {
    const f = makeFunction(context, 1, (b, [x]) => {
      use(b, sub(b, x!, constant(b, 1)));
      use(b, add(b, constant(b, 0), constant(b, 1)));
    });
    let done = false;
    const double = definePattern({
      name: 'double',
      root: 'calc.sub',
      rewrite(op, rewriter) {
        if (done) return false;
        done = true;
        const c = op.operand(1).definingOp!;
        rewriter.modify(c, () => c.setAttr('value', context.integerAttr(i32, 2)));
        rewriter.setInsertionPoint(op);
        UseOp.create(rewriter, 0, { values: [constant(rewriter, 1)] });
        return true;
      },
    });
    applyPatternsGreedily(f, [double]);
    // The shared constant became 2 for all of its users; the new 1 is another op.
    expect(show(f)).toEqual(['v0 = 2', 'v1 = 1', 'use v1', 'v2 = sub a0 v0', 'use v2', 'use v0']);
  });

  test('folds an involution of an involution', () => {
    const f = makeFunction(context, 1, (b, [x]) => void use(b, neg(b, neg(b, x!))));
    applyPatternsGreedily(f, []);
    expect(show(f)).toEqual(['use a0']);
  });

  test('uses the default fold for pure ops on constants only', () => {
    const build = () =>
      makeFunction(
        context,
        1,
        (b, [x]) => void use(b, sub(b, constant(b, 9), constant(b, 4)), sub(b, constant(b, 9), x!)),
      );
    const plain = build();
    applyPatternsGreedily(plain, []);
    expect(show(plain)).toContain('v2 = sub v0 v1');
    const f = build();
    applyPatternsGreedily(f, [], {
      defaultFold: (op, operands) =>
        SubOp.is(op)
          ? [
              context.integerAttr(
                i32,
                operands.map((a) => (a as { value?: number }).value!).reduce((a, b) => a - b),
              ),
            ]
          : null,
    });
    expect(show(f)).toEqual(['v0 = 5', 'v1 = 9', 'v2 = sub v1 a0', 'use v0 v2']);
  });

  test('tries the pattern of the highest benefit first', () => {
    const order: string[] = [];
    const probe = (name: string, benefit?: number) =>
      definePattern({
        name,
        root: name === 'any' ? null : 'calc.sub',
        ...(benefit === undefined ? {} : { benefit }),
        rewrite: (op) => {
          if (SubOp.is(op)) order.push(name);
          return false;
        },
      });
    const f = makeFunction(context, 2, (b, [x, y]) => void use(b, sub(b, x!, y!)));
    applyPatternsGreedily(f, [probe('one'), probe('ten', 10), probe('any'), probe('two', 2)]);
    expect(order).toEqual(['ten', 'two', 'one', 'any']);
  });

  test('sweeps again for a pattern that looks two ops away', () => {
    // sub(neg(y), z) is seen before y becomes what the pattern wants.
    const deep = definePattern({
      name: 'deep',
      root: 'calc.sub',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp?.operand(0).definingOp;
        if (!inner || inner.attr('marked') === undefined) return false;
        rewriter.replaceOp(op, [op.operand(1)]);
        return true;
      },
    });
    const mark = definePattern({
      name: 'mark',
      root: 'calc.use',
      rewrite(op, rewriter) {
        const marked = op.operand(0).definingOp;
        if (!marked || marked.attr('marked') !== undefined) return false;
        rewriter.modify(marked, () => marked.setAttr('marked', context.unitAttr));
        return true;
      },
    });
    const f = makeFunction(context, 2, (b, [x, y]) => {
      const first = add(b, x!, y!);
      use(b, sub(b, neg(b, first), y!));
      UseOp.create(b, 0, { values: [first], extraAttributes: { marked: context.unitAttr } });
    });
    const result = applyPatternsGreedily(f, [deep, mark]);
    expect(result.hits.get('deep')).toBe(1);
    expect(result.iterations).toBeGreaterThan(1);
  });

  test('erases unreachable blocks, even when they use each other', () => {
    const f = makeFunction(context, 1, () => {});
    const [entry, dead, exit] = [f.region(0).entry, f.region(0).append(new Block()), f.region(0).append(new Block())];
    JumpOp.create(IrBuilder.atEnd(context, entry), 0, { values: [], successors: [exit] });
    const b = IrBuilder.atEnd(context, dead);
    const seven = constant(b, 7);
    JumpOp.create(b, 0, { values: [], successors: [exit] });
    const other = f.region(0).append(new Block());
    use(IrBuilder.atEnd(context, other), seven);
    JumpOp.create(IrBuilder.atEnd(context, other), 0, { values: [], successors: [dead] });
    ReturnOp.create(IrBuilder.atEnd(context, exit), 0, { values: [] });
    expect(applyPatternsGreedily(f, []).changed).toBe(true);
    expect(show(f)).toEqual(['^0:', 'jump ^1', '^1:', 'return']);
  });

  test('makes one block of blocks that follow each other, when canonicalizing', () => {
    const build = () => {
      const f = makeFunction(context, 1, () => {});
      const region = f.region(0);
      const [entry, middle, exit] = [region.entry, region.append(new Block()), region.append(new Block())];
      const [a, b] = [middle.addArgument(i32), exit.addArgument(i32)];
      const x = entry.arguments[0]!;
      JumpOp.create(IrBuilder.atEnd(context, entry), 0, { values: [x], successors: [middle] });
      const inMiddle = IrBuilder.atEnd(context, middle);
      JumpOp.create(inMiddle, 0, { values: [sub(inMiddle, a, x)], successors: [exit] });
      use(IrBuilder.atEnd(context, exit), b);
      ReturnOp.create(IrBuilder.atEnd(context, exit), 0, { values: [] });
      return f;
    };
    const f = build();
    expect(applyPatternsGreedily(f, [], { canonicalize: true }).changed).toBe(true);
    expect(show(f)).toEqual(['v0 = 0', 'use v0', 'return']);
    expect(verify(f)).toBe(true);
    expect(applyPatternsGreedily(build(), []).changed).toBe(false);
  });

  test('leaves alone a block that jumps to itself, and one with two predecessors', () => {
    const f = makeFunction(context, 1, () => {});
    const region = f.region(0);
    const [entry, left, right, join, loop] = [region.entry, ...[0, 0, 0, 0].map(() => region.append(new Block()))];
    const at = (block: Block | undefined) => IrBuilder.atEnd(context, block!);
    ForkOp.create(at(entry), 0, { condition: entry!.arguments[0]!, successors: [left!, right!] });
    JumpOp.create(at(left), 0, { values: [], successors: [join!] });
    JumpOp.create(at(right), 0, { values: [], successors: [join!] });
    ForkOp.create(at(join), 0, { condition: entry!.arguments[0]!, successors: [loop!, left!] });
    JumpOp.create(at(loop), 0, { values: [], successors: [loop!] });
    expect(applyPatternsGreedily(f, [], { canonicalize: true }).changed).toBe(false);
    expect(region.blocks).toHaveLength(5);
  });

  test('keeps pure terminators and branches', () => {
    const f = makeFunction(context, 1, () => {});
    const entry = f.region(0).entry;
    const [yes, no] = [f.region(0).append(new Block()), f.region(0).append(new Block())];
    ForkOp.create(IrBuilder.atEnd(context, entry), 0, { condition: entry.arguments[0]!, successors: [yes, no] });
    for (const block of [yes, no]) ReturnOp.create(IrBuilder.atEnd(context, block), 0, { values: [] });
    expect(applyPatternsGreedily(f, []).changed).toBe(false);
  });

  test('clears its marks when a pattern throws', () => {
    const f = makeFunction(context, 2, (b, [x, y]) => void use(b, sub(b, x!, y!), add(b, x!, y!)));
    const bad = definePattern({
      name: 'bad',
      root: 'calc.sub',
      rewrite() {
        throw new Error('broken');
      },
    });
    expect(() => applyPatternsGreedily(f, [bad])).toThrow('broken');
    f.walk((op) => expect(op.flags).toBe(0));
  });
});

describe('non-convergence', () => {
  const swap = (name: string, equation: string, from: string, to: typeof AddOp | typeof SubOp) =>
    definePattern({
      name,
      equation,
      root: from,
      rewrite(op: Operation, rewriter: Rewriter) {
        rewriter.replaceOp(op, [
          to.build(rewriter, op.loc, { lhs: op.operand(0), rhs: op.operand(1), resultTypes: [i32] }),
        ]);
        return true;
      },
    });

  test('names the looping patterns with their equations and hits', () => {
    const f = makeFunction(context, 2, (b, [x, y]) => void use(b, add(b, x!, y!), sub(b, y!, y!)));
    const patterns = [
      subSelf,
      swap('add-to-sub', 'x + y == x - y', 'calc.add', SubOp),
      swap('sub-to-add', 'x - y == x + y', 'calc.sub', AddOp),
    ];
    const { result, diagnostics } = context.diagnostics.collect(() =>
      applyPatternsGreedily(f, patterns, { maxRewrites: 5000 }),
    );
    expect(result.converged).toBe(false);
    expect(result.looping!.map((l) => l.pattern.name).sort()).toEqual(['add-to-sub', 'sub-to-add']);
    expect(diagnostics.map((d) => d.id)).toEqual(['rewrite.no-convergence']);
    expect(diagnostics[0]!.message).toContain(
      "'calc.func' op rewriting does not converge: gave up after 5001 rewrites in 1 sweeps",
    );
    const notes = diagnostics[0]!.notes.map((n) => n.message).join('\n');
    expect(notes).toMatch(/'add-to-sub' on 'calc.add' applied 2\d\d\d times: x \+ y == x - y/);
    expect(notes).not.toContain('sub-self');
    f.walk((op) => expect(op.flags).toBe(0));
  });

  test('stops after maxIterations sweeps when each sweep finds more', () => {
    // Every sweep moves the mark one op further: it is never pushed by the worklist.
    const step = definePattern({
      name: 'count',
      root: 'calc.use',
      rewrite(op) {
        const n = op.attr('n') as { value: number } | undefined;
        op.setAttr('n', context.i64Attr((n?.value ?? 0) + 1));
        return true;
      },
    });
    const f = makeFunction(context, 1, (b, [x]) => void use(b, x!));
    const { result } = context.diagnostics.collect(() => applyPatternsGreedily(f, [step], { maxIterations: 4 }));
    expect(result).toMatchObject({ converged: false, iterations: 4, rewrites: 4 });
  });
});

describe('checkChanges', () => {
  const collect = (rewrite: (op: Operation, rewriter: Rewriter) => boolean) => {
    const f = makeFunction(context, 2, (b, [x, y]) => void use(b, sub(b, x!, y!)));
    return context.diagnostics.collect(() =>
      applyPatternsGreedily(f, [definePattern({ name: 'liar', root: 'calc.sub', rewrite })], { checkChanges: true }),
    );
  };

  test('catches a pattern that says it changed something and did not', () => {
    const { result, diagnostics } = collect(() => true);
    expect(diagnostics[0]).toBeInstanceOf(Diagnostic);
    expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
      ['rewrite.false-change', "pattern 'liar' said that it changed 'calc.sub' and changed nothing"],
    ]);
    expect(result).toMatchObject({ converged: true, rewrites: 0 });
  });

  test('catches a pattern that changes something and denies it', () => {
    let done = false;
    const { diagnostics } = collect((op) => {
      if (!done) op.setAttr('touched', context.unitAttr);
      done = true;
      return false;
    });
    expect(diagnostics.map((d) => d.message)).toEqual([
      "pattern 'liar' said that it does not apply to 'calc.sub' and changed the IR",
    ]);
  });

  test('has nothing to say about an honest pattern', () => {
    const f = makeFunction(context, 1, (b, [x]) => void use(b, sub(b, x!, x!)));
    const { diagnostics } = context.diagnostics.collect(() =>
      applyPatternsGreedily(f, [subSelf], { checkChanges: true }),
    );
    expect(diagnostics).toEqual([]);
    expect(show(f)).toEqual(['v0 = 0', 'use v0']);
  });
});
