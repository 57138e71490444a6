// Complex numbers and their parts.
import { ComplexOp, ImagOp, RealOp } from '@budflow/dialect-array';
import type { ComplexType, Value } from '@budflow/ir';
import type { HloSite } from './site.js';

export function partsOf(site: HloSite, value: Value): [real: Value, imaginary: Value] {
  const type = site.context.withElement(value.type, (site.elementOf(value) as ComplexType).element);
  const [real, imaginary] = [RealOp, ImagOp].map((op) =>
    op.build(site.rewriter, site.loc, { operand: value, resultTypes: [type] }),
  );
  return [real!, imaginary!];
}

export function complexOf(site: HloSite, real: Value, imaginary: Value): Value {
  const type = site.context.withElement(real.type, site.context.complex(site.elementOf(real)));
  return ComplexOp.build(site.rewriter, site.loc, { real, imaginary, resultTypes: [type] });
}
