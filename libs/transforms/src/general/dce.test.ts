import { statisticTotal } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { dce } from './dce.js';
import { runOn } from './testing/dialect.js';

const run = (body: string) => {
  const { text, result, diagnostics } = runOn(dce, body);
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  const total = (name: string) => statisticTotal(result.statistics, 'dce', name);
  return { text: text.map((line) => line.trim()), ops: total('num-erased'), blocks: total('num-blocks-erased') };
};

describe('dce', () => {
  test('erases whole chains of dead ops and unused reads, keeps effects', () => {
    expect(
      run(`%0 = add(%x, %y)
           %1 = sub(%0, %x)
           %2 = load(%x)
           store(%x, %y)
           return()`),
    ).toEqual({ text: ['store(%x, %y)', 'return()'], ops: 3, blocks: 0 });
  });

  test('erases inside regions, and regions that do nothing', () => {
    const { text, ops } = run(`%0 = add(%x, %y)
      %1 = scope() ({
        yield(%0)
      }) : () -> i32
      scope() ({
        %2 = sub(%x, %y)
        sink(%x)
        yield()
      }) : () -> ()
      return()`);
    expect(text).toEqual(['scope() ({', 'sink(%x)', 'yield()', '})', 'return()']);
    expect(ops).toBe(3);
  });

  test('erases what is used only by dead ops of another block', () => {
    const { text } = run(`jump() [^bb2]
      ^bb1:
        %1 = add(%0, %0)
        return()
      ^bb2:
        %0 = add(%x, %y)
        jump() [^bb1]`);
    expect(text.join()).not.toContain('add');
  });

  test('erases unreachable blocks', () => {
    const { text, blocks } = run(`jump() [^bb2]
      ^bb1:
        sink(%x)
        jump() [^bb1]
      ^bb2:
        return()`);
    expect(blocks).toBe(1);
    expect(text.join()).not.toContain('sink');
  });

  test('erases dead chains in graph regions', () => {
    const { text } = run(`graph() ({
        %0 = add(%1, %x)
        %1 = sub(%x, %y)
        sink(%x)
      }) : () -> ()
      return()`);
    expect(text).toEqual(['graph() ({', 'sink(%x)', '})', 'return()']);
  });

  test('says that it changed nothing when nothing was dead', () => {
    expect(run('sink(%x)\nreturn()')).toEqual({ text: ['sink(%x)', 'return()'], ops: 0, blocks: 0 });
  });
});
