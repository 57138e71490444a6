// Assembly of the elementwise ops: `%a, %b fastmath<fast> : f32` and `%a : f32 to i32`.
import type {
  AsmParser,
  AsmPrinter,
  Attribute,
  AttrSpec,
  CustomAssembly,
  Operation,
  UnresolvedOperand,
} from '@budflow/ir';

/** An attribute written between the operands and the colon: `keyword<...>`, or a bare word. */
export interface InlineAttribute {
  readonly name: string;
  parse(parser: AsmParser): Attribute | undefined;
  /** Prints with the space before; nothing for the default. */
  print(printer: AsmPrinter, value: Attribute): void;
  readonly spec: AttrSpec<never>;
}

function parseInline(parser: AsmParser, attributes: Map<string, Attribute>, inline: readonly InlineAttribute[]): void {
  for (const item of inline) {
    const value = item.parse(parser);
    if (value) attributes.set(item.name, value);
  }
}

function printInline(printer: AsmPrinter, op: Operation, inline: readonly InlineAttribute[]): void {
  for (const item of inline) {
    const value = op.attr(item.name);
    if (value) item.print(printer, value);
  }
}

function fits(op: Operation, operandCount: number, inline: readonly InlineAttribute[]): boolean {
  if (op.operandCount !== operandCount || op.resultCount !== 1 || op.ownRegions !== null || op.ownSuccessors !== null)
    return false;
  for (const item of inline) {
    const value = op.attr(item.name);
    if (value && !item.spec.check(value)) return false;
  }
  return true;
}

function nextOperand(parser: AsmParser): UnresolvedOperand {
  parser.punctuation(',');
  return parser.operand();
}

/** `%a, %b inline {attrs} : type`: one to three operands and a result of one type. */
export function sameTypeAssembly(operandCount: 1 | 2 | 3, ...inline: InlineAttribute[]): CustomAssembly {
  const elided = inline.map((i) => i.name);
  return {
    plain: { kind: 'same', operands: operandCount },
    canPrint(op) {
      if (!fits(op, operandCount, inline)) return false;
      const { type } = op.result(0);
      for (let i = 0; i < operandCount; i++) if (op.operand(i).type !== type) return false;
      return true;
    },
    parse(parser, state) {
      // Most ops of a module are read here: no list of operands is made.
      const first = parser.operand();
      const second = operandCount > 1 ? nextOperand(parser) : null;
      const third = operandCount > 2 ? nextOperand(parser) : null;
      parseInline(parser, state.attributes, inline);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      state.operands.push(parser.resolve(first, type));
      if (second) state.operands.push(parser.resolve(second, type));
      if (third) state.operands.push(parser.resolve(third, type));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      for (let i = 0; i < operandCount; i++) {
        if (i > 0) printer.text(', ');
        printer.value(op.operand(i));
      }
      printInline(printer, op, inline);
      printer.attrDict(op, elided);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  };
}

/** `%a inline {attrs} : from to to`. */
export function castAssembly(...inline: InlineAttribute[]): CustomAssembly {
  const elided = inline.map((i) => i.name);
  return {
    plain: { kind: 'cast' },
    canPrint: (op) => fits(op, 1, inline),
    parse(parser, state) {
      const operand = parser.operand();
      parseInline(parser, state.attributes, inline);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.operands.push(parser.resolve(operand, parser.type()));
      parser.keyword('to');
      state.resultTypes.push(parser.type());
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printInline(printer, op, inline);
      printer.attrDict(op, elided);
      printer.text(' : ');
      printer.type(op.operand(0).type);
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  };
}
