// The two types of IRDL: handles to a constraint on an attribute or type, and to a constraint on a region.
import {
  type Context,
  type DialectType,
  defineAttribute,
  defineType,
  DialectType as Handle,
  typeConstraint,
} from '@budflow/ir';

const noParameters = { parse: () => null, print: () => {} };

export const IrdlAttributeType = defineType<null>({
  name: 'irdl.attribute',
  summary: 'A constraint on an attribute, or on a type as an attribute.',
  ...noParameters,
});
export const IrdlRegionType = defineType<null>({
  name: 'irdl.region',
  summary: 'A constraint on a region.',
  ...noParameters,
});

export function constraintType(context: Context): DialectType<null> {
  return context.dialectType(IrdlAttributeType, null);
}
export function regionType(context: Context): DialectType<null> {
  return context.dialectType(IrdlRegionType, null);
}

/** Operand or result that is a constraint. */
export const ConstraintHandle = typeConstraint(
  'an IRDL constraint (!irdl.attribute)',
  (t) => t instanceof Handle && t.definition === IrdlAttributeType,
  constraintType,
);
/** Operand or result that is a constraint on a region. */
export const RegionHandle = typeConstraint(
  'an IRDL region constraint (!irdl.region)',
  (t) => t instanceof Handle && t.definition === IrdlRegionType,
  regionType,
);

export const VARIADICITIES = ['single', 'optional', 'variadic'] as const;
/** How many values one entry of `irdl.operands` or `irdl.results` stands for: one, none or one, any number. */
export type Variadicity = (typeof VARIADICITIES)[number];

/** `#irdl<variadicity_array[single, optional]>` */
export const VariadicityArray = defineAttribute<readonly Variadicity[]>({
  name: 'irdl.variadicity_array',
  summary: 'How many values each entry of a list stands for.',
  parse(parser) {
    return parser.commaSeparated('square', () => {
      const at = parser.offset();
      const word = parser.anyKeyword('single, optional or variadic');
      const found = VARIADICITIES.find((v) => v === word);
      return found ?? parser.error(`expected single, optional or variadic, got '${word}'`, at);
    });
  },
  print: (printer, list) => printer.text(`[${list.join(', ')}]`),
});
