// The example of the README runs as written.
import { readFileSync } from 'node:fs';
import { loopsByName } from '@budflow/dialect-loop';
import { expect, test } from 'vitest';
import { carriedDependence } from './index.js';
import { parseKernel } from './testing/kernel.js';

test('the example of the README says what the analysis says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const func = parseKernel(`func.func @f(%a: memref<8xf32>) {
    loop.for %i = 1 to 8 name "scan.d0" {
      %p = loop.apply affine_map<(d0) -> (d0 - 1)>(%i)
      %x = memory.load %a[%p] : memref<8xf32>
      memory.store %x, %a[%i] : memref<8xf32>
    }
    return
  }`);
  const lines = code.split('\n').filter((l) => !l.startsWith('import'));
  const comment = lines.findLast((l) => l.startsWith('//'))!;
  const run = new Function('carriedDependence', 'loopsByName', 'func', `${lines.join('\n')}\nreturn message;`);
  expect(run(carriedDependence, loopsByName, func)).toBe(comment.slice(3));
});
