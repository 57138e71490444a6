// Folding one operation: what its results are when that can be said without creating anything but constants.
import {
  Attribute,
  Commutative,
  ConstantLike,
  DenseElementsAttr,
  elementCount,
  type FoldResult,
  Idempotent,
  InternalError,
  Involution,
  isShaped,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  SymbolTrait,
  Terminator,
  type Type,
  type Value,
  wouldBeTriviallyDead,
} from '@budflow/ir';

/** Evaluates a pure op on constants: one attribute for each result, or null when it cannot (it would trap, say). */
export type DefaultFold = (op: Operation, operands: readonly Attribute[]) => readonly Attribute[] | null;

export interface FoldOptions {
  /** Tried when an op's own fold gives nothing and all operands are constants; interpretation, in the compiler. */
  readonly defaultFold?: DefaultFold | undefined;
  /** `defaultFold` makes no constants of more elements than this, but splats of splats; default 4096. */
  readonly maxFoldedElements?: number | undefined;
}

/** The attribute a ConstantLike op stands for; null for other ops. */
export function constantOf(op: Operation): Attribute | null {
  if (!op.info.hasTrait(ConstantLike)) return null;
  const value = op.attributes.get('value');
  if (value !== undefined) return value;
  const folded = op.info.definition?.spec.fold?.(op, NO_OPERANDS);
  const first = Array.isArray(folded)
    ? (folded as readonly FoldResult[])[0]
    : (folded as FoldResult | null | undefined);
  return first !== undefined && first !== null && isAttribute(first) ? first : null;
}

/** The constant a value is known to be; null when it is none. */
export function constantValue(value: Value): Attribute | null {
  const op = value.definingOp;
  return op === null || !op.info.hasTrait(ConstantLike) ? null : constantOf(op);
}

export function isAttribute(result: FoldResult): result is Attribute {
  return result instanceof Attribute;
}

/**
 * What replaces the results of `op`, one value or constant for each; null when nothing folds. The op is left as it is.
 * Tried in turn: the fold of its definition, the equations of its traits (`f(f(x)) == f(x)`, `f(f(x)) == x`), and
 * `defaultFold` when all operands are constants. A ConstantLike op does not fold.
 */
export function foldOp(op: Operation, options: FoldOptions = {}): readonly FoldResult[] | null {
  const { info } = op;
  const { definition } = info;
  if (definition === null || op.result0 === null || info.hasTrait(ConstantLike)) return null;
  const fold = definition.spec.fold;
  const interpret =
    options.defaultFold !== undefined &&
    op.operandCount > 0 &&
    op.ownRegions === null &&
    info.hasTrait(Pure) &&
    !(fold?.evaluates === true);
  if (fold || interpret) {
    const count = op.operandCount;
    let operands = count < NONE_CONSTANT.length ? NONE_CONSTANT[count]! : new Array<null>(count).fill(null);
    let constants = 0;
    for (let i = 0; i < count; i++) {
      const constant = constantValue(op.operand(i));
      if (constant === null) continue;
      if (constants++ === 0) operands = operands.slice();
      (operands as (Attribute | null)[])[i] = constant;
    }
    if (fold && (constants === count || fold.constantsOnly !== true)) {
      const folded = fold(op, operands);
      if (folded !== null) {
        const list = Array.isArray(folded) ? (folded as readonly FoldResult[]) : [folded as FoldResult];
        if (list.length > 0) return checked(op, list);
      }
    }
    const isSmall = (): boolean => resultsAreSmall(op, options.maxFoldedElements ?? 4096);
    if (interpret && constants === count && (isSplatCombined(op, operands) || isSmall())) {
      const folded = options.defaultFold!(op, operands as Attribute[]);
      if (folded !== null) return checked(op, folded);
    }
  }
  return foldByTraits(op);
}

/** Idempotent: f(f(x)) == f(x). Involution: f(f(x)) == x. */
function foldByTraits(op: Operation): FoldResult[] | null {
  const idempotent = op.info.hasTrait(Idempotent);
  if (!idempotent && !op.info.hasTrait(Involution)) return null;
  if (op.operandCount !== 1 || op.resultCount !== 1) return null;
  const inner = op.operand0!.definingOp;
  if (inner === null || inner.info !== op.info || inner.attributes !== op.attributes || inner.operandCount !== 1)
    return null;
  const replacement = idempotent ? op.operand0! : inner.operand0!;
  return replacement.type === op.result0!.type ? [replacement] : null;
}

/** `c + x == x + c`: swaps the operands of a commutative op whose first is constant and second is not. */
export function constantGoesRight(op: Operation): boolean {
  if (op.operandCount !== 2 || !op.info.hasTrait(Commutative)) return false;
  const left = op.operand0!.definingOp;
  if (left === null || !left.info.hasTrait(ConstantLike)) return false;
  const right = op.operand1!.definingOp;
  return right === null || !right.info.hasTrait(ConstantLike);
}

/** Whether the op can be erased: unused results and no effect. Terminators and symbols stay. */
export function isDead(op: Operation): boolean {
  if (op.hasResultUses) return false;
  if (op.info.hasTrait(Terminator) || op.info.hasTrait(SymbolTrait)) return false;
  return wouldBeTriviallyDead(op);
}

/** Whether an elementwise op combines constants of one element each, however large: its result is one, too. */
function isSplatCombined(op: Operation, operands: readonly (Attribute | null)[]): boolean {
  return (
    operands.every((a) => a instanceof DenseElementsAttr && a.splat) &&
    OpPattern.of(op)?.pattern(op) === OpPatternKind.elementwise
  );
}

function resultsAreSmall(op: Operation, limit: number): boolean {
  for (let i = 0; i < op.resultCount; i++) if (!isSmall(op.result(i).type, limit)) return false;
  return true;
}

function isSmall(type: Type, limit: number): boolean {
  if (!isShaped(type)) return true;
  const count = elementCount(type.shape);
  return count !== undefined && count <= limit;
}

function checked(op: Operation, results: readonly FoldResult[]): readonly FoldResult[] {
  if (results.length !== op.resultCount)
    throw new InternalError(`fold of ${op.name} gave ${results.length} results for ${op.resultCount}`, op);
  for (let i = 0; i < results.length; i++) {
    const result = results[i]!;
    if (!isAttribute(result) && result.type !== op.result(i).type)
      throw new InternalError(`fold of ${op.name} gave a value of type ${result.type} for ${op.result(i).type}`, op);
  }
  return results;
}

const NO_OPERANDS: readonly null[] = [];
/** What folds get when no operand is constant, as nearly always, by the number of operands. */
const NONE_CONSTANT: readonly (readonly (Attribute | null)[])[] = [[], [null], [null, null], [null, null, null]];
