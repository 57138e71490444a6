// A module of functions for the tests, built by hand, and passes that do something visible.
import {
  attr,
  Block,
  Builder,
  Context,
  defineDialect,
  defineOp,
  IsolatedFromAbove,
  NoTerminator,
  Operation,
  Region,
  type StringAttr,
} from '@budflow/ir';
import { definePass } from '../define-pass.js';
import { PassManager, type PassManagerOptions } from '../pass-manager.js';
import type { Pipeline } from '../pipeline.js';
import { PassRegistry } from '../registry.js';

const ModuleOp = defineOp({
  name: 'builtin.module',
  summary: 'a module',
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove, NoTerminator],
});
const FuncOp = defineOp({
  name: 'func.func',
  summary: 'a function',
  attributes: { sym_name: attr.string },
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove, NoTerminator],
});
const LoopOp = defineOp({
  name: 'func.loop',
  summary: 'a loop',
  regions: { body: { blocks: 'one' } },
  traits: [NoTerminator],
});
const MarkOp = defineOp({ name: 'func.mark', summary: 'a mark', attributes: { text: attr.string } });

export function newContext(): Context {
  const context = new Context();
  context.registerDialect(defineDialect({ name: 'builtin', summary: 'module', ops: [ModuleOp] }));
  context.registerDialect(defineDialect({ name: 'func', summary: 'functions', ops: [FuncOp, LoopOp, MarkOp] }));
  return context;
}

/** A module of functions with these names, each holding a loop. */
export function makeModule(context: Context, names: readonly string[]): Operation {
  const module = Operation.create(context.opInfo('builtin.module'), 0, [], [], context.emptyDictionary, [new Region()]);
  const builder = Builder.atEnd(context, module.region(0).append(new Block()));
  for (const name of names) {
    const func = FuncOp.create(builder, 0, { sym_name: name });
    const inner = Builder.atEnd(context, func.region(0).append(new Block()));
    LoopOp.create(inner, 0, {}).region(0).append(new Block());
  }
  return module;
}

/** The texts of the marks in an op, joined. */
export function marks(root: Operation): string {
  const texts: string[] = [];
  root.walk((op) => {
    if (MarkOp.is(op)) texts.push((op.attr('text') as StringAttr).value);
  });
  return texts.join(' ');
}

export function addMark(op: Operation, text: string): void {
  MarkOp.create(Builder.atEnd(op.context, op.region(0).entry), op.loc, { text });
}

export const mark = definePass({
  name: 'mark',
  summary: 'add a mark',
  options: {
    text: { type: 'string', default: 'x', description: 'What it says.' },
    times: { type: 'integer', minimum: 1, maximum: 8, default: 1, description: 'How many.' },
    mode: { type: 'string', enum: ['plain', 'loud'], default: 'plain', description: 'How it says it.' },
    sizes: { type: 'array', items: { type: 'integer', minimum: 1 }, description: 'Sizes.' },
    names: { type: 'array', items: { type: 'string' }, default: [], description: 'Names.' },
    scale: { type: 'number', default: 0.5, description: 'A factor.' },
    quiet: { type: 'boolean', default: false, description: 'Say nothing.' },
  },
  statistics: { 'num-marks': 'Marks added' },
  run(op, { options, statistic, unchanged }) {
    if (options.quiet) return unchanged();
    for (let i = 0; i < options.times; i++)
      addMark(op, options.mode === 'loud' ? options.text.toUpperCase() : options.text);
    statistic('num-marks', options.times);
  },
});

export const markFunction = definePass({
  name: 'mark-function',
  summary: 'mark functions',
  anchor: 'func.func',
  run: (op) => addMark(op, 'f'),
});
export const markModule = definePass({
  name: 'mark-module',
  summary: 'mark modules',
  anchor: 'builtin.module',
  run: (op) => addMark(op, 'm'),
});
export const nothing = definePass({ name: 'nothing', summary: 'change nothing, without saying so', run: () => {} });

export const registry = new PassRegistry([mark, markFunction, markModule, nothing]);

/** Runs a pipeline with a verifier that accepts everything, collecting the diagnostics. */
export function run(pipeline: Pipeline, root: Operation, options: Partial<PassManagerOptions> = {}) {
  const manager = new PassManager(pipeline, { verify: () => true, ...options });
  return root.context.diagnostics.collect(() => manager.run(root));
}
