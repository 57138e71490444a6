// All passes by name.
import { type PassDefinition, PassRegistry } from '@budflow/pass';
import * as transforms from '@budflow/transforms';

/** A registry of every pass of `@budflow/transforms`, and of `extra` ones. */
export function createPassRegistry(extra: readonly PassDefinition[] = []): PassRegistry {
  const registry = new PassRegistry();
  for (const value of Object.values<unknown>(transforms)) if (isPass(value)) registry.register(value);
  return registry.register(...extra);
}

function isPass(value: unknown): value is PassDefinition {
  return typeof value === 'object' && value !== null && 'anchor' in value && 'statistics' in value && 'run' in value;
}
