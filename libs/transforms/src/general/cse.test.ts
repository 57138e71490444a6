import { statisticTotal } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { cse } from './cse.js';
import { runOn } from './testing/dialect.js';

const run = (body: string) => {
  const { text, result, diagnostics } = runOn(cse, body);
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  return {
    text,
    csed: statisticTotal(result.statistics, 'cse', 'num-csed'),
    erased: statisticTotal(result.statistics, 'cse', 'num-erased'),
  };
};

describe('cse', () => {
  test('keeps the first of equal ops, through chains', () => {
    expect(
      run(`%0 = sub(%x, %y)
           %1 = sub(%x, %y)
           %2 = add(%0, %1)
           %3 = add(%1, %0)
           sink(%2, %3)
           return()`),
    ).toEqual({ text: ['%0 = sub(%x, %y)', '%1 = add(%0, %0)', 'sink(%1, %1)', 'return()'], csed: 2, erased: 0 });
  });

  test('knows which ops are commutative', () => {
    const { text } = run(`%0 = add(%x, %y)
                          %1 = add(%y, %x)
                          %2 = sub(%x, %y)
                          %3 = sub(%y, %x)
                          sink(%0, %1, %2, %3)
                          return()`);
    expect(text.slice(0, -1)).toEqual([
      '%0 = add(%x, %y)',
      '%1 = sub(%x, %y)',
      '%2 = sub(%y, %x)',
      'sink(%0, %0, %1, %2)',
    ]);
  });

  test('tells ops apart by attributes', () => {
    const { csed } = run(`%0 = const() {value = 1 : i32}
                          %1 = const() {value = 2 : i32}
                          %2 = const() {value = 1 : i32}
                          sink(%0, %1, %2)
                          return()`);
    expect(csed).toBe(1);
  });

  test('erases dead ops on the way', () => {
    expect(run('%0 = add(%x, %y)\n%1 = sub(%0, %y)\nreturn()')).toEqual({ text: ['return()'], csed: 0, erased: 2 });
  });

  test('lets a region see what is before it, not what is in a sibling', () => {
    const { text } = run(`%0 = add(%x, %y)
      scope() ({
        %1 = add(%x, %y)
        %2 = sub(%x, %y)
        sink(%1, %2)
        yield()
      }) : () -> ()
      scope() ({
        %3 = sub(%x, %y)
        sink(%3)
        yield()
      }) : () -> ()
      %4 = sub(%x, %y)
      sink(%0, %4)
      return()`);
    expect(text.map((line) => line.trim())).toEqual([
      '%0 = add(%x, %y)',
      'scope() ({',
      '%2 = sub(%x, %y)',
      'sink(%0, %2)',
      'yield()',
      '})',
      'scope() ({',
      '%2 = sub(%x, %y)',
      'sink(%2)',
      'yield()',
      '})',
      '%1 = sub(%x, %y)',
      'sink(%0, %1)',
      'return()',
    ]);
  });

  test('does not look into isolated regions from outside', () => {
    const { csed } = run(`%0 = const() {value = 1 : i32}
      isolated() ({
        %1 = const() {value = 1 : i32}
        %2 = const() {value = 1 : i32}
        sink(%1, %2)
        yield()
      }) : () -> ()
      sink(%0)
      return()`);
    expect(csed).toBe(1);
  });

  test('uses the dominator tree: from the entry to both branches, not from one branch to the other or to the join', () => {
    const { text, csed } = run(`%0 = add(%x, %y)
        fork(%c) [^bb1, ^bb2]
      ^bb1:
        %1 = add(%x, %y)
        %2 = sub(%x, %y)
        sink(%1, %2)
        jump() [^bb3]
      ^bb2:
        %3 = sub(%x, %y)
        sink(%3, %0)
        jump() [^bb3]
      ^bb3:
        %4 = sub(%x, %y)
        %5 = add(%y, %x)
        sink(%4, %5)
        return()`);
    expect(csed).toBe(2);
    expect(text.filter((line) => line.includes('sub'))).toHaveLength(3);
  });

  test('replaces across a loop in the block graph', () => {
    const { text } = run(`jump() [^bb1]
      ^bb1:
        %0 = add(%x, %y)
        fork(%c) [^bb1, ^bb2]
      ^bb2:
        %1 = add(%x, %y)
        sink(%0, %1)
        return()`);
    expect(text).toContain('sink(%0, %0)');
  });

  test('replaces a read by an equal one when nothing between may write', () => {
    const { text, csed } = run(`%0 = load(%x)
                                %1 = load(%x)
                                %2 = load(%y)
                                store(%y, %x)
                                %3 = load(%x)
                                sink(%0, %1, %2, %3)
                                return()`);
    expect(csed).toBe(1);
    expect(text.slice(0, -1)).toEqual([
      '%0 = load(%x)',
      '%1 = load(%y)',
      'store(%y, %x)',
      '%2 = load(%x)',
      'sink(%0, %0, %1, %2)',
    ]);
  });

  test.each(['sink()', 'scope() ({\n store(%x, %y)\n yield()\n }) : () -> ()'])('takes %j for a write', (op) => {
    expect(run(`%0 = load(%x)\n${op}\n%1 = load(%x)\nsink(%0, %1)\nreturn()`).csed).toBe(0);
  });

  test('finds equal ops with regions, whatever their values are called', () => {
    const scope = (a: string, b: string, op: string) =>
      `%${a} = scope() ({\n %${b} = ${op}(%x, %y)\n %${b}1 = add(%${b}, %x)\n yield(%${b}1)\n }) : () -> i32`;
    const { text, csed } = run(
      `${scope('0', 'a', 'add')}\n${scope('1', 'b', 'add')}\n${scope('2', 'd', 'sub')}\nsink(%0, %1, %2)\nreturn()`,
    );
    expect(csed).toBe(1);
    expect(text).toContain('sink(%0, %0, %1)');
  });

  test('works in graph regions, where uses may come first', () => {
    const { text } = run(`graph() ({
        %0 = add(%1, %x)
        %1 = sub(%x, %y)
        %2 = sub(%x, %y)
        %3 = add(%2, %x)
        sink(%0, %3)
      }) : () -> ()
      return()`);
    expect(text.filter((line) => line.includes('sub'))).toHaveLength(1);
  });

  test('leaves alone what has effects', () => {
    expect(run('sink(%x)\nsink(%x)\nstore(%x, %y)\nstore(%x, %y)\nreturn()').text).toHaveLength(5);
  });
});
