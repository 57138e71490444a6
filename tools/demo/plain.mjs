// Runs the plain JavaScript implementations and compares them with the references:
//   node tools/demo/plain.mjs [EXAMPLE ...]
// The image pipeline's results go to docs/examples/out/image-pipeline/plain-*.png.
import { join } from 'node:path';
import { EXAMPLE_NAMES, inputs } from './lib/inputs.mjs';
import { readNpy } from './lib/npy.mjs';
import { EXAMPLES, OUT } from './lib/paths.mjs';
import { writePng } from './lib/png.mjs';
import { preparePlain } from './plain/index.mjs';
import { compare } from './reference/compare.mjs';
import { expected } from './reference/expected.mjs';
import { accuracy } from './reference/mlp.mjs';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : EXAMPLE_NAMES) {
  const example = /** @type {import('./lib/inputs.mjs').Example} */ (name);
  const args = inputs(example);
  const { outputs, run } = preparePlain(example, args);
  run();
  for (const verdict of compare(example, outputs, expected(example, args))) {
    console.log(`${example}: ${verdict.ok ? 'ok' : 'WRONG'}: ${verdict.text}`);
    if (!verdict.ok) process.exitCode = 1;
  }
  if (example === 'image-pipeline') {
    for (const [output, value] of Object.entries(outputs)) writePng(join(OUT, example, `plain-${output}.png`), value);
  }
  if (example === 'mlp') {
    const labels = readNpy(join(EXAMPLES, 'mlp', 'data', 'labels.npy'));
    console.log(`mlp: accuracy ${(100 * accuracy(outputs.logits, labels)).toFixed(2)} %`);
  }
}
