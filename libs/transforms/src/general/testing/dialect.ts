// A dialect with one op for each thing the general passes must know: commutative and plain arithmetic, reads and
// writes, regions of every kind, branches. And text in, pass, text out.
import {
  AnyType,
  attr,
  BranchOp,
  Commutative,
  ConstantLike,
  Context,
  type Diagnostic,
  defineDialect,
  defineOp,
  definePattern,
  GraphRegion,
  IntegerAttr,
  IsolatedFromAbove,
  MemoryEffects,
  NoTerminator,
  Operation,
  Pure,
  parseModule,
  printModule,
  type RewritePattern,
  renderDiagnostic,
  SymbolTableTrait,
  SymbolTrait,
  Terminator,
  typeOfAttribute,
  variadic,
} from '@budflow/ir';
import {
  type GivenOptions,
  type OptionSchemas,
  type PassDefinition,
  PassManager,
  type PassRunResult,
  passItem,
  pipeline,
} from '@budflow/pass';

const RECURSIVE = MemoryEffects.implement({ effects: () => [], recursive: true });
const binary = {
  operands: { lhs: AnyType, rhs: AnyType },
  results: { result: AnyType },
  inferTypes: (_: Context, s: { operands: readonly { type: Operation['resultTypes'][0] }[] }) => [s.operands[0]!.type],
};

const ModuleOp = defineOp({
  name: 'builtin.module',
  summary: 'a module',
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove, SymbolTableTrait, NoTerminator, GraphRegion],
});
const FuncOp = defineOp({
  name: 't.func',
  summary: 'a function',
  attributes: { sym_name: attr.string },
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove, SymbolTrait],
});
const ReturnOp = defineOp({
  name: 't.return',
  summary: 'returns',
  operands: { values: variadic(AnyType) },
  traits: [Terminator, Pure],
});
const YieldOp = defineOp({
  name: 't.yield',
  summary: 'ends a region',
  operands: { values: variadic(AnyType) },
  traits: [Terminator, Pure],
});
const ConstOp = defineOp({
  name: 't.const',
  summary: 'a constant',
  attributes: { value: attr.typed },
  results: { result: AnyType },
  traits: [Pure, ConstantLike],
  inferTypes: (_, { attributes }) => [typeOfAttribute(attributes.get('value')!)!],
});
const AddOp = defineOp({
  name: 't.add',
  summary: 'sum',
  ...binary,
  traits: [Pure, Commutative],
  fold: (op, [a, b]) => {
    if (!(b instanceof IntegerAttr)) return null;
    if (b.number === 0) return op.operand(0);
    return a instanceof IntegerAttr ? op.context.integerAttr(a.type, a.number + b.number) : null;
  },
});
const SUB_SELF: RewritePattern = definePattern({
  name: 'sub-self',
  equation: 'x - x == 0',
  root: 't.sub',
  rewrite(op, rewriter) {
    if (op.operand(0) !== op.operand(1)) return false;
    const { context } = op;
    rewriter.replaceOp(op, [ConstOp.build(rewriter, op.loc, { value: context.integerAttr(context.i32, 0) })]);
    return true;
  },
});
/** Replaces the root by an op of another name on the same operand. */
const rename = (from: string, to: string, name: string) =>
  definePattern({
    name,
    equation: `${from} x == ${to} x`,
    root: from,
    rewrite(op, rewriter) {
      const made = Operation.create(op.context.opInfo(to), op.loc, op.operands, op.resultTypes);
      rewriter.replaceOp(op, rewriter.insert(made).results);
      return true;
    },
  });
const SubOp = defineOp({ name: 't.sub', summary: 'difference', ...binary, traits: [Pure], patterns: [SUB_SELF] });
const PingOp = defineOp({
  name: 't.ping',
  summary: 'loops with pong',
  operands: { x: AnyType },
  results: { result: AnyType },
  traits: [Pure],
  patterns: [rename('t.ping', 't.pong', 'ping-to-pong')],
});
const PongOp = defineOp({
  name: 't.pong',
  summary: 'loops with ping',
  operands: { x: AnyType },
  results: { result: AnyType },
  traits: [Pure],
  patterns: [rename('t.pong', 't.ping', 'pong-to-ping')],
});
const LoadOp = defineOp({
  name: 't.load',
  summary: 'reads',
  operands: { from: AnyType },
  results: { result: AnyType },
  interfaces: [MemoryEffects.implement({ effects: (op) => [{ kind: 'read', value: op.operand(0) }] })],
});
const StoreOp = defineOp({
  name: 't.store',
  summary: 'writes',
  operands: { value: AnyType, to: AnyType },
  interfaces: [MemoryEffects.implement({ effects: (op) => [{ kind: 'write', value: op.operand(1) }] })],
});
const SinkOp = defineOp({ name: 't.sink', summary: 'may do anything', operands: { values: variadic(AnyType) } });
const ScopeOp = defineOp({
  name: 't.scope',
  summary: 'a region with what its ops do',
  results: { results: variadic(AnyType) },
  regions: { body: { blocks: 'any' } },
  interfaces: [RECURSIVE],
});
const IsolatedOp = defineOp({
  name: 't.isolated',
  summary: 'sees nothing outside',
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove],
});
const GraphOp = defineOp({
  name: 't.graph',
  summary: 'any order',
  regions: { body: { blocks: 'one' } },
  traits: [GraphRegion, NoTerminator],
});
const JumpOp = defineOp({
  name: 't.jump',
  summary: 'branches',
  operands: { values: variadic(AnyType) },
  successors: ['to'],
  traits: [Terminator, Pure],
  interfaces: [BranchOp.implement({ successorOperands: (op) => ({ start: 0, end: op.operandCount }) })],
});
const ForkOp = defineOp({
  name: 't.fork',
  summary: 'branches two ways',
  operands: { condition: AnyType },
  successors: ['yes', 'no'],
  traits: [Terminator, Pure],
});

const dialect = defineDialect({
  name: 't',
  summary: 'for tests',
  ops: [
    FuncOp,
    ReturnOp,
    YieldOp,
    ConstOp,
    AddOp,
    SubOp,
    PingOp,
    PongOp,
    LoadOp,
    StoreOp,
    SinkOp,
    ScopeOp,
    IsolatedOp,
    GraphOp,
    JumpOp,
    ForkOp,
  ],
  materializeConstant: (builder, loc, value) => ConstOp.create(builder, loc, { value }),
});

export interface Ran {
  /** Body of the function, in generic form without types. */
  readonly text: string[];
  readonly result: PassRunResult;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Prepared {
  readonly func: Operation;
  run<O extends OptionSchemas>(
    pass: PassDefinition<O>,
    options?: GivenOptions<O>,
  ): { result: PassRunResult; diagnostics: readonly Diagnostic[] };
  /** Lines of the body. */
  print(): string[];
}

/**
 * Parses the body of a function of %x, %y : i32 and %c : i1. Lines are in generic form without dialect prefix and
 * types: `%0 = add(%x, %y)`, `store(%x, %y)`, `%1 = const() {value = 1 : i32}`; a line that ends a region gives its
 * op's type in full: `}) : () -> i32`.
 */
export function prepare(body: string): Prepared {
  const context = new Context();
  context.registerDialect(defineDialect({ name: 'builtin', summary: 'module', ops: [ModuleOp] }));
  context.registerDialect(dialect);
  const lines = body.split('\n').map(expand).join('\n');
  const text = `"builtin.module"() ({\n"t.func"() <{sym_name = "f"}> ({\n^bb0(%x: i32, %y: i32, %c: i1):\n${lines}\n}) : () -> ()\n}) : () -> ()`;
  const parsed = context.diagnostics.collect(() => parseModule(text, context, { file: 'test.mlir' }));
  const module = parsed.result;
  if (!module) throw new Error(parsed.diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return {
    func: module.region(0).entry.terminator,
    run: (pass, options = {}) =>
      context.diagnostics.collect(() =>
        new PassManager(pipeline('builtin.module', passItem(pass, options))).run(module),
      ),
    print: () => printModule(module, { generic: true }).trimEnd().split('\n').slice(3, -2).map(simplify),
  };
}

/** Runs a pass on the module around a body (see prepare), and prints the body. */
export function runOn<O extends OptionSchemas>(
  pass: PassDefinition<O>,
  body: string,
  options: GivenOptions<O> = {},
): Ran {
  const { run, print } = prepare(body);
  return { ...run(pass, options), text: print() };
}

function expand(line: string): string {
  const match = /^\s*((?:%\w+ = )?)(\w+)\((.*?)\)(.*)$/.exec(line);
  if (!match) return line;
  const [, result, name, operands, rest] = match;
  const head = `${result}"t.${name}"(${operands})${rest}`;
  if (rest!.trim() === '({') return head;
  const types = operands === '' ? [] : operands!.split(',').map((operand) => (operand.trim() === '%c' ? 'i1' : 'i32'));
  return `${head} : (${types.join(', ')}) -> ${result === '' ? '()' : 'i32'}`;
}

function simplify(line: string): string {
  return line
    .replace(/ : \([^()]*\) -> .*$/, '')
    .replace(/^ {4}/, '')
    .replace(/"t\.(\w+)"/, '$1')
    .replaceAll('%arg0', '%x')
    .replaceAll('%arg1', '%y')
    .replaceAll('%arg2', '%c');
}
