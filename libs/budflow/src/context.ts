// A context with every dialect of the house.
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import { STABLEHLO_DIALECTS } from '@budflow/dialect-stablehlo';
import { Context } from '@budflow/ir';

/** A new context in which programs can be parsed and compiled. */
export function createContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  registerLoopDialect(context);
  registerMemoryDialect(context);
  registerSimdDialect(context);
  registerRtDialect(context);
  for (const dialect of STABLEHLO_DIALECTS) context.registerLazyDialect(dialect.name, () => dialect);
  return context;
}
