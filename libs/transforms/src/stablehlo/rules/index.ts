// All rules.
import type { HloRules } from '../rule.js';
import { BATCH_NORMS } from './batch-norm.js';
import { BROADCASTS } from './broadcasts.js';
import { CALLS } from './calls.js';
import { CHLO } from './chlo.js';
import { CONSTANTS } from './constants.js';
import { CONVERSIONS } from './conversions.js';
import { DEVICES } from './devices.js';
import { PRODUCTS } from './dot.js';
import { DYNAMICS } from './dynamic.js';
import { EINSUMS } from './einsum.js';
import { ELEMENTWISE } from './elementwise.js';
import { EXPECTATIONS } from './expectations.js';
import { GATHERS } from './gather.js';
import { LINEAR_ALGEBRA } from './linear-algebra.js';
import { MOVEMENT } from './movement.js';
import { RAGGED_PRODUCTS } from './ragged-dot.js';
import { RANDOM } from './random.js';
import { REDUCTIONS } from './reduce.js';
import { PRECISION } from './reduce-precision.js';
import { SCANS } from './scan.js';
import { SHARDINGS } from './shardings.js';
import { SORTS } from './sort.js';
import { STRUCTURE } from './structure.js';

export const RULES: HloRules = {
  ...BATCH_NORMS,
  ...BROADCASTS,
  ...CALLS,
  ...CHLO,
  ...CONSTANTS,
  ...CONVERSIONS,
  ...DEVICES,
  ...DYNAMICS,
  ...EINSUMS,
  ...ELEMENTWISE,
  ...GATHERS,
  ...LINEAR_ALGEBRA,
  ...EXPECTATIONS,
  ...MOVEMENT,
  ...PRECISION,
  ...PRODUCTS,
  ...RAGGED_PRODUCTS,
  ...RANDOM,
  ...REDUCTIONS,
  ...SCANS,
  ...SHARDINGS,
  ...SORTS,
  ...STRUCTURE,
};
