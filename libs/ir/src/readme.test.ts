// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Context, parseModule, printModule, verify } from './index.js';

test('runs the example of the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1]?.replace(/^import .*$/m, '');
  const names = { Context, parseModule, printModule, verify };
  const text = new Function(...Object.keys(names), `${code}; return text;`)(...Object.values(names));
  expect(text).toBe(`"builtin.module"() ({
  %0:2 = "a.pair"() : () -> (i32, f32)
  "a.use"(%0#1) {seen} : (f32) -> ()
}) : () -> ()
`);
});
