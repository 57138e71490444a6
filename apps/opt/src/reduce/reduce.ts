// Shrinks a program that shows a failure: applies all reductions, from coarse to fine, until none of them finds anything
// smaller. Deterministic: the same program, test and limits give the same result. After Zeller's delta debugging and
// Misherghi's hierarchical form of it; mlir-reduce and C-Reduce have the same structure.
import { dropAttributes, simplifyAttributes } from './reductions/attributes.js';
import { deleteOps, replaceOps, simplifyOperands } from './reductions/ops.js';
import { cutBlocks, dropBodies, mergeBlocks, straightenBranches, unwrapRegions } from './reductions/regions.js';
import { dropCarriedValues, dropFunctionValues, dropOperandsAndResults } from './reductions/signatures.js';
import { shrinkNumbers, shrinkShapes, simplifyTypes } from './reductions/text.js';
import { BudgetExhausted, countOps, Session, type SessionOptions } from './session.js';

type Reduction = readonly [name: string, run: (session: Session) => Promise<void>];

const REDUCTIONS: readonly Reduction[] = [
  ['delete ops', deleteOps],
  ['drop bodies of functions', dropBodies],
  ['straighten branches', straightenBranches],
  ['merge blocks', mergeBlocks],
  ['cut blocks', cutBlocks],
  ['unwrap regions', unwrapRegions],
  ['drop arguments and results of functions', dropFunctionValues],
  ['drop carried values', dropCarriedValues],
  ['replace ops', replaceOps],
  ['simplify operands', simplifyOperands],
  ['drop operands and results', dropOperandsAndResults],
  ['drop attributes', dropAttributes],
  ['shrink shapes', shrinkShapes],
  ['simplify types', simplifyTypes],
  ['simplify attributes', simplifyAttributes],
  ['shrink numbers', shrinkNumbers],
];

export interface Reduced {
  readonly text: string;
  /** Ops besides the module. */
  readonly ops: number;
  /** Candidates tested, and how many of them were smaller and interesting. */
  readonly steps: number;
  readonly accepted: number;
  /** Whether limits ended the search. */
  readonly exhausted: boolean;
}

/**
 * Shrinks `text`, a valid program for which the oracle holds.
 * @throws Error when the program is not valid
 */
export async function reduceProgram(text: string, options: SessionOptions): Promise<Reduced> {
  const session = new Session(text, options);
  let exhausted = false;
  try {
    for (let before = Number.POSITIVE_INFINITY; session.cost < before; ) {
      before = session.cost;
      for (const [name, run] of REDUCTIONS) {
        session.reduction = name;
        await run(session);
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error;
    exhausted = true;
  }
  return {
    text: session.text,
    ops: countOps(session.module),
    steps: session.steps,
    accepted: session.accepted,
    exhausted,
  };
}
