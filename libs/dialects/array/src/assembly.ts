// Pieces of assembly that several ops share.
import { complexOf } from '@budflow/dialect-core';
import {
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  AttrNames,
  type CustomAssembly,
  DYNAMIC,
  IntegerAttr,
  type Operation,
  type OperationState,
  type Type,
  typeOfAttribute,
  type Value,
  type ValueConstraint,
} from '@budflow/ir';

/**
 * Whether an op has the operands, results, attributes and regions that its definition asks for, so that its custom form
 * can show it. What does not verify prints generically.
 */
export function fitsDefinition(op: Operation): boolean {
  const spec = op.info.definition?.spec;
  if (!spec || op.ownSuccessors !== null) return false;
  for (const [name, attribute] of Object.entries(spec.attributes ?? {})) {
    const value = op.attr(name);
    if (value === undefined ? !attribute.optional : !attribute.check(value)) return false;
  }
  return (
    fitConstraints(op.operands, Object.values(spec.operands ?? {})) &&
    fitConstraints(op.results, Object.values(spec.results ?? {}))
  );
}

/** Values against constraints of which at most the last is variadic; several variadic ones only agree in kind. */
function fitConstraints(values: readonly Value[], constraints: readonly ValueConstraint[]): boolean {
  const last = constraints[constraints.length - 1];
  const variadic = last !== undefined && last.kind !== 'one';
  const fixed = constraints.filter((c) => c.kind === 'one').length;
  if (values.length < fixed || (!variadic && values.length > fixed)) return false;
  return values.every((value, i) => {
    const constraint = constraints[Math.min(i, constraints.length - 1)]!;
    return (constraint.kind === 'one' ? constraint : constraint.of).check(value.type);
  });
}

/** `%a, %b {attrs} : type`: all operands and the result have one type. */
export function sameTypeAssembly(operandCount: number): CustomAssembly {
  return {
    canPrint: (op) => fitsDefinition(op) && op.operands.every((v) => v.type === op.result(0).type),
    parse(parser, state) {
      const operands = [parser.operand()];
      for (let i = 1; i < operandCount; i++) {
        parser.punctuation(',');
        operands.push(parser.operand());
      }
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      for (const operand of operands) state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  };
}

export function parseIntegerList(parser: AsmParser): number[] {
  return parser.commaSeparated('square', () => parser.integer());
}
export function printIntegerList(printer: AsmPrinter, values: readonly number[]): void {
  printer.text(`[${values.join(', ')}]`);
}
/** `name = [1, 2]` into the i64 array attribute `attribute`. */
export function parseNamedList(parser: AsmParser, state: OperationState, name: string, attribute: string): void {
  parser.keyword(name);
  parser.punctuation('=');
  state.attributes.set(attribute, parser.context.denseArray(parser.context.i64, parseIntegerList(parser)));
}
export function printNamedList(printer: AsmPrinter, name: string, values: readonly number[]): void {
  printer.text(` ${name} = `);
  printIntegerList(printer, values);
}

/** ` : from to to` for one operand and one result. */
export function parseFromTo(parser: AsmParser): { from: Type; to: Type } {
  parser.punctuation(':');
  const from = parser.type();
  parser.keyword('to');
  return { from, to: parser.type() };
}
export function printFromTo(printer: AsmPrinter, op: Operation): void {
  printer.text(' : ');
  printer.type(op.operand(0).type);
  printer.text(' to ');
  printer.type(op.result(0).type);
}

/** `%x : tensor<4xui8> to tensor<4xf32>`: a conversion of all elements. */
export const conversionAssembly: CustomAssembly = {
  canPrint: fitsDefinition,
  parse(parser, state) {
    const operand = parser.operand();
    parser.optionalAttrDict(state.attributes);
    const { from, to } = parseFromTo(parser);
    state.operands.push(parser.resolve(operand, from));
    state.resultTypes.push(to);
  },
  print(printer, op) {
    printer.space();
    printer.value(op.operand(0));
    printer.attrDict(op);
    printFromTo(printer, op);
  },
};

/** A scalar with its type, `0.0 : f32`; `true` and `false` stand for i1, `[1.0 : f32, -2.0 : f32]` for a complex number. */
export function parseTypedScalar(parser: AsmParser): Attribute {
  const offset = parser.offset();
  const value = parser.attribute();
  if (typeOfAttribute(value) === null && complexOf(value) === null)
    parser.error(`expected a scalar constant with its type, such as '0.0 : f32', got '${value}'`, offset);
  return value;
}
export function printTypedScalar(printer: AsmPrinter, value: Attribute): void {
  if (value instanceof IntegerAttr && value.isBool) {
    printer.attribute(value);
    return;
  }
  if (complexOf(value) !== null) {
    printer.attribute(value);
    return;
  }
  printer.attributeWithoutType(value);
  const type = typeOfAttribute(value);
  if (type) {
    printer.text(' : ');
    printer.type(type);
  }
}

/** ` (%n, %m)` after a type, or nothing: index operands. */
export function parseTrailingSizes(parser: AsmParser, state: OperationState): void {
  for (const size of parser.commaSeparated('optional-paren', () => parser.operand()))
    state.operands.push(parser.resolve(size, parser.context.index));
}
export function printTrailingSizes(printer: AsmPrinter, sizes: readonly Value[]): void {
  if (sizes.length === 0) return;
  printer.text(' (');
  printer.values(sizes);
  printer.text(')');
}
/** ` sizes(%n, %m)`, or nothing; the operands are returned unresolved because the tensor comes first. */
export function parseSizesClause(parser: AsmParser): () => Value[] {
  if (!parser.optionalKeyword('sizes')) return () => [];
  const sizes = parser.commaSeparated('paren', () => parser.operand());
  return () => sizes.map((s) => parser.resolve(s, parser.context.index));
}
export function printSizesClause(printer: AsmPrinter, sizes: readonly Value[]): void {
  if (sizes.length === 0) return;
  printer.text(' sizes(');
  printer.values(sizes);
  printer.text(')');
}

/** `{...}` without the attributes that the syntax shows and without segment sizes. */
export function printAttributes(printer: AsmPrinter, op: Operation, shown: readonly string[]): void {
  printer.attrDict(op, [...shown, AttrNames.operandSegmentSizes]);
}

export function dimText(size: number): string {
  return size === DYNAMIC ? '?' : String(size);
}
