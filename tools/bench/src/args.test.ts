import { describe, expect, test } from 'vitest';
import { HELP, parseOptions, UsageError } from './args.js';
import { evaluate, instantiate } from './programs/expression.js';
import { formatTable, threeDigits } from './report/table.js';

describe('the command line', () => {
  test('defaults to the wasm suite', () => {
    expect(parseOptions([])).toMatchObject({ suite: 'wasm', filter: null, seconds: 0.3, ablate: [], peers: false });
  });
  test('takes what the help says', () => {
    const options = parseOptions([
      '--suite=compiler',
      '--filter=^m',
      '--seconds=2',
      '--ablate=cse',
      '--ablate=licm',
      '--peers',
      '--level=1',
      '--threads=2',
      '--numerics=strict',
    ]);
    expect(options).toMatchObject({
      suite: 'compiler',
      seconds: 2,
      ablate: ['cse', 'licm'],
      peers: true,
      level: 1,
      threads: 2,
      numerics: 'strict',
    });
    expect(options.filter?.test('matmul')).toBe(true);
    for (const flag of [
      'suite',
      'filter',
      'seconds',
      'json',
      'ablate',
      'peers',
      'numerics',
      'target',
      'level',
      'list',
      'threads',
    ])
      expect(HELP).toContain(`--${flag}`);
  });
  test.each([
    [['--suite=gpu'], "--suite: expected one of wasm, compiler, jax, got 'gpu'"],
    [['--seconds=-1'], "--seconds: expected a number above 0, got '-1'"],
    [['--filter=('], '--filter:'],
    [['--level=4'], "--level: expected one of 0, 1, 2, 3, got '4'"],
    [['--threads=1'], "--threads: expected a whole number from 2 to 64, or auto, got '1'"],
    [['--sede'], '--sede'],
  ])('%j is refused', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
});

describe('formulas', () => {
  test('have the usual precedence', () => {
    expect(evaluate('2*N*(M+1)-N/2', { N: 8, M: 3 })).toBe(60);
    expect(evaluate('-N+1e3', { N: 1 })).toBe(999);
  });
  test.each([
    ['N+', 'ends early'],
    ['2*K', "no size 'K'; there is N"],
    ['(N', "expected ')'"],
    ['N N', "unexpected 'N'"],
    ['N % 2', "unexpected '%'"],
  ])('%s is refused', (formula, message) => {
    expect(() => evaluate(formula, { N: 1 })).toThrow(message);
  });
  test('sizes marked with ? are dynamic only where asked for', () => {
    expect(instantiate('{{?N}}x{{N+1}}', { N: 4 })).toBe('4x5');
    expect(instantiate('{{?N}}x{{N+1}}', { N: 4 }, { dynamic: true })).toBe('?x5');
  });
});

test('tables are aligned and end without blanks', () => {
  expect(
    formatTable(
      ['name', 'ms'],
      [
        ['a', '1.5'],
        ['longer', '10'],
      ],
    ).split('\n'),
  ).toEqual(['name     ms', '------  ---', 'a       1.5', 'longer   10']);
});

test('numbers keep three digits', () => {
  expect([0.000123, 0.0456, 1.5, 12.34, 1234, 0].map(threeDigits)).toEqual([
    '0.000123',
    '0.0456',
    '1.50',
    '12.3',
    '1234',
    '0',
  ]);
});
