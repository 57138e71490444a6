// An exact description of the IR below an op as a list of numbers, equal iff nothing changed. Only for checks: it
// costs a walk over everything.
import type { Operation } from '@budflow/ir';

export class Fingerprinter {
  private readonly ids = new WeakMap<object, number>();
  private nextId = 1;

  private id(object: object | null): number {
    if (object === null) return 0;
    let id = this.ids.get(object);
    if (id === undefined) {
      id = this.nextId++;
      this.ids.set(object, id);
    }
    return id;
  }

  of(root: Operation): number[] {
    const list: number[] = [];
    root.walk((op) => {
      list.push(this.id(op), this.id(op.parent), op.info.id, op.attributes.id, op.operandCount);
      for (const operand of op.operands) list.push(this.id(operand));
      for (const result of op.results) list.push(this.id(result), result.type.id);
      for (const successor of op.successors) list.push(this.id(successor));
      for (const region of op.regions) {
        list.push(this.id(region));
        for (const block of region.blocks) {
          list.push(this.id(block));
          for (const argument of block.arguments) list.push(this.id(argument), argument.type.id);
        }
      }
    });
    return list;
  }
}

export function sameFingerprint(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
