// All rules.
import type { HloRules } from '../rule.js';
import { CONSTANTS } from './constants.js';
import { ELEMENTWISE } from './elementwise.js';
import { REDUCTIONS } from './reduce.js';
import { STRUCTURE } from './structure.js';

export const RULES: HloRules = { ...CONSTANTS, ...ELEMENTWISE, ...REDUCTIONS, ...STRUCTURE };
