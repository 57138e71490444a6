// A group of ops that will be one kernel, while fusion is being decided.
import { ConstantOp } from '@budflow/dialect-array';
import { DenseElementsAttr, type Operation, StructuredOp, TensorType, type Value } from '@budflow/ir';
import { type Accesses, addAccess, countAccesses, operandMap, rankOf, throughOp } from './accesses.js';
import { isPatchwork } from './patches.js';

/** Constants that are part of the code; others are operands. */
export function isInlineConstant(op: Operation): boolean {
  if (!ConstantOp.is(op)) return false;
  const value = ConstantOp.value(op);
  return value instanceof DenseElementsAttr && value.splat;
}

interface Member {
  readonly accesses: Accesses;
  readonly stage: boolean;
}

export class Group {
  readonly root: Operation;
  /** Members with where the group reads them; the root is read by nobody here. */
  private readonly entries = new Map<Operation, Member>();
  /** Members other than the root whose results leave the kernel too. */
  readonly yielded = new Set<Operation>();
  /** Scalar computations that the lowering emits for the inlined members. */
  emitted = 0;
  /** Loop nests of the root: several where it reads tensors of several pieces. */
  boxes = 1;

  constructor(root: Operation) {
    this.root = root;
    this.entries.set(root, { accesses: new Map(), stage: true });
  }

  has(op: Operation): boolean {
    return this.entries.has(op);
  }
  get members(): Operation[] {
    return [...this.entries.keys()];
  }
  isStage(op: Operation): boolean {
    return this.entries.get(op)?.stage === true;
  }
  get stages(): Operation[] {
    return this.members.filter((op) => this.isStage(op));
  }
  get hasReduction(): boolean {
    return this.stages.some((op) => StructuredOp.of(op)!.reduction !== undefined);
  }

  /** Members of several pieces that have no buffer, with where they are read. */
  patches(): (readonly [Operation, Accesses])[] {
    return [...this.entries].flatMap(([op, { accesses, stage }]) =>
      !stage && isPatchwork(StructuredOp.of(op)!) ? [[op, accesses] as const] : [],
    );
  }

  /** How the members read the results of `op`. */
  readsOf(op: Operation): Accesses {
    const reads: Accesses = new Map();
    for (const result of op.results) {
      result.forEachUse((user, index) => {
        const member = this.entries.get(user);
        if (!member) return;
        if (!member.stage) throughOp(user, 0, member.accesses, index, reads);
        else {
          const map = operandMap(user, index);
          if (map) addAccess(reads, user, map);
        }
      });
    }
    return reads;
  }

  add(op: Operation, accesses: Accesses, { stage, boxes }: { readonly stage: boolean; readonly boxes?: number }): void {
    this.boxes = boxes ?? this.boxes;
    this.entries.set(op, { accesses, stage });
    this.emitted += stage ? 1 : countAccesses(accesses);
  }

  /** Tensors the kernel reads or writes in memory that are not single elements, if `extra` joined. */
  streams(extra?: Operation): number {
    const members = new Set(this.entries.keys());
    if (extra) members.add(extra);
    const values = new Set<Value>();
    for (const member of members) {
      for (const operand of member.operands) {
        const definition = operand.definingOp;
        if (!(operand.type instanceof TensorType) || rankOf(operand) === 0) continue;
        if (definition && (members.has(definition) || isInlineConstant(definition))) continue;
        values.add(operand);
      }
    }
    for (const op of [this.root, ...this.yielded])
      for (const result of op.results) if (rankOf(result) > 0) values.add(result);
    return values.size;
  }
}
