// Runs the plain JavaScript implementations and compares them with the references:
//   node tools/demo/plain.mjs [EXAMPLE ...]
// Pictures go to docs/examples/out/EXAMPLE/plain-*.png.
import { join } from 'node:path';
import { EXAMPLE_NAMES, example } from './examples/index.mjs';
import { OUT } from './lib/paths.mjs';
import { writePng } from './lib/png.mjs';
import { compare } from './reference/compare.mjs';
import { expected } from './reference/expected.mjs';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : EXAMPLE_NAMES) {
  const { inputs, plain, pictures, figures } = example(name);
  const args = inputs();
  const { outputs, run } = plain(args);
  run();
  for (const verdict of compare(name, outputs, expected(name, args))) {
    console.log(`${name}: ${verdict.ok ? 'ok' : 'WRONG'}: ${verdict.text}`);
    if (!verdict.ok) process.exitCode = 1;
  }
  for (const [figure, value] of Object.entries(figures?.(outputs, args) ?? {}))
    console.log(`${name}: ${figure} ${value}`);
  for (const [picture, value] of Object.entries(pictures?.(outputs, args) ?? {}))
    writePng(join(OUT, name, `plain-${picture}.png`), value);
}
