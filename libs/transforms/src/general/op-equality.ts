// When two ops compute the same: same kind, attributes, operands, result types, and bodies that are equal up to the
// names of values; and a hash table of ops by that equality.
import { type Block, Commutative, Operation, type Region, type Value } from '@budflow/ir';

/** A number for a value: its position. Values of different blocks may collide, which only costs a comparison. */
function valueNumber(value: Value): number {
  const { owner } = value;
  if (owner instanceof Operation) return (Math.imul(owner.order, 31) + value.index) | 0;
  return ~(Math.imul(owner.parent?.parent?.order ?? 0, 31) + value.index);
}

function mix(hash: number, n: number): number {
  const h = Math.imul(hash ^ n, 0x9e3779b1);
  return h ^ (h >>> 15);
}

/** A 30-bit hash, equal for equal ops of blocks whose order is up to date. */
export function hashOp(op: Operation): number {
  let h = mix(op.info.id, op.attributes.id);
  const count = op.operandCount;
  if (count === 2 && op.info.hasTrait(Commutative)) {
    const a = valueNumber(op.operand0!);
    const b = valueNumber(op.operand1!);
    h = mix(mix(h, Math.min(a, b)), Math.max(a, b));
  } else for (let i = 0; i < count; i++) h = mix(h, valueNumber(op.operand(i)));
  h = mix(h, op.result0 === null ? 0 : op.result0.type.id);
  if (op.ownRegions !== null) {
    for (const region of op.ownRegions) {
      h = mix(h, region.blocks.length);
      for (let inner = region.blocks[0]?.firstOp ?? null; inner; inner = inner.next)
        h = mix(h, inner.info.id ^ inner.attributes.id);
    }
  }
  return h & 0x3fffffff;
}

/** A 32-bit hash of all ops inside an op, equal for ops with equal bodies. */
export function hashNested(op: Operation): number {
  let h = 0;
  op.walk((inner) => {
    if (inner !== op) h = mix(mix(h, inner.info.id), inner.attributes.id);
  });
  return h;
}

/** Whether two ops have equal results wherever both may stand. Successors are not looked through: they must be the same. */
export function sameOp(a: Operation, b: Operation): boolean {
  return equal(a, b, null, null);
}

function equal(
  a: Operation,
  b: Operation,
  values: Map<Value, Value> | null,
  blocks: Map<Block, Block> | null,
): boolean {
  const count = a.operandCount;
  if (a.info !== b.info || a.attributes !== b.attributes || count !== b.operandCount || a.resultCount !== b.resultCount)
    return false;
  const same = (x: Value, y: Value) => x === y || (values !== null && values.get(x) === y);
  let operands = true;
  for (let i = 0; i < count && operands; i++) operands = same(a.operand(i), b.operand(i));
  if (!operands) {
    if (
      count !== 2 ||
      !a.info.hasTrait(Commutative) ||
      !same(a.operand0!, b.operand1!) ||
      !same(a.operand1!, b.operand0!)
    )
      return false;
  }
  for (let i = 0; i < a.resultCount; i++) if (a.result(i).type !== b.result(i).type) return false;
  const successors = a.successors;
  if (successors.length !== b.successors.length) return false;
  for (let i = 0; i < successors.length; i++) {
    const [x, y] = [successors[i]!, b.successors[i]!];
    if (x !== y && blocks?.get(x) !== y) return false;
  }
  if (a.ownRegions === null && b.ownRegions === null) return true;
  if (a.regions.length !== b.regions.length) return false;
  const innerValues = values ?? new Map<Value, Value>();
  const innerBlocks = blocks ?? new Map<Block, Block>();
  return a.regions.every((region, i) => equalRegions(region, b.region(i), innerValues, innerBlocks));
}

function equalRegions(a: Region, b: Region, values: Map<Value, Value>, blocks: Map<Block, Block>): boolean {
  if (a.blocks.length !== b.blocks.length) return false;
  // Names first: a block may branch to a later one, and a graph region may use a later value.
  for (let i = 0; i < a.blocks.length; i++) {
    const [x, y] = [a.blocks[i]!, b.blocks[i]!];
    if (x.arguments.length !== y.arguments.length) return false;
    blocks.set(x, y);
    for (let k = 0; k < x.arguments.length; k++) {
      if (x.arguments[k]!.type !== y.arguments[k]!.type) return false;
      values.set(x.arguments[k]!, y.arguments[k]!);
    }
    let p = x.firstOp;
    let q = y.firstOp;
    for (; p && q; p = p.next, q = q.next) {
      if (p.resultCount !== q.resultCount) return false;
      for (let k = 0; k < p.resultCount; k++) values.set(p.result(k), q.result(k));
    }
    if (p || q) return false;
  }
  for (let i = 0; i < a.blocks.length; i++) {
    let q = b.blocks[i]!.firstOp;
    for (let p = a.blocks[i]!.firstOp; p && q; p = p.next, q = q.next) if (!equal(p, q, values, blocks)) return false;
  }
  return true;
}

/** Ops by equality, with scopes: what was added after a mark goes when the mark is released. */
export class OpTable {
  private readonly table = new Map<number, Operation | Operation[]>();
  private readonly hashes: number[] = [];

  find(op: Operation, hash: number): Operation | undefined {
    const found = this.table.get(hash);
    if (found === undefined) return undefined;
    if (found instanceof Operation) return !found.isErased && sameOp(found, op) ? found : undefined;
    return found.find((other) => !other.isErased && sameOp(other, op));
  }
  add(op: Operation, hash: number): void {
    this.hashes.push(hash);
    const found = this.table.get(hash);
    if (found === undefined) this.table.set(hash, op);
    else if (found instanceof Operation) this.table.set(hash, [found, op]);
    else found.push(op);
  }
  mark(): number {
    return this.hashes.length;
  }
  release(mark: number): void {
    // An outermost scope takes the table with it.
    if (mark === 0) {
      this.clear();
      return;
    }
    while (this.hashes.length > mark) {
      const hash = this.hashes.pop()!;
      const found = this.table.get(hash);
      // The last op entered under a hash is the last of its list.
      if (Array.isArray(found) && found.length > 1) found.pop();
      else this.table.delete(hash);
    }
  }
  clear(): void {
    if (this.hashes.length === 0) return;
    this.table.clear();
    this.hashes.length = 0;
  }
}
