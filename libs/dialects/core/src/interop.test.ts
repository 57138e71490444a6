// A corpus of small files against mlir-opt 16: what it accepts is read here, means the same, and is accepted again
// after reprinting; what it rejects is rejected here.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Context,
  type Operation,
  type PrintOptions,
  parseModule,
  printModule,
  structuralDifference,
  verify,
} from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { registerCoreDialects } from './register.js';

const mlirOpt = ['mlir-opt-16'].find((tool) => spawnSync(tool, ['--version']).status === 0);
const SEPARATOR = '// -----';

function corpus(name: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../test-data/interop', `${name}.mlir`), 'utf8');
  return text.split(`${SEPARATOR}\n`).slice(1);
}
/** mlir-opt on many texts at once: what it prints for each. */
function mlir(
  texts: readonly string[],
  ...options: string[]
): { status: number | null; outputs: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(
    mlirOpt!,
    ['--allow-unregistered-dialect', '--split-input-file', ...options],
    { input: texts.join(`${SEPARATOR}\n`), encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return { status, outputs: stdout.split(`${SEPARATOR}\n`), errors: stderr };
}

function context(): Context {
  const made = new Context();
  made.allowUnregistered = true;
  registerCoreDialects(made);
  return made;
}
function read(text: string, ctx: Context): { module: Operation | undefined; errors: string[] } {
  const { result, diagnostics } = ctx.diagnostics.collect(() => {
    const module = parseModule(text, ctx);
    if (module) verify(module);
    return module;
  });
  const errors = diagnostics.filter((d) => d.severity === 'error');
  return { module: errors.length ? undefined : result, errors: errors.map((d) => `${d.id}: ${d.message}`) };
}
function accepted(text: string, ctx: Context): Operation {
  const { module, errors } = read(text, ctx);
  if (!module) throw new Error(`${errors.join('\n')}\nin\n${text}`);
  return module;
}

const styles: Record<string, PrintOptions> = {
  generic: { generic: true },
  custom: {},
  'generic with locations': { generic: true, locations: true },
  'custom with locations': { locations: true },
};
const good = corpus('accepted');
const newer = corpus('newer');

describe.each(Object.keys(styles))('reprinted in the style "%s"', (style) => {
  it('reads back as the same module and prints the same text', () => {
    for (const text of [...good, ...newer]) {
      const ctx = context();
      const module = accepted(text, ctx);
      const printed = printModule(module, styles[style]);
      const again = accepted(printed, ctx);
      expect(structuralDifference(module, again), printed).toBeUndefined();
      expect(printModule(again, styles[style])).toBe(printed);
    }
  });
  it.skipIf(!mlirOpt)('is accepted by mlir-opt with the same meaning', () => {
    const modules = good.map((text) => accepted(text, context()));
    const { status, outputs, errors } = mlir(
      modules.map((m) => printModule(m, styles[style])),
      '--mlir-print-op-generic',
    );
    expect(errors).toBe('');
    expect(status).toBe(0);
    modules.forEach((module, i) => {
      expect(structuralDifference(module, accepted(outputs[i]!, module.context)), good[i]).toBeUndefined();
    });
  });
});

describe.skipIf(!mlirOpt)('with mlir-opt', () => {
  it('what it accepts means the same here', () => {
    const { status, outputs } = mlir(good, '--mlir-print-op-generic');
    expect(status).toBe(0);
    expect(outputs).toHaveLength(good.length);
    good.forEach((text, i) => {
      const ctx = context();
      expect(structuralDifference(accepted(text, ctx), accepted(outputs[i]!, ctx)), text).toBeUndefined();
    });
  });
  it('affine maps and sets have its text', () => {
    const affine = (text: string) =>
      [...new Set([...text.matchAll(/affine_(?:map|set)<(?:[^<>]|->|>=|<=)*>/g)].map((m) => m[0]))].sort();
    const { outputs } = mlir(good, '--mlir-print-op-generic');
    let compared = 0;
    good.forEach((text, i) => {
      const theirs = affine(outputs[i]!);
      compared += theirs.length;
      expect(affine(printModule(accepted(text, context()), { generic: true }))).toEqual(theirs);
    });
    expect(compared).toBeGreaterThan(30);
  });
  it('locations written in the text are those it prints', () => {
    const { outputs } = mlir(good, '--mlir-print-op-generic', '--mlir-print-debuginfo');
    // Places in the text itself have different names.
    const written = (text: string, ctx: Context) =>
      printModule(accepted(text, ctx), { generic: true, locations: true }).replaceAll(
        /loc\("(?:<stdin>|<text>|within split at [^"]*)":\d+:\d+\)/g,
        'loc(here)',
      );
    good.forEach((text, i) => {
      const ctx = context();
      expect(written(text, ctx)).toBe(written(outputs[i]!, ctx));
    });
  });
  it('the texts that only this library reads are rejected by it', () => {
    for (const text of newer) expect(mlir([text]).status, text).not.toBe(0);
  });
});

it('rejects what mlir-opt rejects', () => {
  const bad = corpus('rejected');
  expect(bad.length).toBeGreaterThan(50);
  for (const text of bad) expect(read(text, context()).errors, text).not.toEqual([]);
});
