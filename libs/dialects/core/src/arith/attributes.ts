// Attributes of arith: fast-math flags, integer overflow flags, rounding modes.

import type { RoundingMode } from '@budflow/interpreter';
import {
  type AsmParser,
  type Attribute,
  type AttrSpec,
  attr,
  DialectAttr,
  type DialectAttrDefinition,
  defaultAttr,
  defineAttribute,
  IntegerAttr,
  type Operation,
  optionalAttr,
} from '@budflow/ir';
import type { InlineAttribute } from '../support/assembly.js';

/** Bits of a fast-math attribute, MLIR's values. */
export const FastMath = {
  none: 0,
  reassoc: 1,
  nnan: 2,
  ninf: 4,
  nsz: 8,
  arcp: 16,
  contract: 32,
  afn: 64,
  fast: 127,
} as const;

/** Bits of an overflow attribute, MLIR's values. */
export const Overflow = { none: 0, nsw: 1, nuw: 2 } as const;

function parseFlags(parser: AsmParser, what: string, names: Readonly<Record<string, number>>): number {
  let bits = 0;
  parser.commaSeparated('angle', () => {
    const offset = parser.offset();
    const name = parser.anyKeyword(what);
    const bit = Object.hasOwn(names, name) ? names[name] : undefined;
    if (bit === undefined)
      parser.error(`expected ${what} to be one of: ${Object.keys(names).join(', ')}, got '${name}'`, offset);
    bits |= bit;
  });
  return bits;
}

function flagsText(bits: number, names: Readonly<Record<string, number>>, separator: string): string {
  const entries = Object.entries(names);
  const whole = entries.find(([, bit]) => bit === bits);
  if (whole) return `<${whole[0]}>`;
  return `<${entries
    .filter(([, bit]) => bit !== 0 && (bit & (bit - 1)) === 0 && (bits & bit) !== 0)
    .map(([name]) => name)
    .join(separator)}>`;
}

/** `#arith.fastmath<nnan,contract>`; its parameter is a set of FastMath bits. */
export const FastMathAttr: DialectAttrDefinition<number> = defineAttribute<number>({
  name: 'arith.fastmath',
  summary: 'Which liberties a float op may take.',
  parse: (parser) => parseFlags(parser, 'a fastmath flag', FastMath),
  print: (printer, bits) => printer.text(flagsText(bits, FastMath, ',')),
});

/** `#arith.overflow<nsw, nuw>`; its parameter is a set of Overflow bits. */
export const OverflowAttr: DialectAttrDefinition<number> = defineAttribute<number>({
  name: 'arith.overflow',
  summary: 'Overflows that do not happen: results are poison if they do.',
  parse: (parser) => parseFlags(parser, 'an overflow flag', Overflow),
  print: (printer, bits) => printer.text(flagsText(bits, Overflow, ', ')),
});

export const fastmathSpec: AttrSpec<number> = defaultAttr(attr.dialect(FastMathAttr), FastMath.none as number);
export const overflowSpec: AttrSpec<number> = defaultAttr(attr.dialect(OverflowAttr), Overflow.none as number);

function inlineFlags(
  name: string,
  keyword: string,
  definition: DialectAttrDefinition<number>,
  spec: AttrSpec<number>,
): InlineAttribute {
  return {
    name,
    spec: spec as unknown as AttrSpec<never>,
    parse(parser) {
      if (!parser.optionalKeyword(keyword)) return undefined;
      const bits = definition.parse(parser);
      return bits === 0 ? undefined : parser.context.dialectAttr(definition, bits);
    },
    print(printer, value) {
      const bits = (value as DialectAttr<number>).parameters;
      if (bits === 0) return;
      printer.text(` ${keyword}`);
      definition.print(printer, bits);
    },
  };
}

export const inlineFastmath: InlineAttribute = inlineFlags('fastmath', 'fastmath', FastMathAttr, fastmathSpec);
export const inlineOverflow: InlineAttribute = inlineFlags('overflowFlags', 'overflow', OverflowAttr, overflowSpec);

const ROUNDING_MODES = ['to_nearest_even', 'downward', 'upward', 'toward_zero', 'to_nearest_away'] as const;

/** The rounding mode of `arith.truncf`, an i32 in generic form; absent means to nearest, ties to even. */
export const roundingSpec: AttrSpec<RoundingMode | undefined> = optionalAttr<RoundingMode>({
  description: `one of ${ROUNDING_MODES.join(', ')}`,
  optional: false,
  check: (a) => a instanceof IntegerAttr && a.number >= 0 && a.number < ROUNDING_MODES.length,
  read: (a) => ROUNDING_MODES[(a as IntegerAttr).number]!,
  make: (c, v) => c.integerAttr(c.i32, ROUNDING_MODES.indexOf(v)),
});

export const inlineRounding: InlineAttribute = {
  name: 'roundingmode',
  spec: roundingSpec as unknown as AttrSpec<never>,
  parse(parser): Attribute | undefined {
    for (const mode of ROUNDING_MODES) if (parser.optionalKeyword(mode)) return roundingSpec.make(parser.context, mode);
    return undefined;
  },
  print: (printer, value) => printer.text(` ${ROUNDING_MODES[(value as IntegerAttr).number]}`),
};

/** The fast-math bits of an op; 0 when it has none. */
export function fastmathOf(op: Operation): number {
  const value = op.attr('fastmath');
  return value instanceof DialectAttr && value.definition === FastMathAttr ? (value.parameters as number) : 0;
}
