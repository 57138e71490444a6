// IRDL at run time: each irdl.dialect of a module becomes a registered dialect, whose types and attributes are parsed
// and whose operations are verified as their definitions say.
import {
  AnyType,
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  attr,
  type Context,
  type Dialect,
  type DialectAttrDefinition,
  type DialectTypeDefinition,
  defineDialect,
  defineOp,
  InternalError,
  type OpDefinitionBase,
  type Operation,
  type OpSpec,
  optional,
  optionalAttr,
  StringAttr,
  SymbolRefAttr,
  type ValueConstraint,
  variadic,
} from '@budflow/ir';
import { listIn } from './dialect.js';
import { attributeNames, entryNames, variadicities } from './lists.js';
import { type Base, type Constraint, Matcher, type Predicate } from './matcher.js';
import { definitionOf, fullName, nameOf } from './names.js';
import type { Variadicity } from './types.js';
import { type OperationShape, type RegionShape, verifyOperation } from './verify-operation.js';

export interface IrdlOptions {
  /** What stands in for the C++ of `irdl.c_pred`, by its text. Types come as TypeAttr. */
  readonly predicates?: Readonly<Record<string, Predicate>>;
}

/**
 * Registers the dialects that a verified module defines, and returns them. On an error (a dialect that exists already, a
 * C++ predicate without a stand-in) it emits diagnostics on the module's operations, registers nothing and returns
 * undefined. The module must be of the same context.
 */
export function loadIrdl(
  module: Operation,
  context: Context,
  options: IrdlOptions = {},
): readonly Dialect[] | undefined {
  if (module.context !== context) throw new InternalError('loadIrdl: the module is of another context', module);
  const found: Operation[] = [];
  module.walk((op) => {
    if (op.name === 'irdl.dialect') found.push(op);
  });
  let failed = false;
  const names = new Map<string, Operation>();
  for (const op of found) {
    const name = nameOf(op);
    const other = names.get(name);
    if (other || context.dialect(name)) {
      failed = true;
      const diagnostic = op.emitError(
        'irdl.dialect-exists',
        `dialect '${name}' is ${other ? 'defined twice' : 'registered already'}`,
      );
      if (other) diagnostic.note('first defined here', other.loc);
    }
    names.set(name, op);
  }
  const loader = new Loader(options.predicates ?? {});
  const dialects = found.map((op) => loader.dialect(op));
  if (failed || loader.failed) return undefined;
  for (const dialect of dialects) context.registerDialect(dialect);
  return dialects;
}

class Loader {
  failed = false;
  private readonly predicates: Readonly<Record<string, Predicate>>;
  constructor(predicates: Readonly<Record<string, Predicate>>) {
    this.predicates = predicates;
  }

  dialect(op: Operation): Dialect {
    const ops: OpDefinitionBase[] = [];
    const types: DialectTypeDefinition<readonly Attribute[]>[] = [];
    const attributes: DialectAttrDefinition<readonly Attribute[]>[] = [];
    for (let inner = op.region(0).entry.firstOp; inner; inner = inner.next) {
      if (inner.name === 'irdl.type') types.push(this.parametric(inner));
      else if (inner.name === 'irdl.attribute') attributes.push(this.parametric(inner));
      else if (inner.name === 'irdl.operation') ops.push(this.operation(inner));
    }
    return defineDialect({
      name: nameOf(op),
      summary: `Dialect '${nameOf(op)}', defined in IRDL.`,
      ops,
      types,
      attributes,
    });
  }

  /** `name<a, b>`, the same for types and attributes. */
  private parametric(op: Operation): DialectTypeDefinition<readonly Attribute[]> {
    const list = listIn(op, 'irdl.parameters');
    const { constraints, of } = this.constraints(op);
    const variables = list ? list.operands.map(of) : [];
    const names = list && entryNames(list);
    const name = fullName(op);
    return {
      name,
      summary: `'${name}', defined in IRDL.`,
      parse(parser: AsmParser) {
        const at = parser.offset();
        const parameters = parser.optionalPunctuation('<')
          ? parser.optionalPunctuation('>')
            ? []
            : closed(
                parser,
                parser.commaSeparated('none', () => parser.attribute()),
              )
          : [];
        if (parameters.length !== variables.length)
          parser.error(
            `'${name}' has ${variables.length} parameter${variables.length === 1 ? '' : 's'}, but ${parameters.length} ${parameters.length === 1 ? 'is' : 'are'} given`,
            at,
          );
        const matcher = new Matcher(constraints);
        parameters.forEach((parameter, i) => {
          const problem = matcher.match(variables[i]!, parameter);
          if (problem !== null)
            parser.error(`parameter #${i}${names ? ` ('${names[i]}')` : ''} of '${name}': ${problem}`, at);
        });
        return parameters;
      },
      print(printer: AsmPrinter, parameters) {
        if (parameters.length === 0) return;
        printer.text('<');
        parameters.forEach((parameter, i) => {
          if (i > 0) printer.text(', ');
          printer.attribute(parameter);
        });
        printer.text('>');
      },
    };
  }

  private operation(op: Operation): OpDefinitionBase {
    const { constraints, of } = this.constraints(op);
    const operands = valueList(op, 'irdl.operands');
    const results = valueList(op, 'irdl.results');
    const attributes = listIn(op, 'irdl.attributes');
    const regions = listIn(op, 'irdl.regions');
    const keys = new Keys();
    const shape: OperationShape = {
      name: fullName(op),
      definedAt: op.loc,
      constraints,
      operands: operands.map((entry) => ({ ...entry, variable: of(entry.value) })),
      results: results.map((entry) => ({ ...entry, variable: of(entry.value) })),
      attributes: attributes
        ? attributeNames(attributes).map((name, i) => ({ name, variable: of(attributes.operand(i)) }))
        : [],
      regions: regions ? regions.operands.map((value) => regionShape(value.definingOp!, of)) : null,
    };
    const spec: OpSpec = {
      name: shape.name,
      summary: `'${shape.name}', defined in IRDL.`,
      operands: Object.fromEntries(
        operands.map((e, i) => [keys.take(e.name, 'operand', i), constraintOf(e.variadicity)]),
      ),
      results: Object.fromEntries(results.map((e, i) => [keys.take(e.name, 'result', i), constraintOf(e.variadicity)])),
      attributes: Object.fromEntries(
        shape.attributes.map(({ name }) => [keys.take(name, 'attribute', 0), optionalAttr(attr.any)]),
      ),
      regions: { [keys.take('bodies', 'region', 0)]: { blocks: 'any', variadic: true } },
      verify: (checked) => verifyOperation(checked, shape),
    };
    return defineOp(spec);
  }

  /** The constraints a definition holds, and the variable of each value. */
  private constraints(op: Operation): {
    constraints: Constraint[];
    of: (value: object) => number;
  } {
    const constraints: Constraint[] = [];
    const variables = new Map<object, number>();
    const of = (value: object) => variables.get(value) ?? 0;
    for (let inner = op.region(0).entry.firstOp; inner; inner = inner.next) {
      const constraint = this.constraint(inner, of);
      if (constraint) variables.set(inner.result(0), constraints.push(constraint) - 1);
    }
    return { constraints, of };
  }
  private constraint(op: Operation, of: (value: object) => number): Constraint | undefined {
    const args = op.operands.map(of);
    switch (op.name) {
      case 'irdl.any':
        return { kind: 'any' };
      case 'irdl.is':
        return { kind: 'is', expected: op.attr('expected')! };
      case 'irdl.any_of':
        return { kind: 'any-of', args };
      case 'irdl.all_of':
        return { kind: 'all-of', args };
      case 'irdl.base':
        return { kind: 'base', base: baseOf(op, op.attr('base_ref') ?? op.attr('base_name')) };
      case 'irdl.parametric':
        return { kind: 'parametric', base: baseOf(op, op.attr('base_type')), args };
      case 'irdl.c_pred': {
        const text = (op.attr('pred') as StringAttr).value;
        const holds = Object.hasOwn(this.predicates, text) ? this.predicates[text] : undefined;
        if (!holds) {
          this.failed = true;
          op.emitError(
            'irdl.c-pred',
            `a predicate in C++ cannot be loaded; give loadIrdl a function for ${JSON.stringify(text)}`,
          );
        }
        return { kind: 'predicate', text, holds: holds ?? (() => true) };
      }
      default:
        return undefined;
    }
  }
}

function closed<T>(parser: AsmParser, list: T): T {
  parser.punctuation('>');
  return list;
}

/** What a reference (verified before) or a name like `!builtin.integer` means. */
function baseOf(op: Operation, base: Attribute | undefined): Base {
  if (base instanceof StringAttr)
    return { kind: base.value.startsWith('!') ? 'type' : 'attribute', name: base.value.slice(1) };
  const definition = base instanceof SymbolRefAttr ? definitionOf(op, base) : undefined;
  if (!definition) throw new InternalError('loadIrdl: the module was not verified', op);
  return { kind: definition.name === 'irdl.type' ? 'type' : 'attribute', name: fullName(definition) };
}

interface Entry {
  readonly name: string | null;
  readonly variadicity: Variadicity;
  readonly value: Operation['operands'][number];
}
function valueList(op: Operation, kind: string): Entry[] {
  const list = listIn(op, kind);
  if (!list) return [];
  const names = entryNames(list);
  const counts = variadicities(list);
  return list.operands.map((value, i) => ({ name: names?.[i] ?? null, variadicity: counts[i]!, value }));
}
function constraintOf(variadicity: Variadicity): ValueConstraint {
  return variadicity === 'single' ? AnyType : variadicity === 'optional' ? optional(AnyType) : variadic(AnyType);
}

function regionShape(op: Operation, of: (value: object) => number): RegionShape {
  const blocks = op.attr('numberOfBlocks');
  return {
    arguments: op.attr('constrainedArguments') ? op.operands.map(of) : null,
    blocks: blocks ? Number((blocks as Attribute & { value: number | bigint }).value) : null,
  };
}

/** Names of accessors: those of the definition unless taken, numbers where it has none. */
class Keys {
  private readonly taken = new Set([
    'opName',
    'spec',
    'is',
    'create',
    'build',
    'resultTypes',
    'regions',
    'successors',
    'extraAttributes',
  ]);
  take(name: string | null, what: string, index: number): string {
    let key = name ?? `${what}${index}`;
    // An attribute keeps its name: that is how it is found.
    while (this.taken.has(key)) key = `${key}_`;
    this.taken.add(key);
    return key;
  }
}
