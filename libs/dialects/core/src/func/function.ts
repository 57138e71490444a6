// func.func and func.return.

import { exitsRegion } from '@budflow/interpreter';
import {
  AnyType,
  ArrayAttr,
  AsmNames,
  type Attribute,
  AutomaticAllocationScope,
  attr,
  Block,
  type Builder,
  CallableOp,
  type CustomAssembly,
  DictionaryAttr,
  defineOp,
  FunctionType,
  InternalError,
  IsolatedFromAbove,
  type LocationRef,
  MemoryEffects,
  type Operation,
  optionalAttr,
  Region,
  ReturnLike,
  StringAttr,
  SymbolTrait,
  Terminator,
  type Type,
  TypeAttr,
  variadic,
} from '@budflow/ir';
import { parseSignature, printSignature } from './signature.js';

const VISIBILITIES = ['public', 'private', 'nested'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

const ELIDED = ['sym_name', 'function_type', 'sym_visibility', 'arg_attrs', 'res_attrs'];

const functionAssembly: CustomAssembly = {
  canPrint(op) {
    const type = op.attr('function_type');
    if (op.operandCount !== 0 || op.resultCount !== 0 || op.regions.length !== 1) return false;
    if (
      !(op.attr('sym_name') instanceof StringAttr) ||
      !(type instanceof TypeAttr) ||
      !(type.type instanceof FunctionType)
    )
      return false;
    const visibility = op.attr('sym_visibility');
    if (
      visibility &&
      !(visibility instanceof StringAttr && (VISIBILITIES as readonly string[]).includes(visibility.value))
    )
      return false;
    // Lists of nothing but empty dictionaries have no place in the signature.
    for (const name of ['arg_attrs', 'res_attrs']) {
      const list = op.attr(name);
      if (list instanceof ArrayAttr && list.elements.every((d) => d instanceof DictionaryAttr && d.size === 0))
        return false;
    }
    const body = op.region(0);
    return (
      body.isEmpty ||
      sameTypes(
        body.entry.arguments.map((a) => a.type),
        type.type.inputs,
      )
    );
  },
  parse(parser, state) {
    const { context } = parser;
    for (const visibility of VISIBILITIES) {
      if (!parser.optionalKeyword(visibility)) continue;
      state.attributes.set('sym_visibility', context.stringAttr(visibility));
      break;
    }
    const name = parser.symbolName();
    const signature = parseSignature(parser);
    const offset = parser.offset();
    parser.optionalAttrDictWithKeyword(state.attributes);
    for (const inherent of ELIDED.slice(0, 2))
      if (state.attributes.has(inherent))
        parser.error(`'${inherent}' is given by the syntax and must not be in the attributes`, offset);
    state.attributes.set('sym_name', context.stringAttr(name));
    state.attributes.set('function_type', context.typeAttr(context.functionType(signature.inputs, signature.results)));
    for (const [name, given] of [
      ['arg_attrs', signature.argAttrs],
      ['res_attrs', signature.resAttrs],
    ] as const) {
      if (!given) continue;
      if (state.attributes.has(name))
        parser.error(`'${name}' is given by the signature and must not be in the attributes`, offset);
      state.attributes.set(name, given);
    }
    const bodyAt = parser.offset();
    // Arguments without names are named by the label of the entry block.
    const body = parser.optionalRegion(signature.args);
    if (body) {
      const unnamed = signature.args.length !== signature.inputs.length;
      if (unnamed && (signature.args.length > 0 || body.blocks[0]?.arguments.length === 0))
        parser.error('a function with a body needs names for its arguments', bodyAt);
      if (body.isEmpty) parser.error('expected non-empty function body', bodyAt);
    }
    state.regions.push(body ?? new Region());
  },
  print(printer, op) {
    const visibility = FuncOp.sym_visibility(op);
    printer.text(visibility ? ` ${visibility} ` : ' ');
    printer.symbolName(FuncOp.sym_name(op));
    const body = FuncOp.body(op);
    printSignature(
      printer,
      FuncOp.function_type(op),
      body.isEmpty ? null : body.entry.arguments,
      op.attr('arg_attrs'),
      op.attr('res_attrs'),
    );
    printer.attrDictWithKeyword(op, ELIDED);
    if (body.isEmpty) return;
    printer.space();
    printer.region(body, { entryArguments: false });
  },
};

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((t, i) => t === b[i]);
}

export const FuncOp = defineOp({
  name: 'func.func',
  summary: 'A function: a symbol with a signature and, unless it is a declaration, a body.',
  description:
    "Its body sees no values from outside. The entry block's arguments are the parameters; every path ends in `func.return` with the results. Without a body it is a declaration, which has to be private or nested. Arguments and results may have attributes.",
  example: `func.func private @declared(i32 {llvm.noundef}) -> f32
func.func @example(%a: i32) -> (i32 {example.attr = 1 : i64}) attributes {example.inline} {
  return %a : i32
}`,
  attributes: {
    sym_name: attr.string,
    function_type: attr.functionType,
    sym_visibility: optionalAttr(attr.enum(...VISIBILITIES)),
    arg_attrs: optionalAttr(attr.array(attr.dictionary)),
    res_attrs: optionalAttr(attr.array(attr.dictionary)),
  },
  regions: { body: { blocks: 'any' } },
  traits: [IsolatedFromAbove, SymbolTrait, AutomaticAllocationScope],
  interfaces: [
    CallableOp.implement({ body: (op): Region | null => (FuncOp.body(op).isEmpty ? null : FuncOp.body(op)) }),
    AsmNames.implement({ defaultDialect: 'func' }),
  ],
  assembly: functionAssembly,
  verify(op) {
    const type = FuncOp.function_type(op);
    const body = FuncOp.body(op);
    if (body.isEmpty) {
      if (FuncOp.sym_visibility(op) === undefined || FuncOp.sym_visibility(op) === 'public')
        op.emitError('func.public-declaration', 'a declaration (function without a body) must be private or nested');
    } else {
      const args = body.entry.arguments.map((a) => a.type);
      if (!sameTypes(args, type.inputs))
        op.emitError(
          'func.entry-arguments',
          `entry block must have the arguments of the signature: expected (${type.inputs.join(', ')}), got (${args.join(', ')})`,
        );
    }
    for (const [name, count, what] of [
      ['arg_attrs', type.inputs.length, 'argument'],
      ['res_attrs', type.results.length, 'result'],
    ] as const) {
      const list = op.attr(name);
      if (list instanceof ArrayAttr && list.elements.length !== count)
        op.emitError(
          'func.attribute-count',
          `has ${list.elements.length} ${what} attribute dictionaries for ${count} ${what}s`,
        );
      if (!(list instanceof ArrayAttr)) continue;
      for (const entry of list.elements)
        if (entry instanceof DictionaryAttr && entry.names.some((n) => !n.includes('.')))
          op.emitError(
            'func.dialect-attribute',
            `${what}s may only have attributes with dialect-prefixed names, got ${entry}`,
          );
    }
  },
});

export const ReturnOp = defineOp({
  name: 'func.return',
  summary: 'Ends a function with its results.',
  description:
    "Its operands have the types of the function's results, in order. Inside of a function it may be written `return`.",
  example: `func.func @example(%a: i32) -> i32 {
  return %a : i32
}`,
  operands: { operands: variadic(AnyType) },
  traits: [Terminator, ReturnLike],
  interfaces: [exitsRegion, MemoryEffects.implement({ effects: () => [] })],
  assembly: {
    canPrint: (op) => op.resultCount === 0 && op.regions.length === 0,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      const operands = parser.operandList();
      if (operands.length === 0) return;
      parser.punctuation(':');
      state.operands.push(...parser.resolveAll(operands, parser.typeList()));
    },
    print(printer, op) {
      printer.attrDict(op);
      if (op.operandCount === 0) return;
      printer.space();
      printer.values(op.operands);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
    },
  },
  verify(op) {
    const func = op.parentOp;
    if (!func) return;
    if (!FuncOp.is(func)) {
      op.emitError('func.return-parent', `expects parent op 'func.func', got '${func.name}'`);
      return;
    }
    const { results } = FuncOp.function_type(func);
    const name = FuncOp.sym_name(func);
    if (results.length !== op.operandCount) {
      op.emitError(
        'func.return-count',
        `has ${op.operandCount} operands, but enclosing function (@${name}) returns ${results.length}`,
      );
      return;
    }
    results.forEach((type, i) => {
      if (op.operand(i).type !== type)
        op.emitError(
          'func.return-type',
          `operand ${i} has type ${op.operand(i).type}, but function @${name} returns ${type}`,
        );
    });
  },
});

export interface FunctionOptions {
  readonly visibility?: Visibility;
  readonly attributes?: Record<string, Attribute>;
}

/** Builds a function with an entry block; give it a body with a builder at the end of `entry`. */
export function buildFunction(
  builder: Builder,
  loc: LocationRef,
  name: string,
  inputs: readonly Type[],
  results: readonly Type[],
  options: FunctionOptions = {},
): { op: Operation; entry: Block } {
  const region = new Region();
  const entry = region.append(new Block());
  for (const input of inputs) entry.addArgument(input);
  const op = FuncOp.create(builder, loc, {
    sym_name: name,
    function_type: builder.context.functionType(inputs, results),
    sym_visibility: options.visibility,
    extraAttributes: options.attributes,
    regions: [region],
  });
  return { op, entry };
}

/** The attributes of an argument of a function; an empty dictionary when it has none. */
export function argumentAttributes(func: Operation, index: number): DictionaryAttr {
  const list = func.attr('arg_attrs');
  const found = list instanceof ArrayAttr ? list.elements[index] : undefined;
  return found instanceof DictionaryAttr ? found : func.context.emptyDictionary;
}

/** Sets (or with null removes) one attribute of an argument of a function. */
export function setArgumentAttribute(func: Operation, index: number, name: string, value: Attribute | null): void {
  setDictionaryEntry(func, 'arg_attrs', FuncOp.function_type(func).inputs.length, index, name, value);
}
/** Sets (or with null removes) one attribute of a result of a function. */
export function setResultAttribute(func: Operation, index: number, name: string, value: Attribute | null): void {
  setDictionaryEntry(func, 'res_attrs', FuncOp.function_type(func).results.length, index, name, value);
}

function setDictionaryEntry(
  func: Operation,
  list: string,
  count: number,
  index: number,
  name: string,
  value: Attribute | null,
): void {
  if (index >= count) throw new InternalError(`${list}: no entry ${index} of ${count}`, func);
  const { context } = func;
  const old = func.attr(list);
  const dictionaries = Array.from({ length: count }, (_, i) => {
    const found = old instanceof ArrayAttr ? old.elements[i] : undefined;
    const dictionary = found instanceof DictionaryAttr ? found : context.emptyDictionary;
    return i === index ? context.withAttribute(dictionary, name, value) : dictionary;
  });
  func.setAttr(list, dictionaries.every((d) => d.size === 0) ? null : context.arrayAttr(dictionaries));
}
