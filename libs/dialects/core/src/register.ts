// Registration of the core dialects.
import type { Context, Dialect } from '@budflow/ir';
import { arithDialect } from './arith/dialect.js';
import { builtinDialect } from './builtin/dialect.js';
import { cfDialect } from './cf/dialect.js';
import { complexDialect } from './complex/dialect.js';
import { funcDialect } from './func/dialect.js';
import { irdlDialect } from './irdl/dialect.js';
import { mathDialect } from './math/dialect.js';

export const coreDialects: readonly Dialect[] = [
  builtinDialect,
  funcDialect,
  arithDialect,
  mathDialect,
  cfDialect,
  complexDialect,
];

/** Registers builtin, func, arith, math, cf and complex, and irdl for when it is met. */
export function registerCoreDialects(context: Context): void {
  for (const dialect of coreDialects) context.registerDialect(dialect);
  context.registerLazyDialect('irdl', () => irdlDialect);
}
