// Text of function signatures: `@f(%a: i32 {attrs}, ...) -> (i32 {attrs}, ...)`.
import {
  ArrayAttr,
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  DictionaryAttr,
  type FunctionType,
  FunctionType as FunctionTypeClass,
  type RegionArgument,
  type Type,
  type Value,
} from '@budflow/ir';

export interface ParsedSignature {
  readonly inputs: Type[];
  readonly results: Type[];
  /** One for each input of a definition; empty for a declaration without names. */
  readonly args: RegionArgument[];
  /** Dictionaries of arguments and results; null where there are none at all. */
  readonly argAttrs: ArrayAttr | null;
  readonly resAttrs: ArrayAttr | null;
}

function dictionaries(parser: AsmParser, list: readonly Map<string, Attribute>[]): ArrayAttr | null {
  if (list.every((m) => m.size === 0)) return null;
  return parser.context.arrayAttr(list.map((m) => parser.context.dictionary([...m])));
}

export function parseSignature(parser: AsmParser): ParsedSignature {
  const inputs: Type[] = [];
  const args: RegionArgument[] = [];
  const argAttrs: Map<string, Attribute>[] = [];
  parser.commaSeparated('paren', () => {
    const offset = parser.offset();
    const name = parser.optionalOperand();
    if (name) {
      if (args.length !== inputs.length) parser.error('expected a type: the arguments before have no names', offset);
      parser.punctuation(':');
    } else if (args.length > 0) parser.error('expected an argument name: the arguments before have names', offset);
    const type = parser.type();
    inputs.push(type);
    const attributes = new Map<string, Attribute>();
    parser.optionalAttrDict(attributes);
    const location = parser.optionalLocation();
    if (name) args.push({ operand: name, type, location });
    argAttrs.push(attributes);
  });
  const results: Type[] = [];
  const resAttrs: Map<string, Attribute>[] = [];
  if (parser.optionalPunctuation('->')) {
    if (parser.optionalPunctuation('(')) {
      if (!parser.optionalPunctuation(')')) {
        do {
          results.push(parser.type());
          const attributes = new Map<string, Attribute>();
          parser.optionalAttrDict(attributes);
          resAttrs.push(attributes);
        } while (parser.optionalPunctuation(','));
        parser.punctuation(')');
      }
    } else {
      results.push(parser.type());
      resAttrs.push(new Map());
    }
  }
  return { inputs, results, args, argAttrs: dictionaries(parser, argAttrs), resAttrs: dictionaries(parser, resAttrs) };
}

function dictionaryAt(attrs: Attribute | undefined, index: number): DictionaryAttr | undefined {
  const dictionary = attrs instanceof ArrayAttr ? attrs.elements[index] : undefined;
  return dictionary instanceof DictionaryAttr ? dictionary : undefined;
}
function printDictionary(printer: AsmPrinter, attrs: Attribute | undefined, index: number): void {
  const dictionary = dictionaryAt(attrs, index);
  if (dictionary && dictionary.size > 0) {
    printer.space();
    printer.attribute(dictionary);
  }
}

/** `args` are the entry block's arguments, null for a declaration. */
export function printSignature(
  printer: AsmPrinter,
  type: FunctionType,
  args: readonly Value[] | null,
  argAttrs: Attribute | undefined,
  resAttrs: Attribute | undefined,
): void {
  printer.text('(');
  type.inputs.forEach((input, i) => {
    if (i > 0) printer.text(', ');
    if (args) printer.regionArgument(args[i]!, dictionaryAt(argAttrs, i));
    else {
      printer.type(input);
      printDictionary(printer, argAttrs, i);
    }
  });
  printer.text(')');
  const { results } = type;
  if (results.length === 0) return;
  const first = resAttrs instanceof ArrayAttr ? resAttrs.elements[0] : undefined;
  const bare =
    results.length === 1 &&
    !(results[0] instanceof FunctionTypeClass) &&
    !(first instanceof DictionaryAttr && first.size > 0);
  printer.text(bare ? ' -> ' : ' -> (');
  results.forEach((result, i) => {
    if (i > 0) printer.text(', ');
    printer.type(result);
    printDictionary(printer, resAttrs, i);
  });
  if (!bare) printer.text(')');
}
