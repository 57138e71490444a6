// Plain JavaScript loops as a variant.

import { PLAIN } from '../../plain/index.js';
import { elementCount } from '../programs/graph.js';
import { makeData } from '../programs/reference.js';
import type { Variant } from './variant.js';

export const plainVariant: Variant = {
  name: 'plain',
  role: 'peer',
  async prepare({ program, sizes, outputs }, inputs) {
    const name = program.family.plain;
    if (name === undefined) return { skipped: 'no plain function' };
    const results = outputs.map((type) => makeData(type.dtype, elementCount(type.shape)));
    const run = PLAIN[name];
    return { call: () => run(inputs, results, sizes), read: () => results, dispose: () => {} };
  },
};
