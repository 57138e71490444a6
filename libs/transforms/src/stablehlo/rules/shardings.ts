// Where values are to be on a mesh of devices: there is one device.
import * as hlo from '@budflow/dialect-stablehlo';
import { type HloRules, ruleFor } from '../rule.js';

export const SHARDINGS: HloRules = {
  ...ruleFor(hlo.ShardingConstraintOp, {
    equation: 'sharding_constraint x == x',
    convert: (site) => [site.operand(0)],
  }),
  ...ruleFor(hlo.ShardyMeshOp, { equation: 'mesh == nothing', convert: () => [] }),
};
