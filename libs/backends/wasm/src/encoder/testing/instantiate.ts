// Runs what a test has built.

import type { ModuleBuilder } from '../index.js';

/** Exports of a module, as functions by name. */
export type Exports = Record<string, (...args: never[]) => unknown>;

/** Builds, compiles and instantiates. */
export function instantiate(module: ModuleBuilder, imports: Record<string, Record<string, unknown>> = {}): Exports {
  const bytes = module.build();
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports as WebAssembly.Imports).exports as Exports;
}
