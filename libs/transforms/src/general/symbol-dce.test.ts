import { expect, test } from 'vitest';
import { symbolDce } from './symbol-dce.js';
import { transform } from './testing/functions.js';

const names = (lines: readonly string[]) =>
  lines.flatMap((l) => /func\.func (?:private |nested )?@(\w+)/.exec(l)?.[1] ?? []);

test('erases private functions that nothing visible reaches, also those that only call each other', () => {
  const done = transform(
    `func.func @main() {
      call @a() : () -> ()
      return
    }
    func.func private @a() {
      %f = constant @b : () -> ()
      "foreign.use"() {also = [@c]} : () -> ()
      return
    }
    func.func private @b() { return }
    func.func private @c() { return }
    func.func private @d() {
      call @e() : () -> ()
      return
    }
    func.func private @e() {
      call @d() : () -> ()
      return
    }
    func.func nested @n() { return }
    func.func @unused() { return }`,
    'symbol-dce',
    symbolDce,
  );
  expect(names(done.lines)).toEqual(['main', 'a', 'b', 'c', 'unused']);
  expect(done.statistics['num-erased']).toBe(3);
});

test('a name means the symbol of the closest table, and a path needs all of its parts', () => {
  const done = transform(
    `builtin.module @outer {
      func.func private @f() { return }
      func.func nested @g() { return }
    }
    func.func private @f() { return }
    "foreign.use"() {path = @outer::@g} : () -> ()`,
    'symbol-dce',
    symbolDce,
  );
  expect(names(done.lines)).toEqual(['g']);
});

test('changes nothing where everything is needed', () => {
  expect(transform('func.func @main() { return }', 'symbol-dce', symbolDce).statistics['num-erased']).toBe(0);
});
