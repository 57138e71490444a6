// The `fastmath` attribute of float ops: forwarded to the arith and math ops of their bodies.
import { type Attribute, type AttrSpec, attr, optionalAttr } from '@budflow/ir';

export const fastmathAttribute: AttrSpec<Attribute | undefined> = optionalAttr(attr.any);
