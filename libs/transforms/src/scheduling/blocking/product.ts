// Nests that read like a matrix product, whatever they were written as: result[.., i, .., j] += left[.., i, .., k] *
// right[.., k, .., j]. Convolutions are among them: in NHWC, image columns and output features are the rows and columns of
// a product whose contracted loops are the window and the input features; in NCHW, output features and image columns are.
import { type Access, collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import { byteWidth, FloatType, type Operation, type Type } from '@budflow/ir';
import type { Target } from '@budflow/target';
import { dependsOn } from '../heuristics/accesses.js';
import { nameOf, parallelChain } from '../heuristics/names.js';
import type { SchedulingSite } from '../heuristics/site.js';

/** A nest like that of a product: result[.., i, .., j] += left[.., i, .., k] * right[.., k, .., j]. */
export interface Product {
  /** Parallel loops outside of `i`, and those between `i` and `j`. */
  readonly outer: readonly string[];
  readonly between: readonly string[];
  readonly i: Operation;
  readonly j: Operation;
  /** Contracted loops, outermost first. */
  readonly contracted: readonly Operation[];
  readonly left: Access;
  readonly right: Access;
}

/** The sequential loops that are directly inside of one another, from the body of `loop` inwards. */
function contractedLoops(loop: Operation): Operation[] {
  const found: Operation[] = [];
  for (let at = loop; ; ) {
    const inner = ForOp.body(at).entry.ops.filter((op) => ForOp.is(op));
    const next = inner.length === 1 && /\.r\d+$/.test(nameOf(inner[0]!)) ? inner[0]! : undefined;
    if (!next) return inner.length === 0 ? found : [];
    found.push(next);
    at = next;
  }
}

/** The product that a root nest is, or undefined. */
export function productOf(site: SchedulingSite, root: Operation): Product | undefined {
  const chain = parallelChain(root);
  if (chain.length < 2) return undefined;
  const j = site.loop(chain[chain.length - 1]!)!;
  const contracted = contractedLoops(j);
  const [first] = contracted;
  if (!first) return undefined;
  const variables = contracted.map(inductionVariable);
  const reads = collectAccesses(first).accesses.filter(
    (a) => a.kind === 'read' && variables.some((v) => dependsOn(a, v)),
  );
  if (reads.length !== 2) return undefined;
  const on = (a: Access, loop: Operation) => dependsOn(a, inductionVariable(loop));
  const found: Product[] = [];
  for (let at = chain.length - 2; at >= 0; at--) {
    const i = site.loop(chain[at]!)!;
    const right = reads.find((a) => on(a, j) && !on(a, i));
    const left = reads.find((a) => on(a, i) && !on(a, j));
    if (right && left)
      found.push({ outer: chain.slice(0, at), between: chain.slice(at + 1, -1), i, j, contracted, left, right });
  }
  // The innermost with rows for a tile.
  return found.find(({ i }) => site.trips(i) >= FEW_ROWS) ?? found[0];
}

/** Rows that fill the smallest register tile. */
const FEW_ROWS = 4;

/** Bytes of an element that an access reads. */
export function elementBytes(access: Access): number {
  return byteWidth((access.memref.type as { element: Type } & Type).element) ?? 4;
}

/** Iterations of nested loops together; undefined when some are not known. */
export function tripsOf(loops: readonly Operation[]): number | undefined {
  let product = 1;
  for (const loop of loops) {
    const trips = constantTripCount(loop);
    if (trips === undefined) return undefined;
    product *= trips;
  }
  return product;
}

/** Whether the terms of a product are multiplied and added by one instruction of the machine, and nothing else. */
export function isFused(target: Target, contracted: readonly Operation[]): boolean {
  if (target.fma === 'none') return false;
  let sums = 0;
  let others = 0;
  contracted[0]?.walk((op) => {
    if (op.name === 'math.fma' && (target.fma === 'exact' || op.attr('relaxed'))) sums++;
    else if (op.info.dialect === 'arith' && op.result().type instanceof FloatType) others++;
  });
  return sums > 0 && others === 0;
}
