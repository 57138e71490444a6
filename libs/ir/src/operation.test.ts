import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block } from './block.js';
import { Builder } from './builder.js';
import { Context } from './context.js';
import { InternalError } from './errors.js';
import { Operation, Region } from './operation.js';
import { printModule } from './printer.js';
import { testContext } from './testing/test-dialect.js';
import { find, parse } from './testing/text.js';
import type { Value } from './value.js';
import { verify } from './verifier.js';

/** Operations in one block beside a plain model of who uses what. */
class Model {
  readonly context = new Context();
  readonly top: Operation;
  readonly block: Block;
  readonly ops: { op: Operation; operands: Value[] }[] = [];

  constructor() {
    this.context.allowUnregistered = true;
    const region = new Region();
    this.block = region.append();
    this.top = Operation.create(this.context.opInfo('d.top'), 0, [], [], this.context.emptyDictionary, [region]);
    for (let i = 0; i < 3; i++) this.block.addArgument(this.context.i32);
  }
  values(): Value[] {
    return [...this.block.arguments, ...this.ops.flatMap(({ op }) => op.results)];
  }
  value(n: number): Value {
    const values = this.values();
    return values[n % values.length]!;
  }
  create(picks: readonly number[], results: number): void {
    const operands = picks.map((n) => this.value(n));
    const op = Operation.create(this.context.opInfo('d.op'), 0, operands, new Array(results).fill(this.context.i32));
    this.block.append(op);
    this.ops.push({ op, operands });
  }
  uses(value: Value): string[] {
    return this.ops.flatMap(({ operands }, i) => operands.flatMap((o, k) => (o === value ? [`${i}:${k}`] : []))).sort();
  }
  check(): void {
    const numbers = new Map(this.ops.map(({ op }, i) => [op, i]));
    for (const value of this.values()) {
      const seen: string[] = [];
      value.forEachUse((user, index) => seen.push(`${numbers.get(user)}:${index}`));
      const expected = this.uses(value);
      expect(seen.sort()).toEqual(expected);
      expect(value.hasUses).toBe(expected.length > 0);
      expect(value.hasOneUse()).toBe(expected.length === 1);
      expect(value.useCount()).toBe(expected.length);
      expect(value.users().length).toBe(new Set(expected.map((e) => e.split(':')[0])).size);
    }
    for (const { op, operands } of this.ops) expect(op.operands).toEqual(operands);
    this.context.diagnostics
      .collect(() => verify(this.top, { useLists: true }))
      .diagnostics.forEach((d) => {
        // Uses before definitions are fine here; broken links are not.
        expect(d.id).toBe('verify.dominance');
      });
  }
}

const command = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    picks: fc.array(fc.nat(50), { maxLength: 5 }),
    results: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('set' as const), op: fc.nat(50), index: fc.nat(5), value: fc.nat(50) }),
  fc.record({ kind: fc.constant('append' as const), op: fc.nat(50), value: fc.nat(50) }),
  fc.record({ kind: fc.constant('drop' as const), op: fc.nat(50), index: fc.nat(5) }),
  fc.record({ kind: fc.constant('replace' as const), from: fc.nat(50), to: fc.nat(50) }),
  fc.record({ kind: fc.constant('replace-even' as const), from: fc.nat(50), to: fc.nat(50) }),
  fc.record({ kind: fc.constant('erase' as const), op: fc.nat(50) }),
);

describe('use-lists', () => {
  it('agree with a plain model under any sequence of changes', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const model = new Model();
        for (const c of commands) {
          const at = 'op' in c && model.ops.length > 0 ? model.ops[c.op % model.ops.length]! : undefined;
          switch (c.kind) {
            case 'create':
              model.create(c.picks, c.results);
              break;
            case 'set':
              if (!at || at.operands.length === 0) break;
              at.op.setOperand(c.index % at.operands.length, model.value(c.value));
              at.operands[c.index % at.operands.length] = model.value(c.value);
              break;
            case 'append':
              if (!at) break;
              at.op.appendOperand(model.value(c.value));
              at.operands.push(model.value(c.value));
              break;
            case 'drop':
              if (!at || at.operands.length === 0) break;
              at.op.eraseOperand(c.index % at.operands.length);
              at.operands.splice(c.index % at.operands.length, 1);
              break;
            case 'replace': {
              const [from, to] = [model.value(c.from), model.value(c.to)];
              from.replaceAllUsesWith(to);
              for (const { operands } of model.ops)
                operands.splice(0, operands.length, ...operands.map((o) => (o === from ? to : o)));
              break;
            }
            case 'replace-even': {
              const [from, to] = [model.value(c.from), model.value(c.to)];
              from.replaceUsesIf(to, (_, index) => index % 2 === 0);
              for (const { operands } of model.ops)
                operands.splice(0, operands.length, ...operands.map((o, k) => (o === from && k % 2 === 0 ? to : o)));
              break;
            }
            case 'erase':
              if (!at || at.op.results.some((r) => model.uses(r).length > 0)) break;
              at.op.erase();
              expect(at.op.isErased).toBe(true);
              model.ops.splice(model.ops.indexOf(at), 1);
          }
        }
        model.check();
      }),
      { numRuns: 300 },
    );
  });

  it('list the most recent use first', () => {
    const model = new Model();
    model.create([0], 0);
    model.create([0, 0], 0);
    const order: number[] = [];
    model.value(0).forEachUse((user) => order.push(model.ops.findIndex((o) => o.op === user)));
    expect(order).toEqual([1, 1, 0]);
  });

  it('refuse to erase an op whose results are used', () => {
    const model = new Model();
    model.create([], 1);
    model.create([3], 0);
    expect(() => model.ops[0]!.op.erase()).toThrow(InternalError);
  });
});

describe('order in a block', () => {
  it('agrees with the list under any sequence of insertions, moves and removals', () => {
    const step = fc.record({
      kind: fc.constantFrom('insert', 'move-before', 'move-after', 'remove', 'compare'),
      a: fc.nat(60),
      b: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const context = new Context();
        const block = new Block();
        const list: Operation[] = [];
        for (const { kind, a, b } of steps) {
          if (kind === 'insert' || list.length === 0) {
            const op = Operation.create(context.opInfo('d.op'), 0, [], []);
            const at = b % (list.length + 1);
            block.insertBefore(op, list[at] ?? null);
            list.splice(at, 0, op);
            continue;
          }
          const x = list[a % list.length]!;
          const y = list[b % list.length]!;
          if (kind === 'compare') expect(x.isBeforeInBlock(y)).toBe(list.indexOf(x) < list.indexOf(y));
          else if (kind === 'remove') {
            x.remove();
            list.splice(list.indexOf(x), 1);
          } else {
            if (kind === 'move-before') x.moveBefore(y);
            else x.moveAfter(y);
            if (x !== y) {
              list.splice(list.indexOf(x), 1);
              list.splice(list.indexOf(y) + (kind === 'move-before' ? 0 : 1), 0, x);
            }
          }
        }
        expect(block.ops).toEqual(list);
        const backwards: Operation[] = [];
        for (let op = block.lastOp; op; op = op.previous) backwards.unshift(op);
        expect(backwards).toEqual(list);
        for (let i = 0; i + 1 < list.length; i++) expect(list[i]!.isBeforeInBlock(list[i + 1]!)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('stays right after many insertions at one place', () => {
    const context = new Context();
    const block = new Block();
    const make = () => Operation.create(context.opInfo('d.op'), 0, [], []);
    const last = block.append(make());
    const inserted = Array.from({ length: 200 }, () => block.insertBefore(make(), last));
    for (let i = 0; i + 1 < inserted.length; i++) expect(inserted[i]!.isBeforeInBlock(inserted[i + 1]!)).toBe(true);
    expect(inserted[199]!.isBeforeInBlock(last)).toBe(true);
  });

  it('splits a block before an op', () => {
    const module = parse('"d.r"() ({\n  "d.a"() : () -> ()\n  "d.b"() : () -> ()\n  "d.c"() : () -> ()\n}) : () -> ()');
    const rest = find(module, 'd.b').parent!.splitBefore(find(module, 'd.b'));
    expect(rest.ops.map((o) => o.name)).toEqual(['d.b', 'd.c']);
    expect(find(module, 'd.a').parent!.ops.map((o) => o.name)).toEqual(['d.a']);
    expect(rest.parent!.blocks.indexOf(rest)).toBe(1);
  });

  it('refuses an op that is in a block already, and an insertion point elsewhere', () => {
    const context = new Context();
    const [a, b] = [new Block(), new Block()];
    const op = a.append(Operation.create(context.opInfo('d.op'), 0, [], []));
    expect(() => b.append(op)).toThrow('d.op is already in a block');
    expect(() => b.insertBefore(Operation.create(context.opInfo('d.x'), 0, [], []), op)).toThrow('not in the block');
  });
});

describe('clone', () => {
  const TEXT = `"d.r"() ({
^bb0(%c: i1):
  %0 = "d.a"(%c) {x} : (i1) -> i32
  "d.s"() ({
    "d.use"(%0) : (i32) -> ()
  }) : () -> ()
  "d.br"(%c)[^bb1, ^bb2] : (i1) -> ()
^bb1:
  "d.br"(%late)[^bb2] : (i32) -> ()
^bb2:
  %late = "d.a"(%c) : (i1) -> i32
  "d.br"()[^bb1] : () -> ()
}) : () -> ()`;

  it('copies regions, blocks, successors and values defined after their use', () => {
    const module = parse(TEXT);
    const copy = module.clone();
    expect(printModule(copy)).toBe(printModule(module));
    const originals = new Set<unknown>();
    module.walk((op) => originals.add(op));
    copy.walk((op) => {
      for (const operand of op.operands) expect(originals.has(operand.definingOp)).toBe(false);
      for (const successor of op.successors) expect(successor.parent).toBe(op.parentRegion);
    });
  });

  it('maps each operand from outside once', () => {
    const context = testContext();
    const block = new Block();
    const [x, y] = [block.addArgument(context.i32), block.addArgument(context.i32)];
    const builder = Builder.atEnd(context, block);
    const op = builder.insert(
      Operation.create(context.opInfo('d.r'), 0, [x], [], context.emptyDictionary, [new Region()]),
    );
    Builder.atEnd(context, op.region(0).append()).insert(Operation.create(context.opInfo('d.use'), 0, [x, y], []));
    const copy = op.clone(
      new Map([
        [x, y],
        [y, x],
      ]),
    );
    expect(copy.operand(0)).toBe(y);
    expect(copy.region(0).entry.firstOp!.operands).toEqual([y, x]);
  });

  it('leaves operands from outside that are not mapped', () => {
    const module = parse('%0 = "d.a"() : () -> i32\n%1 = "d.b"(%0) : (i32) -> i32');
    const copy = find(module, 'd.b').clone();
    expect(copy.operand(0)).toBe(find(module, 'd.a').result(0));
    expect(copy.operand(0).useCount()).toBe(2);
  });
});

describe('walk', () => {
  const names = (module: Operation, walk: 'walk' | 'walkPostOrder') => {
    const list: string[] = [];
    module[walk]((op) => list.push(op.name.slice(2)));
    return list;
  };
  const TEXT =
    '"d.a"() ({\n  "d.b"() : () -> ()\n}, {\n  "d.c"() ({\n    "d.e"() : () -> ()\n  }) : () -> ()\n}) : () -> ()\n"d.f"() : () -> ()';

  it('visits an op before or after what it contains', () => {
    const module = parse(TEXT);
    expect(names(module, 'walk').slice(1)).toEqual(['a', 'b', 'c', 'e', 'f']);
    expect(names(module, 'walkPostOrder').slice(0, -1)).toEqual(['b', 'e', 'c', 'a', 'f']);
  });

  it('lets the visitor erase the op it is given', () => {
    const module = parse(TEXT);
    module.walk((op) => {
      if (op.name === 'd.c') op.erase();
    });
    expect(names(module, 'walk').slice(1)).toEqual(['a', 'b', 'f']);
  });
});
