import { Interpreter } from '@budflow/interpreter';
import { describe, expect, it } from 'vitest';
import { canonicalize, parse, printModule } from '../testing/text.js';

/** Canonicalizes a function of (i1, i32, i32); what it computes stays the same. */
function canonical(text: string): { text: string; hits: string[] } {
  const before = new Interpreter(parse(text));
  const module = parse(text);
  const hits = [...canonicalize(module).keys()];
  const after = new Interpreter(module);
  for (const c of [0, 1])
    for (const x of [-1, 0, 1, 2, 5]) expect(after.call('f', [c, x, 7])).toEqual(before.call('f', [c, x, 7]));
  return { text: printModule(module), hits };
}

const HEAD = 'func.func @f(%c: i1, %x: i32, %y: i32) -> i32 {';

describe('branches', () => {
  it('go where a block that only jumps on leads', () => {
    const { text, hits } = canonical(`${HEAD}
      cf.cond_br %c, ^a(%x : i32), ^b(%y : i32)
    ^a(%p: i32):
      cf.br ^d(%p, %y : i32, i32)
    ^b(%q: i32):
      %r = arith.muli %q, %x : i32
      cf.br ^a2(%r : i32)
    ^a2(%s: i32):
      cf.br ^d(%s, %s : i32, i32)
    ^d(%t: i32, %u: i32):
      %v = arith.addi %t, %u : i32
      return %v : i32
    }`);
    expect(hits).toContain('cond-br-pass-through');
    expect(text).toContain('cf.cond_br %arg0, ^bb2(%arg1, %arg2 : i32, i32), ^bb1');
  });

  it('of an unconditional jump and of a switch too', () => {
    const { text, hits } = canonical(`${HEAD}
      cf.cond_br %c, ^s, ^j
    ^j:
      cf.br ^k(%x : i32)
    ^k(%p: i32):
      cf.br ^l(%p : i32)
    ^s:
      cf.switch %x : i32, [
        default: ^k(%y : i32),
        1: ^m
      ]
    ^m:
      %z = arith.muli %x, %y : i32
      cf.br ^l(%z : i32)
    ^l(%r: i32):
      return %r : i32
    }`);
    expect(hits).toContain('switch-pass-through');
    expect(text.match(/cf\.br/g)).toHaveLength(1);
  });

  it('a jump through a block with one argument', () => {
    const { hits } = canonical(`${HEAD}
      cf.cond_br %c, ^a, ^b
    ^a:
      %p = arith.addi %x, %y : i32
      cf.br ^m(%p : i32)
    ^b:
      %q = arith.muli %x, %y : i32
      cf.cond_br %c, ^m(%q : i32), ^n(%x : i32)
    ^m(%r: i32):
      cf.br ^n(%r : i32)
    ^n(%s: i32):
      return %s : i32
    }`);
    expect(hits).toContain('br-pass-through');
  });

  it('empty blocks that jump in a circle have no end to go to', () => {
    const module = parse(`func.func @f(%c: i1) {
      cf.cond_br %c, ^a, ^d
    ^a:
      cf.br ^b
    ^b:
      cf.br ^a
    ^d:
      return
    }`);
    canonicalize(module);
    expect(printModule(module)).toContain('cf.cond_br');
  });

  it('to one block with different values choose the values', () => {
    const { text, hits } = canonical(`${HEAD}
      cf.cond_br %c, ^a(%x, %y : i32, i32), ^a(%y, %y : i32, i32)
    ^a(%p: i32, %q: i32):
      %r = arith.subi %p, %q : i32
      return %r : i32
    }`);
    expect(hits).toContain('cond-br-selects');
    expect(text).toContain('arith.select %arg0, %arg1, %arg2');
    expect(text).not.toContain('cf.');
  });

  it('let the condition be known where they lead', () => {
    const { text, hits } = canonical(`${HEAD}
      cf.cond_br %c, ^a, ^b
    ^a:
      %p = arith.select %c, %x, %y : i32
      return %p : i32
    ^b:
      cf.cond_br %c, ^a, ^d
    ^d:
      %e = arith.extui %c : i1 to i32
      %q = arith.addi %e, %y : i32
      return %q : i32
    }`);
    expect(hits).toContain('condition-known-after-branch');
    expect(text.match(/cf\.cond_br/g)).toHaveLength(1);
    expect(text).not.toContain('arith.select');
  });

  it('of a switch that do what the default does are dropped, repeated values aside', () => {
    const { text, hits } = canonical(`${HEAD}
      cf.switch %x : i32, [
        default: ^a(%x : i32),
        1: ^a(%y : i32),
        2: ^a(%x : i32),
        5: ^a(%x : i32),
        5: ^a(%y : i32)
      ]
    ^a(%p: i32):
      return %p : i32
    }`);
    expect(hits).toContain('switch-drop-default-cases');
    expect(text).not.toMatch(/^\s+2: /m);
    expect(text.match(/5: /g)).toHaveLength(2);
  });
});
