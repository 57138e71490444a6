// Plain JavaScript: what a programmer writes by hand for one program, as loops over typed arrays. A peer, and no more
// clever than that: one loop nest, sums in doubles as the language has them.

import type { Sizes } from '../src/programs/expression.js';
import type { Data } from '../src/programs/reference.js';

/** Computes a program: inputs, outputs (written), sizes. */
export type Plain = (inputs: readonly Data[], outputs: readonly Data[], sizes: Sizes) => void;
