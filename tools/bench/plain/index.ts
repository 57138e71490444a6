// Plain JavaScript functions by the name that programs.json gives.

import * as convolutions from './convolutions.js';
import * as elementwise from './elementwise.js';
import * as indices from './indices.js';
import * as iterations from './iterations.js';
import * as linearAlgebra from './linear-algebra.js';
import * as movement from './movement.js';
import * as order from './order.js';
import type { Plain } from './plain.js';
import * as records from './records.js';
import * as reductions from './reductions.js';
import * as several from './several.js';
import * as transforms from './transforms.js';

export type { Plain } from './plain.js';

/** All of them. */
export const PLAIN: Readonly<Record<string, Plain>> = {
  ...elementwise,
  ...reductions,
  ...linearAlgebra,
  ...movement,
  ...transforms,
  ...order,
  ...convolutions,
  ...indices,
  ...iterations,
  ...records,
  ...several,
};
