// --split-input-file and --verify-diagnostics.
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/fake-io.js';
import { optMain } from './main.js';
import { atItsLine, splitInput } from './split.js';

const opt = (text: string, ...argv: string[]) =>
  runInProcess('bud-opt', optMain, ['f.mlir', ...argv], { files: { 'f.mlir': text } });

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

describe('splitting', () => {
  it('finds the parts and their lines', () => {
    const parts = splitInput(bytes('a\nb\n// -----\nc\n// ----- \n\nd'));
    expect(parts.map((p) => [text(p.text), p.line])).toEqual([
      ['a\nb\n', 1],
      ['c\n', 4],
      ['\nd', 6],
    ]);
    expect(text(atItsLine(parts[1]!))).toBe('\n\n\nc\n');
  });

  it('takes only whole lines as marks', () => {
    for (const file of ['a // -----\nb', '// ----- b\nc', '// ------\nc'])
      expect(splitInput(bytes(file))).toHaveLength(1);
    expect(splitInput(bytes('// -----'))).toHaveLength(2);
    expect(splitInput(bytes(''))).toHaveLength(1);
  });

  it('puts the lines of the parts together to those of the file', () => {
    const file = 'a\n// -----\nb\nc\n// -----\n\n// -----\nd\n';
    for (const part of splitInput(bytes(file))) {
      const lines = text(atItsLine(part)).split('\n');
      const own = text(part.text).split('\n');
      expect(lines.slice(part.line - 1)).toEqual(own);
      expect(file.split('\n').slice(part.line - 1, part.line - 1 + own.length - 1)).toEqual(own.slice(0, -1));
    }
  });

  it('runs each part on its own, and keeps the lines of messages', async () => {
    const f = 'func.func @f() {\n  return\n}\n';
    const both = await opt(`${f}// -----\n${f}`, '--split-input-file');
    expect(both).toMatchObject({ code: 0, err: '' });
    const [first, second] = both.out.split('// -----\n');
    expect(first).toBe(second);
    const broken = await opt(`${f}// -----\nfunc.func @g() {\n  foo\n}\n// -----\n${f}`, '--split-input-file');
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/^f\.mlir:6:3: error: /);
    expect(broken.out.match(/@f/g)).toHaveLength(2);
    expect((await opt(f + f)).err).toContain("redefines the symbol 'f'");
  });
});

describe('verifying diagnostics', () => {
  const verify = (program: string, ...argv: string[]) => opt(program, '--verify-diagnostics', ...argv);
  const wrong = (comment: string, after = '') => `func.func @f() -> i32 {\n  return ${comment}\n}\n${after}`;
  const message = "'func.return' op";

  it('is content when the announced diagnostics come', async () => {
    const { code, err } = await verify(wrong(`// expected-error {{${message}}}`));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('understands places: offsets, above, below', async () => {
    for (const program of [
      `func.func @f() -> i32 {\n  // expected-error @+1 {{${message}}}\n  return\n}\n`,
      `func.func @f() -> i32 {\n  return\n}\n// expected-error @-2 {{${message}}}\n`,
      `func.func @f() -> i32 {\n  return\n  // expected-error @above {{${message}}}\n}\n`,
      `func.func @f() -> i32 {\n  // expected-error @below {{${message}}}\n  return\n}\n`,
      `func.func @f() -> i32 {\n  // expected-error@below {{${message}}}\n  return\n}\n`,
    ])
      expect(await verify(program)).toMatchObject({ code: 0, err: '' });
  });

  it('matches regular expressions', async () => {
    expect((await verify(wrong("// expected-error-re {{'func.{{[a-z]+}}' op}}"))).code).toBe(0);
    expect((await verify(wrong("// expected-error-re {{'func.{{[0-9]+}}' op}}"))).code).toBe(1);
    expect((await verify(wrong('// expected-error-re {{{{(}}}}'))).err).toContain('invalid regular expression');
  });

  it('complains of diagnostics that nobody announced', async () => {
    const { code, err } = await verify(wrong(''));
    expect(code).toBe(1);
    expect(err).toMatch(/^f\.mlir:2: error: unexpected error: 'func\.return' op/);
  });

  it('complains of announced ones that do not come, or come elsewhere or otherwise', async () => {
    const fine = 'func.func @f() {\n  return // expected-error {{something}}\n}\n';
    expect(await verify(fine)).toMatchObject({
      code: 1,
      err: 'f.mlir:2: error: expected error "something" was not produced\n',
    });
    const elsewhere = await verify(`// expected-error {{${message}}}\n${wrong('')}`);
    expect(elsewhere.err).toMatch(
      /f\.mlir:1: error: expected error .* was not produced\nf\.mlir:3: error: unexpected error/,
    );
    expect((await verify(wrong(`// expected-warning {{${message}}}`))).code).toBe(1);
    // One announcement stands for one diagnostic.
    expect(
      (await verify(wrong(`// expected-error {{${message}}}`, '// expected-error @-2 {{func.return}}\n'))).code,
    ).toBe(1);
  });

  it('wants notes announced too', async () => {
    const twice = (note: string) =>
      `func.func @f() { return } ${note}\n// expected-error @below {{redefines}}\nfunc.func @f() { return }\n`;
    expect(await verify(twice('// expected-note {{first defined here}}'))).toMatchObject({ code: 0, err: '' });
    expect((await verify(twice(''))).err).toContain('f.mlir:1: error: unexpected note: first defined here');
  });

  it('looks at each part of a split file alone', async () => {
    const program = `func.func @f() { return }\n// -----\n${wrong(`// expected-error {{${message}}}`)}// -----\n${wrong(`// expected-error {{${message}}}`)}`;
    expect(await verify(program, '--split-input-file')).toMatchObject({ code: 0, err: '' });
    const { code, err } = await verify(`func.func @f() { return }\n// -----\n${wrong('')}`, '--split-input-file');
    expect({ code, err: err.slice(0, 32) }).toEqual({ code: 1, err: 'f.mlir:4: error: unexpected erro' });
  });

  it('sees diagnostics of passes', async () => {
    const program = '// expected-error @unknown {{unknown target "z80"}}\nfunc.func @f() { return }\n';
    const { err } = await verify(program, '--fix-numerics=target=z80');
    // The module of a file without one begins where the file does: a place, so not unknown.
    expect(err).toContain('was not produced');
    const placed = 'module { // expected-error {{unknown target "z80"}}\n}\n';
    expect(await verify(placed, '--fix-numerics=target=z80')).toMatchObject({ code: 0, err: '' });
  });
});
