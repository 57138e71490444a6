// What an access of a nest does when a loop moves: the questions that the heuristics ask.
import type { Access } from '@budflow/analysis';
import { linearIndexOf } from '@budflow/dialect-loop';
import { DYNAMIC, MemRefType, type Operation, type Value } from '@budflow/ir';
import { SHORT_STRIDE } from '../../simd/legalize/interleaved.js';
import { LARGEST_RECORD } from '../vectorize/interleaved-stores.js';

export function isInside(loop: Operation, value: Value): boolean {
  const block = value.parentBlock;
  return block?.parentOp !== undefined && block.parentOp !== null && loop.isAncestorOf(block.parentOp);
}

export function coefficient(subscript: Value, iv: Value): number | 'other' {
  const linear = linearIndexOf(subscript);
  return linear ? (linear.terms.get(iv) ?? 0) : 'other';
}

export function dependsOn(access: Access, iv: Value): boolean {
  return access.subscripts === null || access.subscripts.some((s) => coefficient(s, iv) !== 0);
}

/** Moves by one element when `iv` does, in the last dimension only. */
export function unitStride(access: Access, iv: Value): boolean {
  const { subscripts } = access;
  if (subscripts === null || subscripts.length === 0) return false;
  return subscripts.every((s, d) => coefficient(s, iv) === (d === subscripts.length - 1 ? 1 : 0));
}

/** Elements in memory that a step of `iv` moves the access; null when that is not a constant. */
export function elementStride(access: Access, iv: Value): number | null {
  const type = access.root.type;
  if (access.subscripts === null || !(type instanceof MemRefType) || type.layout !== null) return null;
  let stride = 0;
  let size = 1;
  for (let d = access.subscripts.length - 1; d >= 0; d--) {
    const moved = coefficient(access.subscripts[d]!, iv);
    if (moved === 'other' || (moved !== 0 && size < 0)) return null;
    stride += moved * size;
    size = type.shape[d] === DYNAMIC ? -1 : size * type.shape[d]!;
  }
  return stride;
}

/** Number of different elements that the reads touch in `rows` iterations next to each other. */
export function distinctReads(reads: readonly Access[], iv: Value, rows: number): number {
  const seen = new Set<string>();
  const ids = new Map<Value, number>();
  const id = (value: Value): number => {
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value)!;
  };
  reads.forEach((access, n) => {
    for (let row = 0; row < rows; row++) {
      const place = access.subscripts?.map((s) => {
        const linear = linearIndexOf(s);
        if (!linear) return `?${n},${row}`;
        const terms = [...linear.terms].map(([value, c]) => `${id(value)}*${c}`).sort();
        return [linear.constant + row * (linear.terms.get(iv) ?? 0), ...terms].join('+');
      });
      seen.add(`${id(access.root)}[${place?.join() ?? `${n},${row}`}]`);
    }
  });
  return seen.size;
}

/** Reads so close together that contiguous loads and shuffles serve it. */
export function shortStride(access: Access, iv: Value): boolean {
  const stride = access.kind === 'read' ? elementStride(access, iv) : null;
  return stride !== null && stride >= 1 && stride <= SHORT_STRIDE;
}

/** Reads of records of which at least half is read: they are loaded whole and taken apart. */
export function recordReads(reads: readonly Access[], iv: Value): Set<Access> {
  const found = new Set<Access>();
  const groups = new Map<string, Access[]>();
  const roots = new Map<Value, number>();
  for (const access of reads) {
    const stride = elementStride(access, iv);
    if (stride === null || stride < 2 || stride > LARGEST_RECORD) continue;
    if (!roots.has(access.root)) roots.set(access.root, roots.size);
    const key = `${roots.get(access.root)},${stride}`;
    groups.set(key, [...(groups.get(key) ?? []), access]);
  }
  for (const [key, group] of groups)
    if (2 * distinctReads(group, iv, 1) >= Number(key.split(',')[1])) for (const access of group) found.add(access);
  return found;
}

export function argumentOf(func: Operation, access: Access): number | undefined {
  const block = func.region(0).entry;
  const at = block.arguments.indexOf(access.root);
  return at < 0 ? undefined : at;
}

/** Whether some subscript moves with both variables, as under a window that slides. */
export function mixes(access: Access, a: Value, b: Value): boolean {
  return (
    access.subscripts === null || access.subscripts.some((s) => coefficient(s, a) !== 0 && coefficient(s, b) !== 0)
  );
}
