import { statisticTotal } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { canonicalize } from './canonicalize.js';
import { runOn } from './testing/dialect.js';
import { count, transform } from './testing/functions.js';

describe('canonicalize', () => {
  const body = `%0 = const() {value = 1 : i32}
                %1 = sub(%x, %x)
                %2 = add(%0, %x)
                %3 = add(%2, %1)
                %4 = const() {value = 1 : i32}
                %5 = add(%0, %4)
                %6 = add(%3, %y)
                sink(%3, %5)
                return()`;

  test('folds, applies the patterns of the ops, uniques constants and erases dead ops', () => {
    const { text, result } = runOn(canonicalize, body);
    expect(text).toEqual([
      '%0 = const() {value = 2 : i32}',
      '%1 = const() {value = 1 : i32}',
      '%2 = add(%x, %1)',
      'sink(%2, %0)',
      'return()',
    ]);
    const total = (name: string) => statisticTotal(result.statistics, 'canonicalize', name);
    expect([total('num-rewrites'), total('num-folded'), total('num-erased')]).toEqual([1, 3, 2]);
    expect(result.remarks).toMatchObject([
      { kind: 'applied', pass: 'canonicalize', name: 'sub-self', args: { hits: 1 } },
    ]);
  });

  test('changes nothing the second time', () => {
    const first = runOn(canonicalize, body);
    const second = runOn(canonicalize, first.text.join('\n'));
    expect(second.text).toEqual(first.text);
    expect(statisticTotal(second.result.statistics, 'canonicalize', 'num-rewrites')).toBe(0);
  });

  test('leaves out disabled patterns', () => {
    const { text, result } = runOn(canonicalize, '%0 = sub(%x, %x)\nsink(%0)\nreturn()', {
      'disable-patterns': ['sub-self'],
    });
    expect(text[0]).toBe('%0 = sub(%x, %x)');
    expect(result.remarks).toEqual([]);
  });

  test('fails when patterns loop, naming them', () => {
    const { result, diagnostics } = runOn(canonicalize, '%0 = ping(%x)\nsink(%0)\nreturn()', { 'max-rewrites': 100 });
    expect(result.failed?.pass.name).toBe('canonicalize');
    expect(diagnostics.map((d) => d.id)).toEqual(['rewrite.no-convergence']);
    expect(diagnostics[0]!.notes.map((n) => n.message)).toEqual([
      "'ping-to-pong' on 't.ping' applied 51 times: t.ping x == t.pong x",
      "'pong-to-ping' on 't.pong' applied 50 times: t.pong x == t.ping x",
    ]);
  });

  test('fails when the limit of sweeps is reached first', () => {
    const { diagnostics } = runOn(canonicalize, body, { 'max-iterations': 1 });
    expect(diagnostics.map((d) => d.id)).toEqual(['rewrite.no-convergence']);
  });

  test('applies only enabled patterns when some are named', () => {
    const text = '%0 = sub(%x, %x)\nsink(%0)\nreturn()';
    expect(runOn(canonicalize, text, { 'enable-patterns': ['sub-self'] }).text[0]).toBe(
      '%0 = const() {value = 0 : i32}',
    );
    expect(runOn(canonicalize, text, { 'enable-patterns': ['something-else'] }).text[0]).toBe('%0 = sub(%x, %x)');
  });

  test('simplifies regions as far as asked for', () => {
    const body = `cond_br %c, ^a, ^b
      ^a:
      %p = arith.muli %x, %y : i32
      return %p : i32
      ^b:
      %q = arith.muli %x, %y : i32
      cf.br ^d(%q : i32)
      ^d(%r: i32):
      return %r : i32`;
    const blocks = (level: string) =>
      count(
        transform(
          `func.func @main(%c: i1, %x: i32, %y: i32) -> i32 {\ncf.${body}\n}`,
          `canonicalize{region-simplify=${level}}`,
          canonicalize,
        ),
        '^bb',
      );
    // Lines that name a block: the branches and the labels.
    expect(blocks('disabled')).toBe(5);
    expect(blocks('normal')).toBe(3);
    expect(blocks('aggressive')).toBe(0);
  });

  test('visits ops from the end when asked to, with the same outcome', () => {
    const topDown = runOn(canonicalize, body);
    const bottomUp = runOn(canonicalize, body, { 'top-down': false });
    expect(bottomUp.text).toEqual(topDown.text);
  });

  test('a long row of branches, each decided by the one before, is one block in the end', () => {
    const n = 150;
    const rows = Array.from(
      { length: n },
      (_, i) => `^h${i}(%v${i}: i32):
        %p${i} = arith.cmpi eq, %v${i}, %k : i32
        cf.cond_br %p${i}, ^x${i}, ^y${i}
      ^x${i}:
        %s${i} = arith.addi %v${i}, %x : i32
        %d${i} = arith.subi %s${i}, %x : i32
        cf.br ^h${i + 1}(%d${i} : i32)
      ^y${i}:
        cf.br ^h${i + 1}(%x : i32)`,
    );
    const done = transform(
      `func.func @main(%x: i32) -> i32 {
        %k = arith.constant 7 : i32
        cf.br ^h0(%k : i32)
      ${rows.join('\n')}
      ^h${n}(%r: i32):
        return %r : i32
      }`,
      'canonicalize',
      canonicalize,
    );
    expect(count(done, '^bb')).toBe(0);
    expect(done.text).toContain('return %c7_i32');
  });
});
