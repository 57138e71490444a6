import { describe, expect, expectTypeOf, test } from 'vitest';
import { definePass } from './define-pass.js';
import { nearestName } from './nearest.js';
import { checkOption, convertText, expectation, type OptionsOf, withDefaults } from './options.js';
import { passItem } from './pipeline.js';
import { PassRegistry } from './registry.js';
import { mark, registry } from './testing/fixtures.js';

test('the type of the options follows from the literal', () => {
  type Options = OptionsOf<typeof mark.options>;
  expectTypeOf<Options['times']>().toEqualTypeOf<number>();
  expectTypeOf<Options['mode']>().toEqualTypeOf<'plain' | 'loud'>();
  expectTypeOf<Options['sizes']>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<Options['quiet']>().toEqualTypeOf<boolean>();
  // @ts-expect-error: no such mode
  expect(() => passItem(mark, { mode: 'soft' })).toThrow(
    `option 'mode' of pass 'mark': expected one of "plain", "loud", got "soft"`,
  );
  // @ts-expect-error: no such option
  expect(() => passItem(mark, { Text: 'a' })).toThrow("pass 'mark' has no option 'Text'");
});

test('expectations say type, range and choices', () => {
  expect(expectation({ type: 'integer', minimum: 1 })).toBe('integer >= 1');
  expect(expectation({ type: 'number', minimum: 0, maximum: 1 })).toBe('number >= 0 and <= 1');
  expect(expectation({ type: 'number', maximum: 1 })).toBe('number <= 1');
  expect(expectation({ type: 'string', enum: ['a', 'b'] })).toBe('one of "a", "b"');
  expect(
    expectation({ type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 3, description: '' }),
  ).toBe('array of integer >= 1, with a length of at least 1 and of at most 3');
});

describe('checkOption', () => {
  const integer = { type: 'integer', minimum: 1, maximum: 8, description: '' } as const;
  test.each([
    [integer, 3, null],
    [integer, 0, 'expected integer >= 1 and <= 8, got 0'],
    [integer, 9, 'expected integer >= 1 and <= 8, got 9'],
    [integer, 1.5, 'expected integer >= 1 and <= 8, got 1.5'],
    [integer, '64', 'expected integer >= 1 and <= 8, got "64"'],
    [{ type: 'integer', enum: [1, 2, 4], description: '' } as const, 3, 'expected one of 1, 2, 4, got 3'],
    [{ type: 'number', description: '' } as const, 1.5, null],
    [{ type: 'number', description: '' } as const, null, 'expected number, got null'],
    [{ type: 'boolean', description: '' } as const, 'yes', 'expected boolean, got "yes"'],
    [{ type: 'string', description: '' } as const, ['a'.repeat(80)], `expected string, got ["${'a'.repeat(55)}...`],
    [{ type: 'array', items: { type: 'string' }, description: '' } as const, 'a', 'expected array of string, got "a"'],
  ])('%j of %j gives %j', (schema, value, message) => {
    expect(checkOption(schema, value)?.message ?? null).toBe(message);
  });
  test('points to the element that is wrong', () => {
    expect(checkOption({ type: 'array', items: integer, description: '' }, [1, 'x'])).toEqual({
      pointer: '/1',
      message: 'expected integer >= 1 and <= 8, got "x"',
    });
  });
});

test('text converts to the type of the option, or stays text', () => {
  expect([
    convertText({ type: 'integer' }, '-7'),
    convertText({ type: 'integer' }, '1e3'),
    convertText({ type: 'number' }, '1e3'),
    convertText({ type: 'number' }, 'x'),
  ]).toEqual([-7, '1e3', 1000, 'x']);
  expect(['true', 'false', '1', '0', 'on'].map((text) => convertText({ type: 'boolean' }, text))).toEqual([
    true,
    false,
    true,
    false,
    'on',
  ]);
});

test('defaults fill what is not given', () => {
  expect(withDefaults(mark.options, { times: 3 })).toEqual({
    text: 'x',
    times: 3,
    mode: 'plain',
    sizes: undefined,
    names: [],
    scale: 0.5,
    quiet: false,
  });
});

describe('definePass', () => {
  test('refuses a default that its own schema refuses', () => {
    expect(() =>
      definePass({
        name: 'bad',
        summary: '',
        options: { n: { type: 'integer', minimum: 1, default: 0, description: '' } },
        run: () => {},
      }),
    ).toThrow("definePass bad: default of option 'n': expected integer >= 1, got 0");
  });
  test('refuses a name that is not kebab-case', () => {
    expect(() => definePass({ name: 'Bad_Name', summary: '', run: () => {} })).toThrow(
      "'Bad_Name' is not a kebab-case name",
    );
  });
});

describe('the registry', () => {
  test('lists passes in alphabetical order and suggests names', () => {
    expect(registry.names).toEqual(['mark', 'mark-function', 'mark-module', 'nothing']);
    expect(registry.unknown('nohting')).toBe("unknown pass 'nohting', did you mean 'nothing'?");
    expect(registry.unknown('zzz')).toBe("unknown pass 'zzz'");
  });
  test('refuses two passes of one name', () => {
    expect(() => new PassRegistry([mark, mark, definePass({ name: 'mark', summary: 'other', run: () => {} })])).toThrow(
      "two passes are called 'mark'",
    );
  });
});

test('the nearest name forgives case, separators, and a few edits', () => {
  const names = ['tileSize', 'unroll', 'order'];
  expect(nearestName('tilesize', names)).toBe('tileSize');
  expect(nearestName('tile-size', names)).toBe('tileSize');
  expect(nearestName('unrlol', names)).toBe('unroll');
  expect(nearestName('completely-different', names)).toBeUndefined();
  expect(nearestName('ab', ['cd'])).toBeUndefined();
});
