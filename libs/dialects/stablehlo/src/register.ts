// Registration of all dialects of the lib.
import type { Context, Dialect } from '@budflow/ir';
import { checkDialect } from './check/dialect.js';
import { chloDialect } from './chlo/dialect.js';
import { stablehloDialect } from './dialect.js';
import { interpreterDialect } from './interpreter/dialect.js';
import { quantDialect } from './quant/dialect.js';
import { sdyDialect } from './sdy.js';

/** What a StableHLO program may mention. */
export const STABLEHLO_DIALECTS: readonly Dialect[] = [
  stablehloDialect,
  chloDialect,
  checkDialect,
  quantDialect,
  sdyDialect,
  interpreterDialect,
];

/** Registers stablehlo, chlo, check, quant, sdy and interpreter; does nothing for those that are there. */
export function registerStablehloDialects(context: Context): void {
  for (const dialect of STABLEHLO_DIALECTS) context.registerDialect(dialect);
}
