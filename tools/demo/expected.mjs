// Writes the expected outputs of the examples:  node tools/demo/expected.mjs [EXAMPLE ...]
import { EXAMPLE_NAMES, example } from './examples/index.mjs';
import { expectedFolder, save } from './reference/expected.mjs';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : EXAMPLE_NAMES) {
  const reference = example(name).reference(example(name).inputs());
  save(expectedFolder(name), reference);
  const outputs = Object.entries(reference.outputs).map(([k, v]) => `${k} ${v.dtype} [${v.shape.join(', ')}]`);
  console.log(`${expectedFolder(name)}: ${outputs.join(', ')}`);
}
