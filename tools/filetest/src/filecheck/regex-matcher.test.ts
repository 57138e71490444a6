// POSIX regular expressions: syntax, the longest match, captures, and no pattern that takes for ever.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegexMatcher } from './regex-matcher.js';
import { parseRegex, type RegexNode } from './regex-syntax.js';

const match = (source: string, text: string, ignoreCase = false) =>
  new RegexMatcher(parseRegex(source).node, { ignoreCase }).exec(text);
const matched = (source: string, text: string, ignoreCase = false) => {
  const found = match(source, text, ignoreCase);
  return found && text.slice(found.start, found.end);
};

describe('matching', () => {
  it.each([
    ['a|ab', 'xab', 'ab'],
    ['a?(ab)?', 'ab', 'ab'],
    ['(a|ab)(c|bcd)', 'abcd', 'abcd'],
    ['a*', 'baa', ''],
    ['b.*', 'abc\nd', 'bc'],
    ['[^a]+', 'ab\nc', 'b'],
    ['^b$', 'ab\nb\nbc', 'b'],
    ['[[:space:]]+x', 'a \n x', ' \n x'],
    ['\\.', 'a.', '.'],
    ['a{2,3}', 'aaaa', 'aaa'],
    ['(a{2}){2}b', 'aaaaab', 'aaaab'],
    ['(a|b)\\1', 'abb', 'bb'],
    ['(.*),\\1', 'ab,abc', 'ab,ab'],
    ['x', 'abc', undefined],
  ])('%s in %j gives %j', (source, text, expected) => {
    expect(matched(source, text)).toBe(expected);
  });

  it('may ignore case', () => {
    expect(matched('[a-c]X', 'zBx', true)).toBe('Bx');
    expect(matched('[^b]x', 'Bxax', true)).toBe('ax');
  });

  it('gives groups by number, also those in repetitions and those that took no part', () => {
    expect(match('(a)|(b)', 'b')?.groups).toEqual([undefined, undefined, 'b']);
    expect(match('(x(a|b))*(c)', 'xaxbc')?.groups).toEqual([undefined, 'xb', 'b', 'c']);
    expect(match('(a){0}(b)', 'b')?.groups).toEqual([undefined, undefined, 'b']);
    expect(match('(a){2,3}(b)', 'aab')?.groups).toEqual([undefined, 'a', 'b']);
  });

  it('does not try all ways there are', () => {
    expect(matched('(a*)*b', 'a'.repeat(5000))).toBeUndefined();
    expect(matched('(a|aa)+$', `${'a'.repeat(5000)}b`)).toBeUndefined();
    const many = Array.from({ length: 40 }, () => '(.*),').join('');
    expect(matched(`${many}x`, 'a,'.repeat(200))).toBeUndefined();
  });

  it('refuses what is too large', () => {
    expect(() => match('((a{255}){255}){255}', 'a')).toThrow(/too large/);
  });
});

const arbitrary = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', 'c'),
    fc.tuple(tie('node'), tie('node')).map(([x, y]) => x + y),
    fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x}|${y})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{1,2}')).map(([x, q]) => `(${x})${q}`),
  ),
})).node;

describe('the automaton', () => {
  it('agrees with an exhaustive search for the leftmost longest match', () => {
    fc.assert(
      fc.property(arbitrary, fc.stringMatching(/^[abc\n]{0,8}$/), (source, text) => {
        expect(extent(match(source, text))).toEqual(exhaustive(source, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with the engine for back-references', () => {
    fc.assert(
      fc.property(arbitrary, fc.stringMatching(/^[abc\n]{0,8}$/), (source, text) => {
        const { node } = parseRegex(source);
        // A reference to an empty group in front sends the pattern to the other engine and changes nothing.
        const referring: RegexNode = {
          kind: 'sequence',
          items: [{ kind: 'group', item: { kind: 'sequence', items: [] } }, { kind: 'reference', group: 1 }, node],
        };
        expect(extent(new RegexMatcher(referring).exec(text))).toEqual(extent(match(source, text)));
      }),
      { numRuns: 1000 },
    );
  });
});

const extent = (found: { readonly start: number; readonly end: number } | undefined) =>
  found && [found.start, found.end];

/** By JavaScript: for each start, from the longest end down, whether the part as a whole matches. */
function exhaustive(source: string, text: string): number[] | undefined {
  const whole = new RegExp(`^(?:${source.replaceAll('[^a]', '[^a\\n]')})$`);
  for (let start = 0; start <= text.length; start++)
    for (let end = text.length; end >= start; end--) {
      const part = text.slice(start, end);
      if (whole.test(part)) return [start, end];
    }
  return undefined;
}
