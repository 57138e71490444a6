// Kernels from text for the tests of the analyses.
import { registerCoreDialects } from '@budflow/dialect-core';
import { loopsByName, registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import { Context, type Operation, parseModule, verify } from '@budflow/ir';

/** The first function of a module; throws with the diagnostics when the text is not right. */
export function parseKernel(text: string): Operation {
  const context = new Context();
  for (const register of [
    registerCoreDialects,
    registerLoopDialect,
    registerMemoryDialect,
    registerSimdDialect,
    registerRtDialect,
  ])
    register(context);
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  const func = result?.region(0).entry.ops.find((op) => op.name === 'func.func');
  if (!func) throw new Error(`${diagnostics.map((d) => `${d.id}: ${d.message}`).join('\n')}\nin\n${text}`);
  return func;
}

export function loopNamed(func: Operation, name: string): Operation {
  const loop = loopsByName(func).get(name);
  if (!loop) throw new Error(`no loop "${name}"`);
  return loop;
}
