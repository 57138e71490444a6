// Checks of one registered operation against its definition: counts, constraints, attributes, traits. Prepared once per
// op name, so that verifying an op walks flat arrays.

import { groupBounds } from '../assembly/groups.js';
import { baseConstraint } from '../assembly/type-plan.js';
import { type Attribute, DenseArrayAttr, type DictionaryAttr } from '../attribute.js';
import type { Block } from '../block.js';
import type { AttrSpec, TypeConstraint, ValueConstraint } from '../constraints.js';
import type { RegionSpec } from '../define-op.js';
import { BranchOp } from '../interfaces.js';
import type { OpInfo } from '../op-info.js';
import type { Operation } from '../operation.js';
import {
  AttrSizedOperandSegments,
  AttrSizedResultSegments,
  Elementwise,
  NoTerminator,
  SameOperandsAndResultType,
  SameTypeOperands,
  SymbolTableTrait,
  SymbolTrait,
  type Trait,
} from '../traits.js';
import { IntegerType, type Type } from '../type.js';
import { AttrNames } from '../well-known.js';

interface GroupChecks {
  readonly what: 'operand' | 'result';
  readonly constraints: readonly ValueConstraint[];
  readonly types: readonly TypeConstraint[];
  /** How many groups hold exactly one value. */
  readonly fixed: number;
  readonly segments: string | null;
  readonly optional: boolean;
}

function groupChecks(
  what: 'operand' | 'result',
  record: Record<string, ValueConstraint> | undefined,
  sized: boolean,
): GroupChecks {
  const constraints = Object.values(record ?? {});
  const flexible = constraints.filter((c) => c.kind !== 'one');
  return {
    what,
    constraints,
    types: constraints.map(baseConstraint),
    fixed: constraints.length - flexible.length,
    segments:
      flexible.length > 1 || sized
        ? what === 'operand'
          ? AttrNames.operandSegmentSizes
          : AttrNames.resultSegmentSizes
        : null,
    optional: flexible.length === 1 && flexible[0]!.kind === 'optional',
  };
}

/** Traits whose checks look at types only. */
const OF_TYPES: ReadonlySet<Trait> = new Set([SameTypeOperands, SameOperandsAndResultType, Elementwise]);

/** Remembered ops for each op name (a power of two), and the fields of one. */
const REMEMBERED = 16;
const FIELDS = 7;

/** Number of the verification at work; what depends on symbols holds for one of them. */
let currentRun = 0;

/** Call before verifying: what was remembered about symbols is forgotten. */
export function startRun(): void {
  currentRun++;
}

/** The checks of an op name that has a definition. */
export function verificationOf(info: OpInfo): OpVerification {
  info.verification ??= new OpVerification(info);
  return info.verification;
}

export class OpVerification {
  private readonly operands: GroupChecks;
  private readonly results: GroupChecks;
  // biome-ignore lint/suspicious/noExplicitAny: specs of different value types
  private readonly attributes: readonly (readonly [string, AttrSpec<any>])[];
  private readonly regions: readonly (readonly [string, RegionSpec])[];
  private readonly variadicRegions: boolean;
  private readonly needsTerminator: boolean;
  private readonly successors: number | 'variadic';
  /** Traits whose checks depend on types only, and the others. */
  private readonly typeTraits: readonly Trait[];
  private readonly traits: readonly Trait[];
  /**
   * Ops that were right, FIELDS each: number of operands, types of the result and of up to three operands,
   * attributes; block, when it depends on symbols.
   */
  private readonly seen: (Type | DictionaryAttr | Block | number | null)[];
  private readonly mask: number;
  private readonly custom: ((op: Operation) => void) | undefined;
  /** Whether ops are right together: those that have equal types and attributes, and see the same symbols if need be. */
  private readonly reads: 'signature' | 'symbols' | 'anything';
  private currentRun = 0;
  /** Whether a remembered op needs no further checks. */
  readonly isLocal: boolean;
  private readonly branches: boolean;
  /** Runs after everything nested was verified. */
  readonly verifyRegions: ((op: Operation) => void) | undefined;

  constructor(info: OpInfo) {
    const { spec } = info.definition!;
    this.operands = groupChecks('operand', spec.operands, info.hasTrait(AttrSizedOperandSegments));
    this.results = groupChecks('result', spec.results, info.hasTrait(AttrSizedResultSegments));
    this.attributes = Object.entries(spec.attributes ?? {});
    this.regions = Object.entries(spec.regions ?? {});
    this.variadicRegions = this.regions.at(-1)?.[1].variadic === true;
    this.needsTerminator = !info.hasTrait(NoTerminator);
    this.successors = spec.successors === 'variadic' ? 'variadic' : (spec.successors?.length ?? 0);
    // A trait that relates types looks at nothing else.
    const ofTypes = (t: Trait) => OF_TYPES.has(t) || t.typeRelations !== undefined;
    this.typeTraits = (spec.traits ?? []).filter((t) => t.verify && ofTypes(t));
    this.traits = (spec.traits ?? []).filter((t) => t.verify && !ofTypes(t));
    this.custom = spec.verify;
    this.reads = spec.verify === undefined ? 'signature' : (spec.verifyReads ?? 'anything');
    this.isLocal =
      this.reads === 'signature' &&
      this.traits.length === 0 &&
      !info.hasTrait(SymbolTrait) &&
      !info.hasTrait(SymbolTableTrait);
    // Where an attribute is required, there are as many kinds of right ops as it has values.
    const remembered = this.attributes.some(([, a]) => !a.optional) ? 8 * REMEMBERED : REMEMBERED;
    this.mask = remembered - 1;
    this.seen = new Array<null>(remembered * FIELDS).fill(null);
    this.branches = BranchOp.ofInfo(info) !== undefined;
    this.verifyRegions = spec.verifyRegions;
  }

  /**
   * Emits what is wrong with the op itself; later checks rely on earlier ones and only run when those hold.
   * `errors` tells how many errors were emitted so far.
   */
  run(op: Operation, errors: () => number): void {
    const before = errors();
    const whole = this.reads !== 'anything' && this.traits.length === 0;
    if (this.repeats(op)) {
      if (whole) return;
    } else {
      this.signature(op, errors);
      if (!whole && errors() === before) this.remember(op);
      if (errors() > before) return;
    }
    for (const trait of this.traits) trait.verify!(op);
    if (this.branches && op.ownSuccessors !== null) verifySuccessorOperands(op);
    if (errors() > before) return;
    this.custom?.(op);
    if (whole && errors() === before) this.remember(op);
  }
  private signature(op: Operation, errors: () => number): void {
    const before = errors();
    this.counts(op);
    if (errors() > before) return;
    this.groups(op, this.operands);
    this.groups(op, this.results);
    this.attributeSpecs(op);
    this.regionSpecs(op);
    if (errors() > before) return;
    for (const trait of this.typeTraits) trait.verify!(op);
  }

  /** Whether a local op is right, judged silently; false also for ops that are more than values and attributes. */
  isRight(op: Operation): boolean {
    if (this.repeats(op)) return true;
    if (this.slot(op) < 0) return false;
    let errors = 0;
    op.context.diagnostics.capture(
      () => {
        errors++;
      },
      () => {
        this.signature(op, () => errors);
        if (errors === 0) this.custom?.(op);
      },
    );
    if (errors > 0) return false;
    this.remember(op);
    return true;
  }

  /** Whether an op like this one was right: it has the same types and attributes, and sees the same symbols if need be. */
  repeats(op: Operation): boolean {
    const { seen } = this;
    const at = this.slot(op);
    if (at < 0 || seen[at + 5] !== op.attributes) return false;
    const n = op.operandCount;
    return (
      seen[at] === n &&
      seen[at + 1] === (op.result0 === null ? null : op.result0.type) &&
      (n === 0 ||
        (seen[at + 2] === op.operand0!.type &&
          (n === 1 ||
            (seen[at + 3] === op.operand1!.type && (n === 2 || seen[at + 4] === op.moreOperands![0]!.value!.type))))) &&
      (this.reads !== 'symbols' || (this.currentRun === currentRun && seen[at + 6] === op.parent))
    );
  }
  private remember(op: Operation): void {
    const { seen } = this;
    const at = this.slot(op);
    if (at < 0) return;
    const n = op.operandCount;
    if (this.currentRun !== currentRun) {
      if (this.reads === 'symbols') seen.fill(null);
      this.currentRun = currentRun;
    }
    seen[at] = n;
    seen[at + 1] = op.result0 === null ? null : op.result0.type;
    seen[at + 2] = n > 0 ? op.operand0!.type : null;
    seen[at + 3] = n > 1 ? op.operand1!.type : null;
    seen[at + 4] = n > 2 ? op.moreOperands![0]!.value!.type : null;
    seen[at + 5] = op.attributes;
    seen[at + 6] = this.reads === 'symbols' ? op.parent : null;
  }
  /** Where an op is remembered; -1 for ops that are not. */
  private slot(op: Operation): number {
    const n = op.operandCount;
    if (n > 3 || op.moreResults !== null || op.ownRegions !== null || op.ownSuccessors !== null) return -1;
    let h = op.attributes.id;
    if (n > 0) {
      if (op.operand0 === null) return -1;
      h += 5 * op.operand0.type.id;
      if (n > 1) {
        if (op.operand1 === null || (n > 2 && op.moreOperands![0]!.value === null)) return -1;
      }
    }
    if (op.result0 !== null) h += op.result0.type.id;
    return (h & this.mask) * FIELDS;
  }

  /** Silently: whether the op has the parts its definition names, so that accessors and printing hooks can rely on them. */
  fits(op: Operation): boolean {
    if (this.repeats(op)) return true;
    if (groupBounds(op, this.operands.constraints, op.operandCount, AttrNames.operandSegmentSizes) === null)
      return false;
    if (groupBounds(op, this.results.constraints, op.resultCount, AttrNames.resultSegmentSizes) === null) return false;
    const n = op.operandCount;
    if ((n > 0 && op.operand0 === null) || (n > 1 && op.operand1 === null)) return false;
    for (let i = 2; i < n; i++) if (op.moreOperands![i - 2]!.value === null) return false;
    for (let i = 0; i < this.attributes.length; i++) {
      const [name, spec] = this.attributes[i]!;
      const value = op.attributes.get(name);
      if (value === undefined ? !spec.optional : !spec.check(value)) return false;
    }
    const { regions, successors } = op;
    if (this.successors !== 'variadic' && successors.length !== this.successors) return false;
    if (this.variadicRegions ? regions.length < this.regions.length - 1 : regions.length !== this.regions.length)
      return false;
    for (let i = 0; i < regions.length; i++) {
      const { blocks } = regions[i]!;
      if (this.regions[Math.min(i, this.regions.length - 1)]![1].blocks !== 'one') continue;
      if (blocks.length !== 1 || (this.needsTerminator && blocks[0]!.lastOp === null)) return false;
    }
    return true;
  }

  private counts(op: Operation): void {
    this.count(op, this.operands, op.operandCount);
    this.count(op, this.results, op.resultCount);
    const regions = op.ownRegions === null ? 0 : op.ownRegions.length;
    const { variadicRegions } = this;
    if (variadicRegions ? regions < this.regions.length - 1 : regions !== this.regions.length)
      op.emitError(
        'verify.region-count',
        `expected ${variadicRegions ? `${this.regions.length - 1} or more regions` : plural(this.regions.length, 'region')}, but found ${regions}`,
      );
    const successors = op.ownSuccessors === null ? 0 : op.ownSuccessors.length;
    if (this.successors !== 'variadic' && successors !== this.successors)
      op.emitError(
        'verify.successor-count',
        `expected ${plural(this.successors, 'successor')}, but found ${successors}`,
      );
  }

  private count(op: Operation, group: GroupChecks, total: number): void {
    const { constraints, fixed, what } = group;
    if (group.segments !== null) {
      this.segmentSizes(op, group, group.segments, total);
      return;
    }
    if (fixed === constraints.length ? total === fixed : total >= fixed && (!group.optional || total <= fixed + 1))
      return;
    const wanted =
      fixed === constraints.length
        ? plural(fixed, what)
        : group.optional
          ? `${fixed} or ${fixed + 1} ${what}s`
          : `${fixed} or more ${what}s`;
    op.emitError(
      what === 'operand' ? 'verify.operand-count' : 'verify.result-count',
      `expected ${wanted}, but found ${total}`,
    );
  }

  private segmentSizes(op: Operation, group: GroupChecks, name: string, total: number): void {
    const { constraints, what } = group;
    const sizes = op.attributes.get(name);
    if (
      !(sizes instanceof DenseArrayAttr) ||
      !(sizes.elementType instanceof IntegerType) ||
      sizes.elementType.width !== 32
    ) {
      op.emitError('verify.segment-sizes', `requires dense i32 array attribute '${name}'`);
      return;
    }
    if (sizes.values.length !== constraints.length) {
      op.emitError(
        'verify.segment-sizes',
        `'${name}' must have ${plural(constraints.length, 'element')}, but has ${sizes.values.length}`,
      );
      return;
    }
    let sum = 0;
    for (let i = 0; i < constraints.length; i++) {
      const size = Number(sizes.values[i]);
      const { kind } = constraints[i]!;
      if (size < 0 || (kind === 'one' && size !== 1) || (kind === 'optional' && size > 1)) {
        const wanted = kind === 'one' ? '1 element' : kind === 'optional' ? '0 or 1 element' : '0 or more elements';
        op.emitError('verify.segment-sizes', `${what} group #${i} requires ${wanted}, but '${name}' says ${size}`);
        return;
      }
      sum += size;
    }
    if (sum !== total)
      op.emitError(
        'verify.segment-sizes',
        `${what} count (${total}) does not match the total size (${sum}) in '${name}'`,
      );
  }

  private groups(op: Operation, group: GroupChecks): void {
    const { constraints, types, fixed } = group;
    const operand = group.what === 'operand';
    const total = operand ? op.operandCount : op.resultCount;
    const sizes = group.segments === null ? null : (op.attributes.get(group.segments) as DenseArrayAttr).values;
    let at = 0;
    for (let g = 0; g < constraints.length; g++) {
      const size = constraints[g]!.kind === 'one' ? 1 : sizes === null ? total - fixed : Number(sizes[g]);
      const constraint = types[g]!;
      for (const end = at + size; at < end; at++) {
        const { type } = operand ? op.operand(at) : op.result(at);
        if (constraint.check(type)) continue;
        op.emitError(
          operand ? 'verify.operand-type' : 'verify.result-type',
          `${group.what} #${at} must be ${constraint.description}, but got '${type}'`,
        );
      }
    }
  }

  private attributeSpecs(op: Operation): void {
    for (let i = 0; i < this.attributes.length; i++) {
      const [name, spec] = this.attributes[i]!;
      const value: Attribute | undefined = op.attributes.get(name);
      if (value === undefined) {
        if (!spec.optional) op.emitError('verify.attribute-missing', `requires attribute '${name}'`);
      } else if (!spec.check(value))
        op.emitError(
          'verify.attribute-type',
          `attribute '${name}' failed to satisfy constraint: ${spec.description}, got ${value}`,
        );
    }
  }

  private regionSpecs(op: Operation): void {
    const { regions } = op;
    for (let i = 0; i < regions.length; i++) {
      const [name, spec] = this.regions[Math.min(i, this.regions.length - 1)]!;
      if (spec.blocks !== 'one') continue;
      const { blocks } = regions[i]!;
      if (blocks.length !== 1) {
        op.emitError('verify.region-blocks', `region #${i} ('${name}') must have one block, but has ${blocks.length}`);
        continue;
      }
      const last = blocks[0]!.lastOp;
      if (spec.implicitTerminator !== undefined && last?.name !== spec.implicitTerminator) {
        const diagnostic = op.emitError(
          'verify.region-terminator',
          `expects region #${i} ('${name}') to end with '${spec.implicitTerminator}'`,
        );
        if (last) diagnostic.note(`it ends with '${last.name}'`, last.loc);
      }
    }
  }
}

/** What a branch passes to each successor must fit the arguments of the block. */
function verifySuccessorOperands(op: Operation): void {
  const branch = BranchOp.of(op)!;
  op.successors.forEach((block, index) => {
    const { start, end } = branch.successorOperands(op, index);
    if (end - start !== block.arguments.length) {
      op.emitError(
        'verify.branch-count',
        `branch has ${plural(end - start, 'operand')} for successor #${index}, but target block has ${plural(block.arguments.length, 'argument')}`,
      );
      return;
    }
    block.arguments.forEach((argument, k) => {
      const { type } = op.operand(start + k);
      if (type !== argument.type)
        op.emitError(
          'verify.branch-type',
          `type mismatch for argument #${k} of successor #${index}: '${type}' is passed for '${argument.type}'`,
        );
    });
  });
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
