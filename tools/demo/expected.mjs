// Writes the expected outputs of the examples:  node tools/demo/expected.mjs [EXAMPLE ...]
import { EXAMPLE_NAMES, inputs } from './lib/inputs.mjs';
import { expectedFolder, REFERENCES, save } from './reference/expected.mjs';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : EXAMPLE_NAMES) {
  const example = /** @type {import('./lib/inputs.mjs').Example} */ (name);
  const reference = REFERENCES[example](inputs(example));
  save(expectedFolder(example), reference);
  const outputs = Object.entries(reference.outputs).map(([k, v]) => `${k} ${v.dtype} [${v.shape.join(', ')}]`);
  console.log(`${expectedFolder(example)}: ${outputs.join(', ')}`);
}
