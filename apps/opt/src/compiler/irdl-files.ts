// --irdl-file: dialects that a file defines in IRDL, known to every context of the run.
import type { Context } from '@budflow/ir';
import { CommandError } from '../cli/errors.js';
import { type Io, inputName, readInput } from '../cli/io.js';

/** Definitions that were read; `extend` registers their dialects in a context. */
export interface IrdlFiles {
  readonly texts: readonly Uint8Array[];
  extend(context: Context): void;
}

/** Reads the files. They are parsed for each context, since types and attributes belong to one. */
export async function readIrdlFiles(paths: readonly string[], io: Io): Promise<IrdlFiles> {
  const [{ parseModule, renderDiagnostic, verify }, { irdlDialect, loadIrdl }] = await Promise.all([
    import('@budflow/ir'),
    import('@budflow/dialect-core'),
  ]);
  const files = await Promise.all(
    paths.map(async (path) => ({ file: inputName(path), text: await readInput(io, path) })),
  );
  return {
    texts: files.map(({ text }) => text),
    extend(context) {
      if (!context.dialect(irdlDialect.name)) context.registerDialect(irdlDialect);
      for (const { file, text } of files) {
        const { result, diagnostics } = context.diagnostics.collect(() => {
          const module = parseModule(text, context, { file });
          return module !== undefined && verify(module) && loadIrdl(module, context) !== undefined;
        });
        if (!result) {
          const shown = diagnostics.map((d) => renderDiagnostic(context, d)).join('\n');
          throw new CommandError(`--irdl-file=${file}: the dialects cannot be loaded\n${shown}`);
        }
      }
    },
  };
}
