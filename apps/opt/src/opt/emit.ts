// --emit=wasm and wat: the kernels of a module as one WebAssembly module.

import { wasmBackend } from '@budflow/backend-wasm';
import { isKernel } from '@budflow/dialect-rt';
import type { Operation } from '@budflow/ir';
import { compatibleTarget } from '@budflow/target';
import { CommandError } from '../cli/errors.js';

/**
 * Bytes of a module that exports every kernel of `module` by its name.
 * @throws CompileError when an op cannot be compiled, CommandError when there is no kernel
 */
export function wasmOf(module: Operation, target: string, options: { readonly names: boolean }): Uint8Array {
  const only = module.clone();
  const functions = only.region(0).entry.ops.filter((op) => op.name === 'func.func');
  if (!functions.some(isKernel))
    throw new CommandError('the module has no kernel functions to emit: lower it first, for example with -O3');
  for (const op of functions) if (!isKernel(op)) op.erase();
  // A description from a file is compiled as the target that it extends.
  const base = compatibleTarget(target, wasmBackend.targets) ?? target;
  return wasmBackend.compile(only, { target: base, debugNames: options.names }).bytes;
}

/** The text of a WebAssembly module, by binaryen. */
export async function watOf(bytes: Uint8Array): Promise<string> {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}
