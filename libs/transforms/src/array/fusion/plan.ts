// Decides which ops are computed inside which kernels. Consumers come before their producers (reverse program order, so
// that all users of an op are settled when it is looked at), and an op is settled for all of them at once: it is computed
// inside every consumer, or it has a kernel and a buffer of its own.
import { DimOp, ReshapeOp } from '@budflow/dialect-array';
import { type Block, isMemoryEffectFree, type Operation, StructuredOp, Terminator } from '@budflow/ir';
import { hasLoopLowering } from '../lowering/registry.js';
import { readsAnywhere } from './accesses.js';
import { Group } from './group.js';
import { FusionOrder } from './order.js';
import type { FusionDecision, FusionRefusal, FusionVerdict } from './report.js';
import {
  type Answer,
  type FusionLimits,
  flops,
  isContractedProduct,
  isExpensive,
  isFusible,
  isLeaf,
  isViewReshape,
  MAX_DUPLICATED_FLOPS,
  mayJoin,
} from './rules.js';

export interface FusionOptions extends FusionLimits {
  /** Producers that may be fused; the rest is refused for lack of fuel. */
  readonly maxDecisions: number;
}

export interface FusionPlan {
  /** In program order of their roots. */
  readonly groups: readonly Group[];
  readonly decisions: readonly FusionDecision[];
}

interface Consumers {
  readonly groups: Group[];
  /** Something that reads the result from memory: a return, a call, a view. */
  readonly outside: boolean;
}

export function planFusions(block: Block, options: FusionOptions): FusionPlan {
  return new Planner(block, options).run();
}

class Planner {
  private readonly ops: readonly Operation[];
  private readonly options: FusionOptions;
  private readonly positions = new Map<Operation, number>();
  /** The kernels that compute an op. */
  private readonly homes = new Map<Operation, Group[]>();
  /** Operations repeated for several kernels by an op and what consumes it. */
  private readonly repeated = new Map<Operation, number>();
  private readonly decisions: FusionDecision[] = [];
  private readonly groups: Group[] = [];
  private readonly order: FusionOrder;
  private spent = 0;

  constructor(block: Block, options: FusionOptions) {
    this.ops = block.ops;
    this.options = options;
    for (const [i, op] of this.ops.entries()) this.positions.set(op, i);
    this.order = new FusionOrder(this.homes);
  }

  run(): FusionPlan {
    for (let i = this.ops.length - 1; i >= 0; i--) {
      const op = this.ops[i]!;
      if (isFusible(op)) this.settle(op);
      else if (hasLoopLowering(op)) this.alone(op);
      else this.noteOpaque(op);
    }
    return { groups: this.groups.reverse(), decisions: this.decisions };
  }

  /** An op with loops of its own making is a kernel; its operands lie in memory, and so do its results. */
  private alone(op: Operation): void {
    if (!op.hasResultUses && isMemoryEffectFree(op)) return;
    this.noteOpaque(op);
    this.groups.push(new Group(op));
  }

  private settle(op: Operation): void {
    const { groups, outside } = this.consumers(op);
    if (groups.length === 0 && !outside && isMemoryEffectFree(op)) return;
    if (isViewReshape(op)) {
      for (const group of groups) this.decide(op, group, 'refused', 'reshape-view');
      return;
    }
    const settled =
      groups.length > 0 &&
      (isContractedProduct(op)
        ? this.joinReduction(op, groups)
        : outside
          ? this.joinAndKeep(op, groups, 'used-outside')
          : this.joinAll(op, groups));
    if (!settled) {
      // A reshape on its own is a view of its operand.
      if (ReshapeOp.is(op)) return;
      const group = new Group(op);
      this.groups.push(group);
      this.homes.set(op, [...(this.homes.get(op) ?? []), group]);
    }
  }

  private consumers(op: Operation): Consumers {
    const groups = new Set<Group>();
    let outside = false;
    for (const result of op.results) {
      result.forEachUse((user) => {
        if (DimOp.is(user)) return;
        const homes = this.homes.get(user);
        if (homes && readsAnywhere(user, result)) outside = true;
        else if (homes) for (const group of homes) groups.add(group);
        else if (user.parent !== op.parent || !isFusible(user) || ReshapeOp.is(user)) outside = true;
      });
    }
    return { groups: [...groups].sort((a, b) => this.positions.get(a.root)! - this.positions.get(b.root)!), outside };
  }

  /** The rounding of a contracting reduction depends on its product being with it. */
  private joinReduction(op: Operation, groups: readonly Group[]): boolean {
    for (const group of groups) {
      group.add(op, group.readsOf(op), { stage: false });
      this.decide(op, group, 'fused', 'contracted-product');
    }
    this.homes.set(op, [...groups]);
    return true;
  }

  private joinAll(op: Operation, groups: readonly Group[]): boolean {
    if (this.refuseForFuel(op, groups)) return false;
    const { duplicationLimit } = this.options;
    const answers = groups.map((group) => mayJoin(op, group, this.options, { yielded: false }));
    let refusal = firstRefusal(answers);
    const cost = this.repeatedFlops(op);
    if (refusal === undefined && groups.length > 1 && !isLeaf(op)) {
      if (isExpensive(op)) refusal = 'expensive-producer-reused';
      else if (flops(op) > 0 && (groups.length > duplicationLimit || cost > MAX_DUPLICATED_FLOPS))
        refusal = 'duplication-limit';
    }
    if (refusal === 'expensive-producer-reused') return this.joinAndKeep(op, groups, refusal);
    if (refusal !== undefined) {
      for (const [i, answer] of answers.entries())
        this.decide(op, groups[i]!, 'refused', 'refusal' in answer ? answer.refusal : refusal);
      return false;
    }
    this.spent++;
    groups.forEach((group, i) => {
      const answer = answers[i]!;
      if ('refusal' in answer) return;
      group.add(op, answer.accesses, answer);
      if (answer.kept) group.yielded.add(op);
      this.decide(op, group, groups.length > 1 ? 'duplicated' : 'fused', 'vertical');
    });
    this.homes.set(op, [...groups]);
    if (groups.length > 1) this.repeated.set(op, cost);
    return true;
  }

  /**
   * A result that is needed in memory anyway: rows of a kernel that has reductions are stored on the way, so that they
   * are not computed twice. One kernel computes it, everybody else loads it.
   */
  private joinAndKeep(op: Operation, groups: readonly Group[], otherwise: FusionRefusal): boolean {
    if (this.refuseForFuel(op, groups)) return false;
    let reason = otherwise;
    if (isLeaf(op)) {
      for (const group of groups) {
        const answer = mayJoin(op, group, this.options, { yielded: false });
        if ('refusal' in answer) continue;
        group.add(op, answer.accesses, answer);
        this.decide(op, group, 'duplicated', 'vertical');
        this.homes.set(op, [...(this.homes.get(op) ?? []), group]);
      }
      return false;
    }
    for (const group of groups) {
      const reduces = StructuredOp.of(op)!.reduction !== undefined;
      if (!reduces && !(group.hasReduction && isExpensive(op))) continue;
      const answer = mayJoin(op, group, this.options, { yielded: true });
      if ('refusal' in answer) {
        reason = answer.refusal;
        continue;
      }
      if (this.order.wouldCycle(op, group) || group.members.some((m) => op.results.some((r) => readsAnywhere(m, r)))) {
        reason = 'would-create-cycle';
        continue;
      }
      this.spent++;
      group.add(op, answer.accesses, { stage: true });
      group.yielded.add(op);
      this.homes.set(op, [group]);
      for (const other of groups) if (other !== group) this.decide(op, other, 'refused', 'expensive-producer-reused');
      this.decide(op, group, 'yielded', 'vertical');
      return true;
    }
    for (const group of groups) this.decide(op, group, 'refused', reason);
    return false;
  }

  private refuseForFuel(op: Operation, groups: readonly Group[]): boolean {
    if (this.spent < this.options.maxDecisions) return false;
    for (const group of groups) this.decide(op, group, 'refused', 'fuel');
    return true;
  }

  /** Operations repeated when `op` is computed for several kernels, with what is repeated on the way to them. */
  private repeatedFlops(op: Operation): number {
    let longest = 0;
    for (const user of op.result(0).users()) longest = Math.max(longest, this.repeated.get(user) ?? 0);
    return longest + flops(op);
  }

  /** An op without a loop form takes its operands from memory. */
  private noteOpaque(op: Operation): void {
    if (op.info.hasTrait(Terminator) || DimOp.is(op) || op.operandCount === 0) return;
    const result = op.results.find((r) => r.users().some((user) => this.homes.has(user)));
    if (!result) return;
    for (const user of result.users())
      for (const group of this.homes.get(user) ?? []) this.decide(op, group, 'refused', 'opaque');
  }

  private decide(producer: Operation, group: Group, verdict: FusionVerdict, reason: FusionDecision['reason']): void {
    this.decisions.push({
      producer: this.nameOf(producer),
      consumer: this.nameOf(group.root),
      verdict,
      reason,
      location: producer.loc,
    });
  }

  private nameOf(op: Operation): string {
    return `${op.name}#${this.positions.get(op)}`;
  }
}

function firstRefusal(answers: readonly Answer[]): FusionRefusal | undefined {
  for (const answer of answers) if ('refusal' in answer) return answer.refusal;
  return undefined;
}
