// Structural comparison of operations of one context: types and attributes by identity, values
// and blocks by position. Says where the first difference is.
import type { Block } from './block.js';
import type { Operation, Region } from './operation.js';
import type { Value } from './value.js';

class Comparison {
  private readonly values = new Map<Value, Value>();
  private readonly blocks = new Map<Block, Block>();
  private readonly uses: [Value, Value, string][] = [];

  ops(a: Operation, b: Operation, path: string): string | undefined {
    const here = `${path}/${a.name}`;
    if (a.name !== b.name) return `${here}: other op ${b.name}`;
    if (a.attributes !== b.attributes) return `${here}: attributes ${a.attributes} and ${b.attributes}`;
    if (a.operandCount !== b.operandCount) return `${here}: ${a.operandCount} and ${b.operandCount} operands`;
    if (a.resultCount !== b.resultCount) return `${here}: ${a.resultCount} and ${b.resultCount} results`;
    if (a.successors.length !== b.successors.length) return `${here}: other successors`;
    if (a.regions.length !== b.regions.length) return `${here}: ${a.regions.length} and ${b.regions.length} regions`;
    for (let i = 0; i < a.resultCount; i++) {
      if (a.result(i).type !== b.result(i).type)
        return `${here}: result ${i} is ${a.result(i).type} and ${b.result(i).type}`;
      this.values.set(a.result(i), b.result(i));
    }
    for (let i = 0; i < a.operandCount; i++) this.uses.push([a.operand(i), b.operand(i), `${here}: operand ${i}`]);
    for (let i = 0; i < a.successors.length; i++)
      if (this.blocks.get(a.successors[i]!) !== b.successors[i]) return `${here}: successor ${i} differs`;
    for (let i = 0; i < a.regions.length; i++) {
      const found = this.regions(a.regions[i]!, b.regions[i]!, `${here}.${i}`);
      if (found) return found;
    }
    return undefined;
  }

  private regions(a: Region, b: Region, path: string): string | undefined {
    if (a.blocks.length !== b.blocks.length) return `${path}: ${a.blocks.length} and ${b.blocks.length} blocks`;
    a.blocks.forEach((block, i) => {
      this.blocks.set(block, b.blocks[i]!);
    });
    for (let i = 0; i < a.blocks.length; i++) {
      const x = a.blocks[i]!;
      const y = b.blocks[i]!;
      if (x.arguments.length !== y.arguments.length) return `${path}^${i}: other number of arguments`;
      for (let k = 0; k < x.arguments.length; k++) {
        if (x.arguments[k]!.type !== y.arguments[k]!.type) return `${path}^${i}: argument ${k} has other type`;
        this.values.set(x.arguments[k]!, y.arguments[k]!);
      }
      const [xs, ys] = [x.ops, y.ops];
      if (xs.length !== ys.length) return `${path}^${i}: ${xs.length} and ${ys.length} operations`;
      for (let k = 0; k < xs.length; k++) {
        const found = this.ops(xs[k]!, ys[k]!, `${path}^${i}`);
        if (found) return found;
      }
    }
    return undefined;
  }

  operands(): string | undefined {
    for (const [a, b, where] of this.uses) if (this.values.get(a) !== b) return `${where} is another value`;
    return undefined;
  }
}

/** Undefined when the operations are equal in structure, else where and how they differ. Locations are not compared. */
export function structuralDifference(a: Operation, b: Operation): string | undefined {
  const comparison = new Comparison();
  return comparison.ops(a, b, '') ?? comparison.operands();
}
