// Sparse constant propagation: which values are the same constant in every execution. Run together with dead-code
// analysis it is conditional: what a branch on a constant never reaches does not count. After Wegman and Zadeck.

import { interpretPureOp } from '@budflow/interpreter';
import {
  type Attribute,
  ConstantLike,
  elementCount,
  isMemoryEffectFree,
  isShaped,
  type Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { constantOf, isAttribute } from '@budflow/rewrite';
import { DeadCodeAnalysis } from './dead-code.js';
import type { Anchor, DataFlowAnalysis, DataFlowSolver, ProgramPoint } from './solver.js';
import { Lattice, SparseForwardAnalysis } from './sparse-forward.js';

/** Undefined: nothing seen yet. An attribute: always this constant. Null: it varies. */
export class ConstantValue extends Lattice<ConstantValue> {
  value: Attribute | null | undefined = undefined;

  override join(other: ConstantValue): boolean {
    return other.value === undefined ? false : this.set(other.value);
  }
  set(value: Attribute | null): boolean {
    if (this.value === value || this.value === null) return false;
    this.value = this.value === undefined ? value : null;
    return true;
  }
  override toString(): string {
    return this.value === undefined ? 'unseen' : this.value === null ? 'varies' : this.value.toString();
  }
  static readonly kind = { name: 'constant', make: (anchor: Anchor): ConstantValue => new ConstantValue(anchor) };
}

/** Constants of more elements are not made: they would bloat the IR. As in canonicalize. */
const MAX_ELEMENTS = 4096;

function isSmall(type: Type): boolean {
  return !isShaped(type) || (elementCount(type.shape) ?? Number.POSITIVE_INFINITY) <= MAX_ELEMENTS;
}

export class ConstantPropagation extends SparseForwardAnalysis<ConstantValue> {
  constructor(solver: DataFlowSolver) {
    super(solver, ConstantValue.kind);
  }

  override prepare(): void {
    this.solver
      .loaded(DeadCodeAnalysis)
      ?.useConstants((value: Value, reader: DataFlowAnalysis, point: ProgramPoint) =>
        this.constantFor(value, reader, point),
      );
  }

  /** The constant a value always is, after the run; null when it has none, or is never computed. */
  constantOf(value: Value): Attribute | null {
    return this.of(value)?.value ?? null;
  }

  private constantFor(value: Value, reader: DataFlowAnalysis, point: ProgramPoint): Attribute | null | undefined {
    const state = this.state(value);
    const points = state.dependents.get(reader);
    if (points === undefined) state.dependents.set(reader, new Set([point]));
    else points.add(point);
    return state.value;
  }

  protected override setUnknown(state: ConstantValue): void {
    this.update(state, state.set(null));
  }

  protected override transfer(
    op: Operation,
    operands: readonly ConstantValue[],
    results: readonly ConstantValue[],
  ): void {
    if (op.info.hasTrait(ConstantLike)) {
      const value = constantOf(op);
      this.update(results[0]!, results[0]!.set(value));
      return;
    }
    if (op.ownRegions !== null || op.info.definition === null) {
      for (const result of results) this.setUnknown(result);
      return;
    }
    // Wait until every operand was seen: an optimistic answer may then be final.
    if (operands.some((o) => o.value === undefined)) return;
    const constants = operands.map((o) => o.value!);
    const folded = this.fold(op, constants);
    results.forEach((result, i) => {
      const value = folded?.[i];
      if (value === undefined) this.setUnknown(result);
      else if (value instanceof ConstantValue) this.update(result, result.join(value));
      else this.update(result, result.set(value));
    });
  }

  private fold(op: Operation, constants: readonly (Attribute | null)[]): (Attribute | ConstantValue)[] | null {
    const fold = op.info.definition!.spec.fold;
    const all = constants.every((c) => c !== null);
    if (fold) {
      const answer = fold(op, constants);
      if (answer !== null) {
        const list = Array.isArray(answer) ? answer : [answer];
        if (list.length === op.resultCount)
          return list.map((r) => (isAttribute(r) ? r : this.read(ConstantValue.kind, r, op)));
      }
    }
    if (!all || constants.length === 0 || !isMemoryEffectFree(op) || !op.results.every((r) => isSmall(r.type)))
      return null;
    return interpretPureOp(op, constants as Attribute[]);
  }
}
