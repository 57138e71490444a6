// What people read when checks fail.
import { describe, expect, it } from 'vitest';
import { budFileCheck } from '../testing/llvm-filecheck.js';
import { fileCheck } from './main.js';
import { canonicalText, DEFAULT_OPTIONS } from './options.js';

const report = (checks: string, input: string) =>
  fileCheck(
    { name: 'f.mlir', text: canonicalText(checks, DEFAULT_OPTIONS) },
    { name: '<stdin>', text: canonicalText(input, DEFAULT_OPTIONS) },
  );

describe('a failure', () => {
  it('shows the directive, where the search began, what was probably meant, and the input', () => {
    const { verdict, report: text } = report(
      '// CHECK: func @f\n// CHECK: arith.addi %a, %b\n',
      'func @f\n  %0 = arith.addi %a, %c\n  return\n',
    );
    expect(verdict).toBe('failed');
    expect(text).toBe(
      [
        'f.mlir:2:11: error: CHECK: expected string not found in input',
        '// CHECK: arith.addi %a, %b',
        '          ^',
        '<stdin>:1:8: note: scanning from here',
        'func @f',
        '       ^',
        '<stdin>:2:2: note: possible intended match here',
        ' %0 = arith.addi %a, %c',
        ' ^',
        '',
        'Input was (<stdin>):',
        '<<<<<<',
        '             1: func @f',
        'check:1         ^^^^^^^',
        'check:2                X error: expected string not found in input',
        '             2:  %0 = arith.addi %a, %c',
        '             3:  return',
        '>>>>>>',
        '',
      ].join('\n'),
    );
  });

  it('of -NEXT shows both matches', () => {
    const { report: text } = report('CHECK: a\nCHECK-NEXT: b\n', 'a\n\nb\n');
    expect(text).toContain('CHECK-NEXT: is not on the line after the previous match');
    expect(text).toContain('<stdin>:3:1: note: found here');
    expect(text).toContain('<stdin>:1:2: note: previous match ended here');
  });

  it('of -NOT shows what was found', () => {
    const { report: text } = report('CHECK: a\nCHECK-NOT: bad thing\n', 'a\nx bad thing\n');
    expect(text).toContain('f.mlir:2:12: error: CHECK-NOT: excluded string found in input');
    expect(text).toContain('<stdin>:2:3: note: found here\nx bad thing\n  ^~~~~~~~~\n');
  });

  it('tells the values of variables', () => {
    const { report: text } = report(
      'CHECK: [[A:%[0-9]+]] n=[[#N:]]\nCHECK: use [[A]] [[#N+1]]\n',
      '%7 n=4\nuse %8 5\n',
    );
    expect(text).toContain('with "A" equal to "%7"');
    expect(text).toContain('with "N+1" equal to "5"');
    expect(text).toContain('<stdin>:2:1: note: possible intended match here');
  });

  it('of a variable without a value points at it', () => {
    const { report: text } = report('CHECK: use [[A]]\n', 'use x\n');
    expect(text).toContain('f.mlir:1:14: error: CHECK: undefined variable: A');
  });

  it('of a count says how many were found', () => {
    const { report: text } = report('CHECK-COUNT-3: a\n', 'a\na\n');
    expect(text).toContain('CHECK-COUNT-3: expected string not found in input (3 out of 3)');
  });

  it('shows only the input around it', () => {
    const input = Array.from({ length: 200 }, (_, i) => `line ${i + 1}\n`).join('');
    const { report: text } = report('CHECK: line 100\nCHECK-NEXT: other\n', input);
    expect(text).toContain('100: line 100');
    expect(text).not.toContain('line 150');
    expect(text).not.toContain(': line 50');
    expect(text.split('\n').length).toBeLessThan(40);
  });

  it('of a wrong check file shows the place', () => {
    expect(report('CHECK: {{[a}}\n', 'a\n')).toEqual({
      verdict: 'invalid',
      report: 'f.mlir:1:10: error: invalid regex: brackets ([ ]) not balanced\nCHECK: {{[a}}\n         ^\n',
    });
  });
});

describe('the command line', () => {
  it.each([
    [['--wrong'], "unknown flag '--wrong'"],
    [['--check-prefix'], "'--check-prefix' needs a value"],
    [['--dump-input=often'], "'--dump-input' is one of"],
    [['other'], 'one check file, got check, other'],
    [['--strict-whitespace=maybe'], 'is on or off'],
  ])('%j is refused', async (args, message) => {
    const ran = await budFileCheck('CHECK: a\n', 'a\n', args);
    expect(ran.verdict).toBe('invalid');
    expect(ran.report).toContain(message);
  });

  it('takes one dash or two, values apart or behind =, and tells matches with -v', async () => {
    for (const args of [['-check-prefix=A'], ['--check-prefix', 'A'], ['--check-prefixes=A']])
      expect((await budFileCheck('A: a\nCHECK: b\n', 'a\n', args)).verdict).toBe('ok');
    expect((await budFileCheck('CHECK: [[X:a]]\n', 'a\n', ['-v'])).report).toContain('captured X = "a"');
    expect((await budFileCheck('CHECK: a\n', 'a\n', ['--dump-input=always'])).report).toContain('Input was');
    expect((await budFileCheck('CHECK: b\n', 'a\n', ['--dump-input=never'])).report).not.toContain('Input was');
  });

  it('checks a long text well within the time of a test (quadratic work takes minutes)', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `%${i} = op %${i - 1} : i32`);
    const checks = lines
      .map((_, i) => `CHECK${i === 0 ? '' : '-NEXT'}: [[V${i}:%.*]] = op {{.*}} : {{i32|i64}}`)
      .join('\n');
    expect((await budFileCheck(checks, lines.join('\n'), [])).verdict).toBe('ok');
  });
});
