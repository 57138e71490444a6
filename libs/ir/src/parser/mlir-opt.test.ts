// Files that mlir-opt accepts: read here, printed, read again, and compared with what mlir-opt makes of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Context, type Operation, type PrintOptions, parseModule, printModule, renderDiagnostic } from '../index.js';
import { difference } from '../testing/same-structure.js';

const folder = join(import.meta.dirname, '../../test-data');
const files = readdirSync(folder).filter((f) => f.endsWith('.mlir'));
const mlirOpt = ['mlir-opt-16', 'mlir-opt'].find((tool) => spawnSync(tool, ['--version']).status === 0);

function parsed(text: string | Uint8Array, context: Context, file: string): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context, { file }));
  expect(diagnostics.map((d) => renderDiagnostic(context, d))).toEqual([]);
  return result!;
}
function context(): Context {
  const made = new Context();
  made.allowUnregistered = true;
  return made;
}
function mlir(text: string, ...options: string[]): string {
  return execFileSync(mlirOpt!, ['--allow-unregistered-dialect', ...options], { input: text, encoding: 'utf8' });
}

const styles: Record<string, PrintOptions> = {
  generic: { generic: true },
  properties: { generic: true, properties: true },
  custom: {},
  locations: { generic: true, locations: true },
};

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file));

  it.each(Object.keys(styles))('reads back what it prints in the style "%s", and prints that the same', (style) => {
    const ctx = context();
    const module = parsed(text, ctx, file);
    const printed = printModule(module, styles[style]);
    const again = parsed(printed, ctx, 'printed');
    expect(difference(module, again)).toBeUndefined();
    expect(printModule(again, styles[style])).toBe(printed);
  });

  describe.skipIf(!mlirOpt)('with mlir-opt', () => {
    it('is accepted by mlir-opt', () => {
      expect(mlir(text.toString())).not.toBe('');
    });
    it.each(['generic', 'custom', 'locations'])(
      'is accepted by mlir-opt after reprinting in the style "%s"',
      (style) => {
        const printed = printModule(parsed(text, context(), file), styles[style]);
        expect(mlir(printed)).not.toBe('');
      },
    );
    it('means the same as what mlir-opt prints for it', () => {
      const ctx = context();
      const ours = parsed(text, ctx, file);
      const theirs = parsed(mlir(text.toString(), '--mlir-print-op-generic'), ctx, 'mlir-opt');
      expect(difference(ours, theirs)).toBeUndefined();
    });
    it('keeps its meaning when mlir-opt reads our text and prints it with locations', () => {
      const ctx = context();
      const ours = parsed(text, ctx, file);
      const round = mlir(
        printModule(ours, { generic: true, locations: true }),
        '--mlir-print-op-generic',
        '--mlir-print-debuginfo',
      );
      expect(difference(ours, parsed(round, ctx, 'mlir-opt'))).toBeUndefined();
    });
  });
});
