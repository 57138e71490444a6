// array.reverse along dimensions of run-time size, where the index n - 1 - i is not a map of i alone.
import { ReverseOp } from '@budflow/dialect-array';
import { OpPattern, OpPatternKind } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';

export const lowerReverse: LoopLoweringMethods = {
  applies: (op) => OpPattern.of(op)?.pattern(op) === OpPatternKind.opaque,
  build(op, site) {
    const dims = ReverseOp.dims(op);
    const x = op.operand(0);
    site.parallel(site.sizes(op.result(0)), site.name, (point) => {
      const from = point.map((i, d) => (dims.includes(d) ? site.mirror(i, site.size(x, d)) : i));
      site.store(site.load(x, from), op.result(0), point);
    });
  },
};
