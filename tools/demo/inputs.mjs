// Writes the inputs of the examples as .npy files, for programs that read files:
//   node tools/demo/inputs.mjs [EXAMPLE ...]   ->  docs/examples/out/EXAMPLE/inputs/ARGUMENT.npy
import { join } from 'node:path';
import { EXAMPLE_NAMES, example } from './examples/index.mjs';
import { writeNpy } from './lib/npy.mjs';
import { OUT } from './lib/paths.mjs';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : EXAMPLE_NAMES) {
  for (const [argument, value] of Object.entries(example(name).inputs())) {
    const path = join(OUT, name, 'inputs', `${argument}.npy`);
    writeNpy(path, value);
    console.log(`${path}  ${value.dtype} [${value.shape.join(', ')}]`);
  }
}
