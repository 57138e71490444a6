// What tests can ask for with REQUIRES and the like.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that are features when they are installed, by the names they may have. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'mlir-opt': ['mlir-opt', ...Array.from({ length: 10 }, (_, i) => `mlir-opt-${23 - i}`)],
  'llvm-filecheck': Array.from({ length: 10 }, (_, i) => `FileCheck-${23 - i}`),
  bash: ['bash'],
  python3: ['python3'],
};

/** `linux`, `x64`, `node`, `node-22`, programs that are there, and those that are given. */
export function detectFeatures(given: readonly string[] = []): Set<string> {
  const major = process.versions.node.split('.')[0];
  const features = new Set<string>([process.platform, process.arch, 'node', `node-${major}`, ...given]);
  for (const [feature, names] of Object.entries(PROGRAMS)) if (names.some(isInstalled)) features.add(feature);
  return features;
}

function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
