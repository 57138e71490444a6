// The `fastmath` attribute of float ops: a set of FastMath bits, forwarded to the arith and math ops of their bodies.
import { fastmathSpec } from '@budflow/dialect-core';
import type { AttrSpec } from '@budflow/ir';

export const fastmathAttribute: AttrSpec<number> = fastmathSpec;
