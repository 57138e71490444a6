// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as library from './index.js';
import { makeModule, newContext } from './testing/fixtures.js';

test('runs the example of the README', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, imports, code] = /```ts\nimport \{(.*?)\}.*?\n(.*?)```/s.exec(text)!;
  const context = newContext();
  const module = makeModule(context, ['f', 'g']);
  const run = new Function(
    'library',
    'context',
    'module',
    `const {${imports}} = library; ${code}; return { result, report };`,
  );
  const { result, report } = run(library, context, module);
  expect(result.succeeded).toBe(true);
  expect(report).toContain("'func.func' Pipeline\n    count-ops\n      (S) 4 num-ops - Ops seen");
});
