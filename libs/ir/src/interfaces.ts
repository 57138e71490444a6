// Interfaces of the core, implemented by many dialects.
import { type Attribute, IntegerAttr } from './attribute.js';
import type { Block } from './block.js';
import { defineInterface } from './define-interface.js';
import type { Operation, Region } from './operation.js';
import { Pure } from './traits.js';
import { IndexType } from './type.js';
import type { Value } from './value.js';

export type EffectKind = 'read' | 'write' | 'allocate' | 'free';

export interface Effect {
  readonly kind: EffectKind;
  /** The value whose memory is touched; null means memory not known to the IR. */
  readonly value: Value | null;
}

/** What memory an operation touches. An op without this interface and without the Pure trait may do anything. */
export const MemoryEffects = defineInterface<{
  /** Effects of the op itself; with `recursive` those of nested ops come on top. */
  effects(op: Operation): readonly Effect[];
  readonly recursive?: boolean;
}>('MemoryEffects');

/** All effects including nested ops; null when unknown. */
export function effectsOf(op: Operation): Effect[] | null {
  const list: Effect[] = [];
  return collectEffects(op, list) ? list : null;
}

function collectEffects(op: Operation, list: Effect[]): boolean {
  const methods = MemoryEffects.of(op);
  if (methods) list.push(...methods.effects(op));
  else if (!op.info.hasTrait(Pure)) return false;
  if (methods?.recursive || (!methods && op.ownRegions)) {
    for (const region of op.regions)
      for (const block of region.blocks)
        for (let inner = block.firstOp; inner; inner = inner.next) if (!collectEffects(inner, list)) return false;
  }
  return true;
}

/** True when the op has no effects: it may be erased when its results are unused. */
export function isMemoryEffectFree(op: Operation): boolean {
  const methods = MemoryEffects.of(op);
  if (!methods) {
    if (!op.info.hasTrait(Pure)) return false;
    if (op.ownRegions === null) return true;
  }
  if (methods !== undefined && methods.recursive !== true) return methods.effects(op).length === 0;
  const effects = effectsOf(op);
  return effects !== null && effects.length === 0;
}

/** Dead-code test: only reads and allocates memory nobody else sees. */
export function wouldBeTriviallyDead(op: Operation): boolean {
  if (op.hasResultUses || op.ownSuccessors !== null) return false;
  if (op.info.traits.length === 0 && op.info.definition === null) return false;
  if (op.ownRegions === null && op.info.hasTrait(Pure) && MemoryEffects.of(op) === undefined) return true;
  const effects = effectsOf(op);
  return (
    effects !== null &&
    effects.every((e) => e.kind === 'read' || (e.kind === 'allocate' && e.value !== null && e.value.definingOp === op))
  );
}

/** A terminator that passes operands to successor blocks. */
export const BranchOp = defineInterface<{
  /** Operand range [start, end) forwarded to the arguments of successor `index`. */
  successorOperands(op: Operation, index: number): { start: number; end: number };
  /** Passes other values to a successor; as many as it has arguments then. Without it, arguments are not changed. */
  setSuccessorOperands?(op: Operation, index: number, values: readonly Value[]): void;
  /** The successor taken for constant operands, if that is known. */
  successorFor?(op: Operation, operands: readonly (Attribute | null)[]): Block | undefined;
}>('BranchOp');

export const CallOp = defineInterface<{
  /** The symbol called, or the value. */
  callee(op: Operation): string | Value;
  arguments(op: Operation): Value[];
}>('CallOp');

export const CallableOp = defineInterface<{
  /** The body; null for a declaration. */
  body(op: Operation): Region | null;
}>('CallableOp');

/** One way in which control goes on among the regions of an op. */
export interface RegionEdge {
  /** The region entered; null when the op is done and has its results. */
  readonly to: Region | null;
  /** Operands [start, end) of the op or terminator that is left are passed on ... */
  readonly start: number;
  readonly end: number;
  /** ... to the entry arguments (or results) from this index on. The op makes the other ones itself. */
  readonly first: number;
}

/** An op whose regions run in some order and pass values to each other: conditionals and loops. */
export const RegionBranch = defineInterface<{
  /**
   * Where control may go from `from`: the op itself, when it is entered, or a terminator directly in one of its regions.
   * `operands` are those of `from` as far as they are constants.
   */
  edges(op: Operation, from: Operation, operands: readonly (Attribute | null)[]): readonly RegionEdge[];
}>('RegionBranch');

/** For ops that have a say in inlining; all others may be copied into another function. */
export const Inlinable = defineInterface<{
  /** On an op in the body of a callee: why it cannot be copied elsewhere; null when it can. */
  refusal?(op: Operation): string | null;
  /** On a callable: why its calls must stay; null when they need not. */
  callableRefusal?(op: Operation): string | null;
  /** On a call: why it must stay; null when it need not. */
  callRefusal?(op: Operation): string | null;
}>('Inlinable');

/** A structured loop. */
export const LoopLike = defineInterface<{
  body(op: Operation): Region;
  inductionVariables(op: Operation): Value[];
  /** Moves an op in front of the loop; the caller has proved that this is legal. */
  isDefinedOutside(op: Operation, value: Value): boolean;
}>('LoopLike');

/** How an operation wants its values named in text. Names are suggestions: the printer makes them unique. */
export const AsmNames = defineInterface<{
  /** Name (without %) of a result. A name for a later result than the first starts a new group: `%a, %b:2 = ...`. */
  resultName?(op: Operation, index: number): string | undefined;
  /** Name (without %) of an argument of a block in one of the op's regions. */
  argumentName?(op: Operation, argument: Value): string | undefined;
  /** The dialect whose prefix is dropped from the names of ops directly inside the op's regions. */
  readonly defaultDialect?: string;
}>('AsmNames');

/** MLIR's usual name of a constant: `c5`, `c5_i32`, `true`, `cst`. */
export function constantName(value: Attribute): string {
  if (!(value instanceof IntegerAttr)) return 'cst';
  if (value.isBool) return value.value ? 'true' : 'false';
  return value.type instanceof IndexType ? `c${value.value}` : `c${value.value}_${value.type}`;
}

/** For ops whose undefined behaviour depends on their operands (division, shifts): when they may run where they would not have. */
export const ConditionallySpeculatable = defineInterface<{ isSpeculatable(op: Operation): boolean }>(
  'ConditionallySpeculatable',
);

/** Whether the op itself may be executed where it would not have been (hoisted, if-converted): it cannot fail or be noticed. */
export function isSpeculatable(op: Operation): boolean {
  const methods = ConditionallySpeculatable.of(op);
  return methods ? methods.isSpeculatable(op) : op.info.hasTrait(Pure);
}
