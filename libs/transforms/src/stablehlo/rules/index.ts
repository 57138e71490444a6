// All rules.
import type { HloRules } from '../rule.js';
import { CONSTANTS } from './constants.js';
import { CONVERSIONS } from './conversions.js';
import { PRODUCTS } from './dot.js';
import { ELEMENTWISE } from './elementwise.js';
import { MOVEMENT } from './movement.js';
import { REDUCTIONS } from './reduce.js';
import { SHARDINGS } from './shardings.js';
import { STRUCTURE } from './structure.js';

export const RULES: HloRules = {
  ...CONSTANTS,
  ...CONVERSIONS,
  ...ELEMENTWISE,
  ...MOVEMENT,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...SHARDINGS,
  ...STRUCTURE,
};
