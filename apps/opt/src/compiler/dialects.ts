// Dialects, loaded when a program mentions them or a pass makes their ops. Reading the text for the names costs far less
// than loading what is not needed.
import { type Context, type Dialect, Context as IrContext } from '@budflow/ir';
import type { Extensions } from './plugins.js';

interface DialectSource {
  /** Namespaces that are defined there. */
  readonly names: readonly string[];
  readonly load: () => Promise<readonly Dialect[]>;
}

/** Every program needs `builtin`, and nearly every one the rest of the core. */
const CORE: DialectSource = {
  names: ['builtin', 'func', 'arith', 'math', 'cf', 'complex'],
  load: async () => (await import('@budflow/dialect-core')).coreDialects,
};
const STABLEHLO: readonly string[] = ['stablehlo', 'quant', 'chlo', 'check', 'sdy', 'interpreter'];
const SOURCES: readonly DialectSource[] = [
  CORE,
  { names: ['irdl'], load: async () => [(await import('@budflow/dialect-core')).irdlDialect] },
  { names: ['array'], load: async () => [(await import('@budflow/dialect-array')).arrayDialect] },
  { names: ['loop'], load: async () => [(await import('@budflow/dialect-loop')).loopDialect] },
  { names: ['memory'], load: async () => [(await import('@budflow/dialect-memory')).memoryDialect] },
  { names: ['simd'], load: async () => [(await import('@budflow/dialect-simd')).simdDialect] },
  { names: ['rt'], load: async () => [(await import('@budflow/dialect-rt')).rtDialect] },
  {
    names: STABLEHLO,
    load: async () => (await import('@budflow/dialect-stablehlo')).STABLEHLO_DIALECTS,
  },
];

export const DIALECT_NAMES: readonly string[] = SOURCES.flatMap((source) => source.names).sort();

/** What a context has to know: everything, or the dialects that texts and passes mention. */
export interface DialectNeeds {
  readonly texts?: readonly Uint8Array[];
  readonly names?: Iterable<string>;
  readonly all?: boolean;
  /** Plug-ins: their dialects may be written in terms of any other, which are all loaded then. */
  readonly extensions?: Extensions;
}

/** Loads the dialects that are needed; `newContext` of the result makes contexts that know them. */
export async function loadDialects(needs: DialectNeeds): Promise<{ newContext(): Context }> {
  const names = new Set(needs.names);
  const wanted = SOURCES.filter(
    (source) =>
      source === CORE ||
      needs.all === true ||
      needs.extensions !== undefined ||
      source.names.some((name) => names.has(name) || (needs.texts ?? []).some((text) => mentions(text, name))),
  );
  const dialects = (await Promise.all(wanted.map((source) => source.load()))).flat();
  return {
    newContext() {
      const context = new IrContext();
      for (const dialect of dialects) context.registerDialect(dialect);
      needs.extensions?.extend(context);
      return context;
    },
  };
}

/** Whether a program is to be converted from StableHLO. */
export function mentionsStablehlo(text: Uint8Array): boolean {
  return STABLEHLO.some((name) => mentions(text, name));
}

function mentions(text: Uint8Array, dialect: string): boolean {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes(`${dialect}.`);
}
