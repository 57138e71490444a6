import {
  AnyType,
  attr,
  type Block,
  BranchOp,
  Context,
  defineDialect,
  defineOp,
  IsolatedFromAbove,
  type Operation,
  Pure,
  parseModule,
  renderDiagnostic,
  Terminator,
  variadic,
  verify,
} from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { type RegionSimplifyLevel, simplifyRegion } from './simplify.js';

const FuncOp = defineOp({
  name: 's.func',
  summary: 'a body',
  attributes: { name: attr.string },
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove],
});
const MakeOp = defineOp({
  name: 's.make',
  summary: 'a value',
  operands: { values: variadic(AnyType) },
  results: { result: AnyType },
  traits: [Pure],
});
const StopOp = defineOp({
  name: 's.stop',
  summary: 'ends',
  operands: { values: variadic(AnyType) },
  traits: [Terminator],
});
const sizes = (op: Operation) => (op.attr('sizes') as unknown as { values: readonly bigint[] }).values.map(Number);
/** Jumps to any number of blocks; `sizes` says how many operands each gets. */
const JumpOp = defineOp({
  name: 's.jump',
  summary: 'branches',
  operands: { values: variadic(AnyType) },
  attributes: { sizes: attr.i32Array },
  successors: 'variadic',
  traits: [Terminator],
  interfaces: [
    BranchOp.implement({
      successorOperands(op, index) {
        const start = sizes(op)
          .slice(0, index)
          .reduce((a, b) => a + b, 0);
        return { start, end: start + sizes(op)[index]! };
      },
      setSuccessorOperands(op, index, values) {
        let start = 0;
        const lists = sizes(op).map((n) => {
          start += n;
          return op.operands.slice(start - n, start);
        });
        lists[index] = [...values];
        op.setOperands(lists.flat());
        op.setAttr(
          'sizes',
          op.context.denseArray(
            op.context.i32,
            lists.map((l) => l.length),
          ),
        );
      },
    }),
  ],
});
/** A branch whose operands nobody can change. */
const FixedOp = defineOp({
  name: 's.fixed',
  summary: 'branches',
  operands: { values: variadic(AnyType) },
  successors: ['to'],
  traits: [Terminator],
  interfaces: [BranchOp.implement({ successorOperands: (op) => ({ start: 0, end: op.operandCount }) })],
});

/** Simplifies a body that starts with values %x and %y; gives its blocks as short text. */
function simplified(level: RegionSimplifyLevel, body: string): string[] {
  const context = new Context();
  context.registerDialect(
    defineDialect({ name: 's', summary: 'for tests', ops: [FuncOp, MakeOp, StopOp, JumpOp, FixedOp] }),
  );
  const expand = (line: string) => {
    const jump = /^\s*(jump|fixed) (.*)$/.exec(line);
    if (jump) {
      const targets = [...jump[2]!.matchAll(/(\^\w+)(?:\((.*?)\))?/g)].map((m) => ({
        to: m[1]!,
        values: m[2] ? m[2].split(/,\s*/) : [],
      }));
      const values = targets.flatMap((t) => t.values);
      const attributes =
        jump[1] === 'jump'
          ? ` <{sizes = array<i32${targets.map((t, i) => `${i === 0 ? ': ' : ', '}${t.values.length}`).join('')}>}>`
          : '';
      return `"s.${jump[1]}"(${values.join(', ')})[${targets.map((t) => t.to).join(', ')}]${attributes} : (${values.map(() => 'i32').join(', ')}) -> ()`;
    }
    const stop = /^\s*stop ?(.*)$/.exec(line);
    if (stop)
      return `"s.stop"(${stop[1]}) : (${
        stop[1]
          ? stop[1]
              .split(',')
              .map(() => 'i32')
              .join(', ')
          : ''
      }) -> ()`;
    const make = /^\s*(%\w+) = make\((.*)\)$/.exec(line);
    if (make)
      return `${make[1]} = "s.make"(${make[2]}) : (${
        make[2]
          ? make[2]
              .split(',')
              .map(() => 'i32')
              .join(', ')
          : ''
      }) -> i32`;
    return line.replace(/(%\w+)(?=[,)])/g, '$1: i32');
  };
  const text = `"s.func"() <{name = "f"}> ({\n%x = "s.make"() : () -> i32\n%y = "s.make"() : () -> i32\n${body
    .trim()
    .split('\n')
    .map((l) => expand(l.trim()))
    .join('\n')}\n}) : () -> ()`;
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    const func = module?.region(0).entry.firstOp;
    if (!func) return undefined;
    simplifyRegion(func.region(0), level);
    expect(verify(func)).toBe(true);
    // A second look finds nothing.
    expect(simplifyRegion(func.region(0), level)).toBe(false);
    return { func };
  });
  if (!result) throw new Error(`${diagnostics.map((d) => renderDiagnostic(context, d)).join('\n')}\n${text}`);
  const { blocks } = result.func.region(0);
  const name = (b: Block) => `^${blocks.indexOf(b)}`;
  const print = blocks.map((b) => {
    const jump = b.terminator;
    const targets = jump.successors.map((s, i) => {
      const { start, end } = BranchOp.of(jump)!.successorOperands(jump, i);
      return `${name(s)}/${end - start}`;
    });
    return `${name(b)}(${b.arguments.length}) ${b.ops.length - 1} ${targets.length ? targets.join(' ') : `stop/${jump.operandCount}`}`;
  });
  return print;
}

describe('simplifyRegion', () => {
  test('one block is left alone', () => {
    expect(simplified('aggressive', 'stop %x')).toEqual(['^0(0) 2 stop/1']);
  });

  test('blocks that nothing reaches go, at every level', () => {
    const body = `jump ^a, ^b
      ^a:
      stop %x
      ^b:
      stop
      ^c(%p):
      jump ^c(%p)`;
    for (const level of ['disabled', 'normal', 'aggressive'] as const) expect(simplified(level, body)).toHaveLength(3);
  });

  test('blocks that follow each other become one, unless disabled', () => {
    const body = `jump ^a(%x)
      ^a(%p):
      %q = make(%p)
      jump ^b
      ^b:
      stop %q`;
    expect(simplified('disabled', body)).toHaveLength(3);
    expect(simplified('normal', body)).toEqual(['^0(0) 3 stop/1']);
  });

  test('arguments that only feed each other are dropped, those that are read stay', () => {
    const body = `jump ^head(%x, %y)
      ^head(%p, %q):
      jump ^body(%q), ^exit
      ^body(%r):
      %s = make(%p)
      jump ^head(%s, %r)
      ^exit:
      stop %p`;
    expect(simplified('normal', body)).toEqual(['^0(0) 2 ^1/1', '^1(1) 0 ^2/0 ^3/0', '^2(0) 1 ^1/1', '^3(0) 0 stop/1']);
  });

  test('an argument that is always the same value becomes that value', () => {
    const body = `jump ^a, ^b
      ^a:
      %u = make(%y)
      jump ^c(%x, %u)
      ^b:
      jump ^c(%x, %y)
      ^c(%p, %q):
      stop %p, %q`;
    expect(simplified('normal', body)).toEqual(['^0(0) 2 ^1/0 ^2/0', '^1(0) 1 ^3/1', '^2(0) 0 ^3/1', '^3(1) 0 stop/2']);
    // Around a loop the argument may be passed on.
    const loop = `jump ^head(%x)
      ^head(%p):
      jump ^head(%p), ^exit
      ^exit:
      stop %p`;
    expect(simplified('normal', loop)).toEqual(['^0(0) 2 ^1/0', '^1(0) 0 ^1/0 ^2/0', '^2(0) 0 stop/1']);
  });

  test('branches whose operands cannot change keep the arguments of their target', () => {
    const body = `jump ^a, ^b
      ^a:
      fixed ^c(%x)
      ^b:
      jump ^c(%x)
      ^c(%p):
      stop`;
    expect(simplified('aggressive', body).at(-1)).toBe('^3(1) 0 stop/0');
  });

  test('blocks that do the same become one, with arguments for what differs', () => {
    const body = `jump ^a, ^b, ^c
      ^a:
      %u = make(%x, %y)
      stop %u
      ^b:
      %v = make(%y, %y)
      stop %v
      ^c:
      %w = make(%x)
      stop %w`;
    expect(simplified('normal', body)).toHaveLength(4);
    expect(simplified('aggressive', body)).toEqual(['^0(0) 2 ^1/1 ^1/1 ^2/0', '^1(1) 1 stop/1', '^2(0) 1 stop/1']);
  });

  test('blocks whose values are used elsewhere, or that differ in what they make themselves, stay apart', () => {
    const elsewhere = `jump ^a, ^b
      ^a:
      %u = make(%x)
      jump ^a2, ^a3
      ^a2:
      %k = make(%u, %u)
      stop %k
      ^a3:
      stop
      ^b:
      %v = make(%x)
      jump ^a2b, ^a3
      ^a2b:
      stop %v`;
    expect(simplified('aggressive', elsewhere)).toHaveLength(6);
    const own = `jump ^a, ^b
      ^a:
      %u = make(%x)
      %v = make(%x)
      stop %u
      ^b:
      %p = make(%x)
      %q = make(%x)
      stop %q`;
    expect(simplified('aggressive', own)).toHaveLength(3);
  });
});
