// Prints the IR around passes, with MLIR's headings.
import { AttrNames, type Operation, StringAttr } from '@budflow/ir';
import type { Instrumentation, Outcome, PassEvent } from './instrumentation.js';

export interface IrPrintingOptions {
  /** Names of passes, or 'all'. */
  readonly before?: 'all' | readonly string[];
  readonly after?: 'all' | readonly string[];
  /** Print after a pass only when the text changed; without `after`, for all passes. */
  readonly onlyOnChange?: boolean;
  /** Print after a pass that failed. */
  readonly afterFailure?: boolean;
  /** Print the outermost op instead of the one the pass ran on. */
  readonly moduleScope?: boolean;
  /** Default: `op.toString()`. */
  readonly print?: (op: Operation) => string;
  readonly write: (text: string) => void;
  /** Instead of `write`: one file for each text, in folders named after the ops passes run on. */
  readonly tree?: { readonly folder: string; readonly write: (path: string, text: string) => void };
}

/** Instrumentation behind --mlir-print-ir-before, -after, -after-all, -after-change and -after-failure. */
export function irPrinting(options: IrPrintingOptions): Instrumentation {
  const print = options.print ?? ((op: Operation) => op.toString());
  const after = options.after ?? (options.onlyOnChange ? 'all' : []);
  const wants = (names: 'all' | readonly string[] | undefined, name: string) =>
    names === 'all' || names?.includes(name) === true;
  // One entry for each pass that is running: passes nest with the ops they run on.
  const texts: string[] = [];

  let files = 0;
  const dump = (when: string, { item, op }: PassEvent) => {
    const scope = options.moduleScope ? outermost(op) : op;
    if (options.tree) {
      const { folder, write } = options.tree;
      const title = `${files++}_${when.replace('%', item.pass.name)}`.replaceAll(' ', '_').toLowerCase();
      write(`${[folder, ...placeOf(op)].join('/')}/${title}.mlir`, `${print(scope).trimEnd()}\n`);
      return;
    }
    options.write(
      `// -----// IR Dump ${when.replace('%', item.pass.name)} ('${op.name}' operation${symbolOf(op)}) //----- //\n${print(scope).trimEnd()}\n\n`,
    );
  };
  return {
    beforePass(event) {
      const { name } = event.item.pass;
      if (options.onlyOnChange) texts.push(wants(after, name) ? print(event.op) : '');
      if (wants(options.before, name)) dump('Before %', event);
    },
    afterPass(event, { failed, unchanged }: Outcome) {
      const before = options.onlyOnChange ? texts.pop() : undefined;
      if (failed) {
        if (options.afterFailure) dump('After % Failed', event);
        return;
      }
      if (!wants(after, event.item.pass.name)) return;
      if (options.onlyOnChange && (unchanged || print(event.op) === before)) return;
      dump('After %', event);
    },
  };
}

/** `builtin_module`, `func_func_main`: names of folders, outermost first. */
function placeOf(op: Operation): string[] {
  const name = `${op.name}${symbolOf(op).replace(': @', '_')}`.replace(/[^\w-]/g, '_');
  return op.parentOp ? [...placeOf(op.parentOp), name] : [name];
}

function symbolOf(op: Operation): string {
  const name = op.attr(AttrNames.symName);
  return name instanceof StringAttr ? `: @${name.value}` : '';
}

function outermost(op: Operation): Operation {
  let top = op;
  for (let parent = top.parentOp; parent; parent = top.parentOp) top = parent;
  return top;
}
