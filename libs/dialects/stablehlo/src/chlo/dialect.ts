// The chlo dialect.
import { type Dialect, defineDialect } from '@budflow/ir';
import * as broadcast from './broadcast.js';
import * as elementwise from './elementwise.js';
import * as enums from './enums.js';
import { ChloConstantOp, ConstantLikeOp, RaggedDotOp, ScanOp, TopKOp } from './other.js';

export const chloDialect: Dialect = defineDialect({
  name: 'chlo',
  summary: 'What front ends write that StableHLO has no op for',
  description:
    'Functions that are made of StableHLO ops, and elementwise ops that broadcast. JAX leaves them in what it exports.',
  ops: [
    ...Object.values(elementwise),
    ...Object.values(broadcast),
    ChloConstantOp,
    ConstantLikeOp,
    TopKOp,
    RaggedDotOp,
    ScanOp,
  ],
  attributes: [
    enums.ChloComparisonDirection,
    enums.ChloComparisonType,
    enums.ChloPrecision,
    enums.RaggedDotDimensionNumbers,
  ],
});
