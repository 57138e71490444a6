// The end of a conversion: casts nobody uses go, casts that cancel out fold, type converters bridge the rest.
import { Operation } from '@budflow/ir';
import { isDead } from '../fold.js';
import { type CastRecord, castSources } from './casts.js';
import type { IllegalOp } from './failure.js';
import type { ConversionRewriter } from './rewriter.js';

export interface CastsLeft {
  /** Casts that nothing bridges. */
  readonly casts: readonly CastRecord[];
  /** Ops that materializations made and that cannot be legalised. */
  readonly illegal: readonly IllegalOp[];
}

/** Materializations may need casts in turn; after so many rounds they are taken to go round in circles. */
const MAX_ROUNDS = 16;

export function resolveCasts(rewriter: ConversionRewriter, legalize: (op: Operation) => IllegalOp | null): CastsLeft {
  const illegal: IllegalOp[] = [];
  for (let round = 0; ; round++) {
    simplify(rewriter);
    const live = rewriter.casts.records.filter((r) => !r.op.isErased);
    if (live.length === 0 || round === MAX_ROUNDS || illegal.length > 0) return { casts: live, illegal };
    const mark = rewriter.journal.mark;
    let bridged = false;
    for (const record of live) if (!record.op.isErased && bridge(rewriter, record)) bridged = true;
    if (!bridged) return { casts: live, illegal };
    const end = rewriter.journal.mark;
    // Of what bridges several values not every part need be used: later ops read earlier ones.
    for (let i = end - 1; i >= mark; i--) {
      const change = rewriter.journal.changes[i]!;
      if (change instanceof Operation && !change.isErased && isDead(change)) rewriter.eraseOp(change);
    }
    for (let i = mark; i < end; i++) {
      const change = rewriter.journal.changes[i]!;
      if (!(change instanceof Operation) || change.isErased) continue;
      const failure = legalize(change);
      if (failure !== null) illegal.push(failure);
    }
  }
}

function simplify(rewriter: ConversionRewriter): void {
  const { records } = rewriter.casts;
  for (let changed = true; changed; ) {
    changed = false;
    // Later casts read earlier ones.
    for (let i = records.length - 1; i >= 0; i--) {
      const { op } = records[i]!;
      if (op.isErased || op.hasResultUses) continue;
      rewriter.eraseOp(op);
      changed = true;
    }
    for (const { op } of records) {
      if (op.isErased) continue;
      const sources = castSources(op);
      if (sources === null) continue;
      rewriter.replaceOp(op, sources);
      changed = true;
    }
  }
}

/** Replaces a cast by what its type converter makes; false when that is nothing. */
function bridge(rewriter: ConversionRewriter, { op, kind, converter, pattern }: CastRecord): boolean {
  if (converter === null) return false;
  const { journal } = rewriter;
  const mark = journal.mark;
  rewriter.setInsertionPoint(op);
  const scope = rewriter.enter(`${kind} materialization for '${pattern}'`, converter);
  const values = converter.materialize(kind, rewriter, op.resultTypes, op.operands, op.loc);
  rewriter.leave(scope);
  if (values === undefined || values.length !== op.resultCount || values.some((v, i) => v.type !== op.result(i).type)) {
    journal.undo(mark);
    return false;
  }
  rewriter.replaceOp(op, values);
  return true;
}
