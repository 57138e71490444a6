import { expect, test } from 'vitest';
import { symbolPrivatize } from './symbol-privatize.js';
import { transform } from './testing/functions.js';

const TEXT = `func.func @main() { return }
  func.func @helper() { return }
  func.func private @hidden() { return }`;

test('makes all symbols private but those excluded', () => {
  const done = transform(TEXT, 'symbol-privatize{exclude=main}', symbolPrivatize);
  expect(done.lines.filter((l) => l.startsWith('func.func'))).toEqual([
    'func.func @main() {',
    'func.func private @helper() {',
    'func.func private @hidden() {',
  ]);
  expect(done.statistics['num-privatized']).toBe(1);
});

test('says when a name to exclude does not exist', () => {
  const done = transform(TEXT, 'symbol-privatize{exclude=mian}', symbolPrivatize);
  expect(done.remarks.map((r) => r.message)).toEqual(['there is no symbol @mian to exclude']);
  expect(done.statistics['num-privatized']).toBe(2);
});
