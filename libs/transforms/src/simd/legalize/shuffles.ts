// Shuffles of wide vectors: each part of the result picks from the parts of the operands.
import { ShuffleOp } from '@budflow/dialect-simd';
import type { Builder, Operation, Value, VectorType } from '@budflow/ir';
import type { VectorLegalizer } from './legalizer.js';
import { isMask } from './masks.js';

/** A part that needs lanes of one or two others is one shuffle; of more, it is put together lane by lane. */
export function splitShuffle(legalizer: VectorLegalizer, builder: Builder, op: Operation): void {
  const type = op.result().type as VectorType;
  const width = Math.min(type.lanes, legalizer.lanes(type.element));
  const sources = op.operands.flatMap((v) =>
    isMask(v.type) ? legalizer.maskParts(builder, op, v, width) : legalizer.partsOf(v),
  );
  const each = (sources[0]!.type as VectorType).lanes;
  const picks = ShuffleOp.lanes(op).map((lane) => ({ source: sources[Math.floor(lane / each)]!, lane: lane % each }));
  const parts: Value[] = [];
  for (let at = 0; at < type.lanes; at += width) {
    const own = picks.slice(at, at + width);
    const used = [...new Set(own.map((p) => p.source))];
    const [lhs, rhs = lhs] = used;
    if (used.length > 2) {
      const scalars = own.map((p) => legalizer.lane(builder, op, p.source, p.lane));
      parts.push(...legalizer.fromScalars(builder, op, legalizer.context.vector([width], type.element), scalars));
      continue;
    }
    // A part as it is.
    if (lhs === rhs && each === width && own.every((p, l) => p.lane === l)) {
      parts.push(lhs!);
      continue;
    }
    parts.push(
      ShuffleOp.build(builder, op.loc, {
        lhs: lhs!,
        rhs: rhs!,
        lanes: own.map((p) => (p.source === lhs ? 0 : each) + p.lane),
        resultTypes: [legalizer.context.vector([width], type.element)],
      }),
    );
  }
  legalizer.setParts(op.result(), parts);
}
