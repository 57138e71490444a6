// What the server knows beside the documents: dialects and passes, those of the house and those of plug-ins.
import type { Context, Dialect, OpInfo } from '@budflow/ir';
import type { PassRegistry, PluginSet } from '@budflow/pass';
import { createContext, createPassRegistry } from 'budflow';

export interface WorkspaceOptions {
  /** Accept ops, types and attributes of unknown dialects in every file. */
  readonly allowUnregistered: boolean;
  /** What plug-ins add. */
  readonly plugins?: PluginSet;
}

export class Workspace {
  readonly allowUnregistered: boolean;
  readonly passes: PassRegistry;
  private readonly plugins: PluginSet | undefined;
  /** A context to look definitions up in; nothing is parsed in it. */
  private readonly context: Context;
  readonly ops: readonly OpInfo[];
  readonly dialects: readonly Dialect[];

  constructor(options: WorkspaceOptions) {
    this.allowUnregistered = options.allowUnregistered;
    this.plugins = options.plugins;
    this.passes = createPassRegistry(options.plugins?.passes ?? []);
    this.context = this.newContext({ allowUnregistered: false });
    this.dialects = [...this.context.registeredDialects].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.ops = this.dialects
      .flatMap((dialect) => dialect.ops.map((op) => this.context.opInfo(op.opName)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A context of its own for each reading of a text: nothing of older versions stays in memory. */
  newContext(options: { readonly allowUnregistered: boolean }): Context {
    const context = createContext();
    this.plugins?.extend(context);
    context.allowUnregistered = options.allowUnregistered;
    return context;
  }
}
