// The ops that list what a definition has: parameters, operands, results, attributes and regions. An entry is a value,
// with a name in newer files (`lhs: %0`) and without in older ones, and may say how many values it stands for.
import {
  ArrayAttr,
  type AsmParser,
  type AsmPrinter,
  attr,
  type CustomAssembly,
  DialectAttr,
  defineOp,
  type Operation,
  type OperationState,
  optionalAttr,
  StringAttr,
  variadic,
} from '@budflow/ir';
import { ATTRIBUTES_EXAMPLE, CMATH_EXAMPLE, REGIONS_EXAMPLE } from './examples.js';
import {
  ConstraintHandle,
  constraintType,
  RegionHandle,
  regionType,
  VARIADICITIES,
  type Variadicity,
  VariadicityArray,
} from './types.js';

/** The names of the entries; null where they have none. */
export function entryNames(op: Operation): readonly string[] | null {
  const names = op.attr('names');
  if (!(names instanceof ArrayAttr)) return null;
  return names.elements.map((e) => (e instanceof StringAttr ? e.value : ''));
}
/** For each entry how many values it stands for. */
export function variadicities(op: Operation): readonly Variadicity[] {
  const given = op.attr('variadicity');
  if (given instanceof DialectAttr && given.definition === VariadicityArray)
    return (given as DialectAttr<readonly Variadicity[]>).parameters;
  return op.operands.map(() => 'single');
}

interface ListOptions {
  readonly variadicity: boolean;
  readonly region: boolean;
}

function listAssembly(options: ListOptions): CustomAssembly {
  return {
    canPrint: (op) =>
      (entryNames(op)?.length ?? op.operandCount) === op.operandCount && variadicities(op).length === op.operandCount,
    parse(parser, state) {
      const { context } = parser;
      const type = options.region ? regionType(context) : constraintType(context);
      const names: (string | null)[] = [];
      const counts: Variadicity[] = [];
      const start = parser.offset();
      parser.commaSeparated('paren', () => {
        let name: string | null = null;
        let count: Variadicity = 'single';
        for (let word = nextWord(parser); word; word = nextWord(parser)) {
          if (parser.optionalPunctuation(':')) {
            if (name !== null) parser.error(`expected a value after '${name}:'`, word.at);
            name = word.text;
          } else {
            const found = options.variadicity ? VARIADICITIES.find((v) => v === word.text) : undefined;
            count =
              found ??
              parser.error(
                `expected ${options.variadicity ? 'single, optional, variadic, ' : ''}a value or 'name:', got '${word.text}'`,
                word.at,
              );
          }
        }
        names.push(name);
        counts.push(count);
        state.operands.push(parser.resolve(parser.operand(), type));
      });
      if (names.some((n) => n !== null)) {
        if (names.includes(null)) parser.error('either all entries have names or none', start);
        state.attributes.set('names', context.arrayAttr(names.map((n) => context.stringAttr(n!))));
      }
      if (counts.some((c) => c !== 'single'))
        state.attributes.set('variadicity', context.dialectAttr(VariadicityArray, counts));
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      const names = entryNames(op);
      const counts = variadicities(op);
      printer.text('(');
      op.operands.forEach((value, i) => {
        if (i > 0) printer.text(', ');
        if (names) printer.text(`${names[i]}: `);
        if (counts[i] !== 'single') printer.text(`${counts[i]} `);
        printer.value(value);
      });
      printer.text(')');
      printer.attrDict(op, ['names', 'variadicity']);
    },
  };
}

function nextWord(parser: AsmParser): { text: string; at: number } | undefined {
  const at = parser.offset();
  const text = parser.optionalAnyKeyword();
  return text === undefined ? undefined : { text, at };
}

/** The entries have names of their own, as many as values, and as many variadicities. */
function verifyList(op: Operation, what: string): void {
  const names = entryNames(op);
  const wrong = (count: number, of: string) =>
    op.emitError('irdl.list-length', `has ${op.operandCount} values but ${count} ${of}`);
  if (names && names.length !== op.operandCount) wrong(names.length, 'names');
  if (variadicities(op).length !== op.operandCount) wrong(variadicities(op).length, 'variadicities');
  names?.forEach((name, i) => {
    if (!/^[a-z_][a-z0-9_]*$/.test(name))
      op.emitError(
        'irdl.name',
        `name of ${what} #${i} must contain only lowercase letters, digits and underscores, got '${name}'`,
      );
    const first = names.indexOf(name);
    if (first < i)
      op.emitError('irdl.duplicate-name', `name of ${what} #${i} is a duplicate of the name of ${what} #${first}`);
  });
}

export function requireParent(op: Operation, ...parents: readonly string[]): void {
  const parent = op.parentOp?.name;
  if (parent === undefined || !parents.includes(parent))
    op.emitError(
      'irdl.parent',
      `expects parent op ${parents.map((p) => `'${p}'`).join(' or ')}${parent === undefined ? '' : `, got '${parent}'`}`,
    );
}

const listAttributes = { names: optionalAttr(attr.array(attr.string)) };
const listWithVariadicity = { ...listAttributes, variadicity: optionalAttr(attr.dialect(VariadicityArray)) };

export const ParametersOp = defineOp({
  name: 'irdl.parameters',
  summary: 'The constraints on the parameters of a type or attribute.',
  description: 'Each parameter is an attribute or a type. Names are optional.',
  example: CMATH_EXAMPLE,

  operands: { args: variadic(ConstraintHandle) },
  attributes: listAttributes,
  assembly: listAssembly({ variadicity: false, region: false }),
  verify(op) {
    requireParent(op, 'irdl.type', 'irdl.attribute');
    verifyList(op, 'parameter');
  },
});
export const OperandsOp = defineOp({
  name: 'irdl.operands',
  summary: 'The constraints on the operands of an operation.',
  description:
    'An entry stands for one operand, with `optional` for none or one, with `variadic` for any number. Several such entries need the attribute operandSegmentSizes on the operation.',
  example: CMATH_EXAMPLE,

  operands: { args: variadic(ConstraintHandle) },
  attributes: listWithVariadicity,
  assembly: listAssembly({ variadicity: true, region: false }),
  verify(op) {
    requireParent(op, 'irdl.operation');
    verifyList(op, 'operand');
  },
});
export const ResultsOp = defineOp({
  name: 'irdl.results',
  summary: 'The constraints on the results of an operation.',
  description:
    'An entry stands for one result, with `optional` for none or one, with `variadic` for any number. Several such entries need the attribute resultSegmentSizes on the operation.',
  example: CMATH_EXAMPLE,

  operands: { args: variadic(ConstraintHandle) },
  attributes: listWithVariadicity,
  assembly: listAssembly({ variadicity: true, region: false }),
  verify(op) {
    requireParent(op, 'irdl.operation');
    verifyList(op, 'result');
  },
});
export const RegionsOp = defineOp({
  name: 'irdl.regions',
  summary: 'The constraints on the regions of an operation.',
  description: 'As many regions as there are entries.',
  example: REGIONS_EXAMPLE,

  operands: { args: variadic(RegionHandle) },
  attributes: listAttributes,
  assembly: listAssembly({ variadicity: false, region: true }),
  verify(op) {
    requireParent(op, 'irdl.operation');
    verifyList(op, 'region');
  },
});

/** The names of the attributes that `irdl.attributes` lists. */
export function attributeNames(op: Operation): readonly string[] {
  const names = op.attr('attributeValueNames');
  return names instanceof ArrayAttr ? names.elements.map((e) => (e instanceof StringAttr ? e.value : '')) : [];
}

export const AttributesOp = defineOp({
  name: 'irdl.attributes',
  summary: 'The attributes an operation requires, and the constraints on them.',
  description: 'All of them must be there.',
  example: ATTRIBUTES_EXAMPLE,

  operands: { attributeValues: variadic(ConstraintHandle) },
  attributes: { attributeValueNames: attr.array(attr.string) },
  assembly: {
    canPrint: (op) => attributeNames(op).length === op.operandCount,
    parse: parseAttributes,
    print: printAttributes,
  },
  verify(op) {
    requireParent(op, 'irdl.operation');
    const names = attributeNames(op);
    if (names.length !== op.operandCount)
      op.emitError('irdl.list-length', `has ${op.operandCount} values but ${names.length} names`);
    names.forEach((name, i) => {
      if (names.indexOf(name) < i) op.emitError('irdl.duplicate-name', `attribute "${name}" is constrained twice`);
    });
  },
});

/** `{ "name" = %0, ... }`, nothing for an empty list. */
function parseAttributes(parser: AsmParser, state: OperationState): void {
  const { context } = parser;
  const names: string[] = [];
  if (parser.optionalPunctuation('{') && !parser.optionalPunctuation('}')) {
    do {
      names.push(parser.string());
      parser.punctuation('=');
      state.operands.push(parser.resolve(parser.operand(), constraintType(context)));
    } while (parser.optionalPunctuation(','));
    parser.punctuation('}');
  }
  state.attributes.set('attributeValueNames', context.arrayAttr(names.map((n) => context.stringAttr(n))));
  parser.optionalAttrDict(state.attributes);
}
function printAttributes(printer: AsmPrinter, op: Operation): void {
  printer.text(' {');
  printer.indent();
  attributeNames(op).forEach((name, i) => {
    if (i > 0) printer.text(',');
    printer.newline();
    printer.string(name);
    printer.text(' = ');
    printer.value(op.operand(i));
  });
  printer.dedent();
  if (op.operandCount > 0) printer.newline();
  printer.text('}');
  printer.attrDict(op, ['attributeValueNames']);
}
