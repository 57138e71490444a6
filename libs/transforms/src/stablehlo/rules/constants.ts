// Constants.
import { IotaOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  type Attribute,
  type Context,
  DenseElementsAttr,
  DenseResourceAttr,
  elementCount,
  storageWidth,
  TensorType,
} from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';

export const CONSTANTS: HloRules = {
  ...ruleFor(hlo.ConstantOp, {
    equation: 'constant c == array.constant c;  of a resource the numbers in it',
    refuses(op) {
      const elements = elementsOf(op.context, hlo.ConstantOp.value(op));
      return typeof elements === 'string' ? elements : undefined;
    },
    convert: (site) => [site.constant(elementsOf(site.context, hlo.ConstantOp.value(site.op)) as DenseElementsAttr)],
  }),
  ...ruleFor(hlo.IotaOp, {
    equation: 'iota d == array.iota d',
    convert: (site) => [
      IotaOp.build(site.rewriter, site.loc, {
        dim: hlo.IotaOp.iota_dimension(site.op),
        sizes: [],
        resultTypes: [site.type()],
      }),
    ],
  }),
};

/** The numbers of a constant; why there are none. */
function elementsOf(context: Context, value: Attribute): DenseElementsAttr | string {
  if (value instanceof DenseElementsAttr) return value;
  if (!(value instanceof DenseResourceAttr) || !(value.type instanceof TensorType))
    return 'its value is not a list of numbers';
  const { type, key } = value;
  const blob = context.resources.get('builtin')?.get(key);
  if (blob === undefined) return `the file has no resource '${key}' with its numbers`;
  // One byte for an element of less than eight bits.
  const size = elementCount(type.shape)! * storageWidth(type.element)!;
  return blob.bytes.length === size
    ? context.denseElements(type, blob.bytes, { splat: false })
    : `resource '${key}' has ${blob.bytes.length} bytes, ${type} needs ${size}`;
}
