// The casts that a conversion puts between old and new types while it runs. At its end most are gone: nobody uses them, or
// two of them cancel out. For the others the type converter is asked; what it does not answer is an error with a history.
import { type LocationRef, Operation, type OpInfo, type Type, type Value } from '@budflow/ir';
import type { Change, Journal } from './journal.js';
import type { MaterializationKind, TypeConverter } from './type-converter.js';

export const CAST_NAME = 'builtin.unrealized_conversion_cast';

export interface CastRecord {
  readonly op: Operation;
  readonly kind: MaterializationKind;
  readonly converter: TypeConverter | null;
  /** What the value of the old type is or was, e.g. `result 0 of 'a.op'`. */
  readonly subject: string;
  /** Name of the pattern that asked for the cast. */
  readonly pattern: string;
}

/** A cast was made; undoing it takes it off the list. */
export class CastCreated implements Change {
  private readonly records: CastRecord[];
  constructor(records: CastRecord[], record: CastRecord) {
    this.records = records;
    records.push(record);
  }
  undo(): void {
    this.records.pop()!.op.erase();
  }
}

export class CastList {
  readonly records: CastRecord[] = [];
  private readonly journal: Journal;
  private readonly info: OpInfo;
  /** Target casts by the value they convert, where there are any. */
  private readonly targets = new Map<Value, Operation[]>();

  constructor(journal: Journal, info: OpInfo) {
    this.journal = journal;
    this.info = info;
  }

  /** Inserts a cast in front of `before`, or at the end of the block. */
  insert(
    record: Omit<CastRecord, 'op'>,
    inputs: readonly Value[],
    types: readonly Type[],
    loc: LocationRef,
    place: { readonly block: NonNullable<Operation['parent']>; readonly before: Operation | null },
  ): Operation {
    const op = Operation.create(this.info, loc, inputs, types);
    place.block.insertBefore(op, place.before);
    this.journal.push(new CastCreated(this.records, { ...record, op }));
    if (record.kind === 'target') {
      const list = this.targets.get(inputs[0]!);
      if (list) list.push(op);
      else this.targets.set(inputs[0]!, [op]);
    }
    return op;
  }

  /** A cast of the value to exactly these types that was made before. */
  findTarget(value: Value, types: readonly Type[]): Operation | undefined {
    return this.targets
      .get(value)
      ?.find((op) => !op.isErased && op.operandCount === 1 && op.operand0 === value && resultsHaveTypes(op, types));
  }
}

/** Whether the results of an op have these types, in order. */
export function resultsHaveTypes(op: Operation, types: readonly Type[]): boolean {
  if (op.resultCount !== types.length) return false;
  for (let i = 0; i < types.length; i++) if (op.result(i).type !== types[i]) return false;
  return true;
}

/**
 * The values a cast's results stand for when they can be had without it: its inputs, or those of a cast further up the
 * chain of casts it reads. Null when no types fit.
 */
export function castSources(cast: Operation): readonly Value[] | null {
  for (let at: Operation = cast; ; ) {
    const inputs = at.operands;
    // cast x : t to t == x;  cast(cast x : t to u) : u to t == x
    if (inputs.length > 0 && haveTypes(inputs, cast)) return inputs;
    const inner = inputs[0]?.definingOp;
    if (!inner || inner === cast || inner.info !== cast.info || inner.resultCount !== inputs.length) return null;
    for (let i = 0; i < inputs.length; i++) if (inner.result(i) !== inputs[i]) return null;
    at = inner;
  }
}
function haveTypes(values: readonly Value[], cast: Operation): boolean {
  return values.length === cast.resultCount && values.every((v, i) => v.type === cast.result(i).type);
}
