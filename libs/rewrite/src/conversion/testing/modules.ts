// For the tests of conversions: modules of unregistered ops as text, and all that can be observed of them.
import {
  AnyType,
  Context,
  type Diagnostic,
  defineDialect,
  defineOp,
  IsolatedFromAbove,
  NoTerminator,
  type Operation,
  Pure,
  parseModule,
  printModule,
  renderDiagnostic,
  SymbolTableTrait,
  type Type,
  type Use,
  useIsLinked,
  type Value,
  variadic,
} from '@budflow/ir';
import { type ConversionPattern, type ConversionRewriter, type ConvertedOperands, TypeConverter } from '../index.js';

const ModuleOp = defineOp({
  name: 'builtin.module',
  summary: 'a module',
  regions: { body: { blocks: 'one' } },
  traits: [IsolatedFromAbove, SymbolTableTrait, NoTerminator],
});
const CastOp = defineOp({
  name: 'builtin.unrealized_conversion_cast',
  summary: 'a cast',
  operands: { inputs: variadic(AnyType) },
  results: { outputs: variadic(AnyType) },
  traits: [Pure],
});

export function makeContext(): Context {
  const context = new Context();
  context.allowUnregistered = true;
  context.registerDialect(defineDialect({ name: 'builtin', summary: 'for tests', ops: [ModuleOp, CastOp] }));
  return context;
}

/** A module with these lines in generic form. */
export function parse(lines: string, context = makeContext()): Operation {
  const text = `"builtin.module"() ({\n${lines}\n}) : () -> ()`;
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context, { file: 'test.mlir' }));
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

/** The lines of a module in generic form, without indentation and comments. */
export function lines(module: Operation): string[] {
  return printModule(module, { generic: true })
    .split('\n')
    .slice(1, -2)
    .map((l) => l.replace(/ {2}\/\/ .*/, '').trim());
}

/** Text with locations, then the users of every value in the order of its use-list. */
export function everything(module: Operation): string {
  const positions = new Map<Operation, number>();
  module.walk((op) => positions.set(op, positions.size));
  const uses: string[] = [];
  const list = (what: string, value: Value) => {
    const users: string[] = [];
    value.forEachUse((user, index) => users.push(`${positions.get(user) ?? 'GONE'}:${index}`));
    uses.push(`${what} ${value.type} [${users.join(' ')}]`);
  };
  module.walk((op) => {
    op.results.forEach((r, i) => {
      list(`${positions.get(op)}#${i}`, r);
    });
    for (const [i, region] of op.regions.entries())
      for (const [b, block] of region.blocks.entries())
        for (const [a, argument] of block.arguments.entries()) {
          if (argument.owner !== block || argument.index !== a || block.parent !== region)
            throw new Error('bad argument');
          list(`${positions.get(op)}.${i}.${b}.${a}`, argument);
        }
  });
  return `${printModule(module, { generic: true, locations: true })}\n${uses.join('\n')}`;
}

/** Every use is where its value's list says, and the other way round. */
export function checkLinks(module: Operation): void {
  const inside = new Set<Operation>();
  module.walk((op) => inside.add(op));
  const check = (value: Value) =>
    value.forEachUse((user, index) => {
      const holder: Operation | Use = index < 2 ? user : user.moreOperands![index - 2]!;
      if (user.operand(index) !== value || !useIsLinked(value, holder, index < 2 ? (index as 0 | 1) : 2))
        throw new Error(`broken use of ${user.name}`);
      if (!inside.has(user) || user.isErased) throw new Error(`${user.name} is used by an erased op`);
    });
  module.walk((op) => {
    for (const result of op.results) check(result);
    for (const region of op.regions)
      for (const block of region.blocks) {
        for (const argument of block.arguments) check(argument);
        for (let inner = block.firstOp; inner; inner = inner.next)
          if (inner.parent !== block || (inner.next !== null && inner.next.previous !== inner))
            throw new Error('broken block');
      }
    for (const operand of op.operands) {
      const owner = operand.definingOp;
      if (owner !== null && !inside.has(owner)) throw new Error(`${op.name} uses a value of an erased op`);
    }
  });
}

/** Rebuilds an op with another name on its converted operands, with its results in converted types. */
export function rename(
  from: string,
  to: string,
  more: Partial<ConversionPattern> & { readonly makes?: readonly string[] } = {},
): ConversionPattern {
  return {
    name: `${from}-to-${to}`.replaceAll('.', '-'),
    root: from,
    generates: [to],
    rewrite(op, operands, rewriter) {
      rewriter.replaceOp(op, groupsOf(op, create(rewriter, op, to, operands, more.converter), more.converter));
      return true;
    },
    ...more,
  };
}

export function create(
  rewriter: ConversionRewriter,
  op: Operation,
  name: string,
  operands: ConvertedOperands,
  converter: TypeConverter | undefined,
): Operation {
  const types = converter ? converter.convertAll(op.resultTypes)! : op.resultTypes;
  return rewriter.insert(newOp(op, name, operands.flat(), types));
}
export function newOp(near: Operation, name: string, operands: readonly Value[], types: readonly Type[]): Operation {
  const op = new (
    near.constructor as new (
      info: Operation['info'],
      loc: Operation['loc'],
      attributes: Operation['attributes'],
    ) => Operation
  )(near.context.opInfo(name), near.loc, near.context.emptyDictionary);
  for (const operand of operands) op.appendOperand(operand);
  for (const type of types) op.appendResult(type);
  return op;
}

/** The results of `made` dealt out to those of `op` by the number of types each became. */
export function groupsOf(op: Operation, made: Operation, converter: TypeConverter | undefined): Value[][] {
  let next = 0;
  return op.results.map((r) => {
    const count = converter ? converter.convert(r.type)!.length : 1;
    const group = made.results.slice(next, next + count);
    next += count;
    return group;
  });
}

/** i64 becomes two i32, f64 becomes f32, none vanishes; tensors have no conversion; everything else stays. */
export function narrowing(context: Context): TypeConverter {
  return new TypeConverter()
    .addConversion((type) => type)
    .addConversion((type) => (String(type).startsWith('tensor') ? 'tensors are not supported' : undefined))
    .addConversion((type) => (type === context.i64 ? [context.i32, context.i32] : undefined))
    .addConversion((type) => (type === context.f64 ? context.f32 : undefined))
    .addConversion((type) => (type === context.none ? [] : undefined));
}

export function collect<T>(module: Operation, body: () => T): { result: T; diagnostics: Diagnostic[] } {
  return module.context.diagnostics.collect(body);
}
/** Message, then the notes, one line each. */
export function text(diagnostic: Diagnostic): string[] {
  return [diagnostic.message, ...diagnostic.notes.map((n) => n.message)];
}
