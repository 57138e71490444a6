// Traits: unconditional properties of an operation kind. A trait may add a check to the verifier.
import { StringAttr } from './attribute.js';
import type { Context } from './context.js';
import { InternalError } from './errors.js';
import type { Operation } from './operation.js';
import { elementTypeOf, isShaped, TensorType, type Type, VectorType } from './type.js';
import type { Value } from './value.js';
import { AttrNames } from './well-known.js';

let nextTraitId = 0;

export interface Trait {
  readonly id: number;
  readonly name: string;
  /** Emits a diagnostic on `op` when the trait does not hold. */
  readonly verify: ((op: Operation) => void) | undefined;
  /** The type of the operand or result `to` follows from that of `from`; assembly formats infer it. */
  readonly typeRelations?: readonly TypeRelation[];
}

export interface TypeRelation {
  readonly from: string;
  readonly to: string;
  readonly type: (from: Type, context: Context) => Type;
}

export function defineTrait(
  name: string,
  verify?: (op: Operation) => void,
  typeRelations?: readonly TypeRelation[],
): Trait {
  return { id: nextTraitId++, name, verify, typeRelations };
}

/** No side effects, no undefined behaviour, deterministic: may be duplicated, moved and erased. */
export const Pure = defineTrait('Pure');
export const Commutative = defineTrait('Commutative');
/** f(f(x)) == f(x) */
export const Idempotent = defineTrait('Idempotent');
/** f(f(x)) == x */
export const Involution = defineTrait('Involution');
/** Materialises its attribute `value` (or what its fold returns) as the single result. */
export const ConstantLike = defineTrait('ConstantLike');
export const Terminator = defineTrait('Terminator', (op) => {
  if (op.parent && op.parent.lastOp !== op)
    op.emitError('verify.terminator-position', 'must be the last operation in the parent block');
});
/** Ends a callable: its operands are the results of the call. */
export const ReturnLike = defineTrait('ReturnLike');
/** Regions see no values from outside. */
export const IsolatedFromAbove = defineTrait('IsolatedFromAbove');
/** Symbols in its single region live in a table of their own. */
export const SymbolTableTrait = defineTrait('SymbolTable');
/** Defines the symbol in its attribute `sym_name`. */
export const SymbolTrait = defineTrait('Symbol', (op) => {
  if (!(op.attr(AttrNames.symName) instanceof StringAttr))
    op.emitError('verify.symbol-name', "requires string attribute 'sym_name'");
});
/** Every region has at most one block. */
export const SingleBlock = defineTrait('SingleBlock', (op) => {
  for (const region of op.regions)
    if (region.blocks.length > 1)
      op.emitError('verify.single-block', `expects region with a single block, got ${region.blocks.length}`);
});
/** Blocks of its regions need no terminator. */
export const NoTerminator = defineTrait('NoTerminator');
/** Regions are graphs: uses need not be dominated by definitions. */
export const GraphRegion = defineTrait('GraphRegion');
/** Operand groups are told apart by `operandSegmentSizes`. */
export const AttrSizedOperandSegments = defineTrait('AttrSizedOperandSegments');
/** Result groups are told apart by `resultSegmentSizes`. */
export const AttrSizedResultSegments = defineTrait('AttrSizedResultSegments');
/** A region op whose values can be hoisted into freely (allocations belong to it). */
export const AutomaticAllocationScope = defineTrait('AutomaticAllocationScope');

export const SameTypeOperands = defineTrait('SameTypeOperands', (op) => {
  for (let i = 1; i < op.operandCount; i++) {
    if (op.operand(i).type !== op.operand(0).type) {
      op.emitError(
        'verify.same-type-operands',
        `requires all operands to have the same type, got ${op.operand(0).type} and ${op.operand(i).type}`,
      );
      return;
    }
  }
});

export const SameOperandsAndResultType = defineTrait('SameOperandsAndResultType', (op) => {
  if (haveOneType(op)) return;
  const first = op.operandCount ? op.operand(0).type : op.resultCount ? op.result(0).type : null;
  for (const value of [...op.operands, ...op.results]) {
    if (value.type !== first && !compatible(value.type, first)) {
      op.emitError(
        'verify.same-operands-and-result-type',
        `requires the same type for all operands and results, got ${first} and ${value.type}`,
      );
      return;
    }
  }
});

/** The operands and results with these names all have one type; a format need mention only one of them. */
export function allTypesMatch(...names: [string, string, ...string[]]): Trait {
  const relations = names.flatMap((from) =>
    names.filter((to) => to !== from).map((to) => ({ from, to, type: (t: Type) => t })),
  );
  return defineTrait(
    `AllTypesMatch(${names.join(', ')})`,
    (op) => {
      const types = names.flatMap((name) => typesNamed(op, name));
      const other = types.find((t) => t !== types[0]);
      if (other)
        op.emitError(
          'verify.types-match',
          `requires ${names.join(', ')} to have the same type, got ${types[0]} and ${other}`,
        );
    },
    relations,
  );
}

/** The type of `to` is `type` of that of `from` (e.g. the i1 vector that goes with a vector). */
export function typesMatchWith(from: string, to: string, type: (from: Type, context: Context) => Type): Trait {
  return defineTrait(
    `TypesMatchWith(${from}, ${to})`,
    (op) => {
      const [source] = typesNamed(op, from);
      if (!source) return;
      const wanted = type(source, op.context);
      const other = typesNamed(op, to).find((t) => t !== wanted);
      if (other)
        op.emitError(
          'verify.types-match',
          `requires ${to} of type ${wanted} to go with ${from} of type ${source}, got ${other}`,
        );
    },
    [{ from, to, type }],
  );
}

/** Types of the operand or result group with a name. */
function typesNamed(op: Operation, name: string): Type[] {
  const accessor = (
    op.info.definition as unknown as Record<string, ((op: Operation) => Value | Value[] | undefined) | undefined>
  )?.[name];
  if (!accessor) throw new InternalError(`${op.name} has no operand or result '${name}'`, op);
  const values = accessor(op);
  return values === undefined ? [] : Array.isArray(values) ? values.map((v) => v.type) : [values.type];
}

/** Whether all operands and results have the same type: the usual case, found without allocating. */
function haveOneType(op: Operation): boolean {
  const type = (op.operand0 ?? op.result0)?.type;
  for (let i = 1; i < op.operandCount; i++) if (op.operand(i).type !== type) return false;
  if (op.result0 === null) return true;
  return op.result0.type === type && (op.moreResults === null || op.moreResults.every((r) => r.type === type));
}

function compatible(a: Type, b: Type | null): boolean {
  if (!(a instanceof TensorType) || !(b instanceof TensorType)) return false;
  return (
    a.element === b.element &&
    a.rank === b.rank &&
    a.shape.every((d, i) => d === b.shape[i] || d < 0 || b.shape[i]! < 0)
  );
}

/** Applies element by element to scalars, vectors and tensors: all shaped operands and results agree in shape. */
export const Elementwise = defineTrait('Elementwise', (op) => {
  if (haveOneType(op)) return;
  let shape: readonly number[] | null = null;
  let isVector = false;
  for (const value of [...op.operands, ...op.results]) {
    if (!isShaped(value.type)) continue;
    const other = value.type.shape;
    if (shape === null) {
      shape = other;
      isVector = value.type instanceof VectorType;
    } else if (isVector !== value.type instanceof VectorType) {
      op.emitError('verify.elementwise-shape', 'requires operands and results to be all vectors or all tensors');
      return;
    } else if (shape.length !== other.length || shape.some((d, i) => d !== other[i] && d >= 0 && other[i]! >= 0)) {
      op.emitError('verify.elementwise-shape', 'requires operands and results of the same shape');
      return;
    }
  }
  if (
    op.resultCount &&
    shape !== null &&
    !op.results.some((r) => isShaped(r.type)) &&
    elementTypeOf(op.result(0).type) === op.result(0).type
  )
    op.emitError('verify.elementwise-result', 'requires a shaped result when an operand is shaped');
});
