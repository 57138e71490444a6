// Checks that hold for every operation, registered or not: the links of the IR, block ends, branches, dominance of every
// use, isolation of regions. Stricter than MLIR, which trusts unregistered operations.
import type { Block } from '../block.js';
import { type DominanceInfo, hasSsaDominance } from '../dominance.js';
import { Operation, type Region } from '../operation.js';
import { IsolatedFromAbove, NoTerminator, Terminator } from '../traits.js';
import { nextSlot, nextUse, type Use, useIsLinked, type Value } from '../value.js';
import { verificationOf } from './op-verification.js';

/** Stands after everything nested in an op with regions. */
export class EndOf {
  readonly op: Operation;
  constructor(op: Operation) {
    this.op = op;
  }
}
export type Unchecked = Operation | EndOf;

/** Whether a value is defined in `block` before `op`: the usual case, told by two comparisons. */
function standsBefore(value: Value | null, op: Operation, block: Block): boolean {
  if (value === null) return false;
  // The parent of a block is a region.
  const owner = value.owner as Operation;
  return owner.parent === block ? owner.order < op.order : value.owner === block;
}

export class StructureVerifier {
  /** What is left to check against definitions, in order: most ops are done on the way, while they are at hand. */
  private readonly unchecked: Unchecked[];

  private readonly dominance: DominanceInfo;
  private readonly root: Operation;

  private readonly useLists: boolean;

  constructor(root: Operation, dominance: DominanceInfo, unchecked: Unchecked[], options: { useLists: boolean }) {
    this.root = root;
    this.dominance = dominance;
    this.unchecked = unchecked;
    this.useLists = options.useLists;
  }

  /** Checks the root and everything nested; operands of the root itself come from outside and are only checked for presence. */
  run(): void {
    this.operands(this.root, null, true);
    this.nested(this.root);
  }

  private nested(op: Operation): void {
    this.unchecked.push(op);
    if (op.ownRegions === null) return;
    for (const region of op.ownRegions) this.region(op, region);
    this.unchecked.push(new EndOf(op));
  }

  /** Whether an op with nothing nested in it is right as far as its definition goes. */
  private isRight(op: Operation): boolean {
    const { info } = op;
    if (info.definition === null) return op.context.allowUnregistered;
    const verification = info.verification ?? verificationOf(info);
    return verification.isLocal && verification.isRight(op);
  }

  private region(parent: Operation, region: Region): void {
    const { blocks } = region;
    if (blocks.length === 0) return;
    if (region.parent !== parent) parent.emitError('verify.links', 'has a region that belongs to another operation');
    const entry = blocks[0]!;
    const several = blocks.length > 1;
    const { info } = parent;
    const needsTerminator = several || (info.isRegistered && !info.hasTrait(NoTerminator));
    for (const block of blocks) {
      const last = block.lastOp;
      if (last === null) {
        if (needsTerminator)
          parent.emitError(
            'verify.block-terminator',
            `has an empty block (block #${blocks.indexOf(block)} of region #${parent.regions.indexOf(region)}); expected a terminator`,
          );
        continue;
      }
      if (needsTerminator && last.info.isRegistered && !last.info.hasTrait(Terminator))
        last
          .emitError('verify.block-terminator', 'ends its block but is not a terminator')
          .note(`in a region of '${parent.name}', whose blocks need terminators`, parent.loc);
      if (last.ownSuccessors !== null) {
        for (const successor of last.ownSuccessors) {
          if (successor === entry && successor.parent === region)
            last.emitError(
              'verify.entry-predecessor',
              'branches to the entry block of its region, which may not have predecessors',
            );
        }
      }
    }
    for (const block of blocks) this.block(block, several, region);
  }

  private block(block: Block, several: boolean, region: Region): void {
    if (!block.ordered) block.renumber();
    if (block.parent !== region)
      block.firstOp?.emitError('verify.links', 'is in a block that belongs to another region');
    if (this.useLists) for (const argument of block.arguments) this.uses(region.parent!, argument);
    // Nothing executes in an unreachable block: order and dominance mean nothing there.
    const reachable = !several || this.dominance.isReachable(block);
    for (let op = block.firstOp; op !== null; op = op.next) {
      if (op.parent !== block) op.emitError('verify.links', 'does not know the block it is in');
      const n = op.operandCount;
      if (
        n > 0 &&
        (this.useLists ||
          !standsBefore(op.operand0, op, block) ||
          (n > 1 && (n > 2 || !standsBefore(op.operand1, op, block))))
      )
        this.operands(op, block, reachable);
      if (this.useLists && op.result0 !== null) {
        this.uses(op, op.result0);
        if (op.moreResults !== null) for (const result of op.moreResults) this.uses(op, result);
      }
      if (op.ownSuccessors !== null && op.ownSuccessors.length > 0) this.successors(op, region);
      if (op.ownRegions !== null) this.nested(op);
      else if (!this.isRight(op)) this.unchecked.push(op);
    }
  }

  /** Everything in the use-list of a value uses it; with `operands` this makes the lists exact. */
  private uses(owner: Operation, value: Value): void {
    let holder = value.first;
    let slot: number = value.firstSlot;
    while (holder !== null) {
      const used: Value | null =
        holder instanceof Operation ? (slot === 0 ? holder.operand0 : holder.operand1) : holder.value;
      if (used !== value) {
        const user = holder instanceof Operation ? holder : holder.owner;
        owner
          .emitError(
            'verify.use-list',
            `has value #${value.index}, whose use-list names an operand that is another value`,
          )
          .note('the operand of this operation', user.loc);
        return;
      }
      const next: Operation | Use | null = nextUse(holder, slot);
      slot = nextSlot(holder, slot);
      holder = next;
    }
  }

  private successors(op: Operation, region: Region): void {
    if (op.next !== null)
      op.emitError('verify.successor-position', 'has successors and must be the last operation of its block').note(
        'followed by this operation',
        op.next.loc,
      );
    op.ownSuccessors!.forEach((block, i) => {
      if (block.parent !== region)
        op.emitError('verify.successor-region', `successor #${i} is a block of another region`);
    });
  }

  /** `block` is null for the root, whose operands are defined outside of what is verified. */
  private operands(op: Operation, block: Block | null, reachable: boolean): void {
    const n = op.operandCount;
    this.operand(op, 0, n > 0 ? op.operand0 : null, op, block, reachable);
    if (n > 1) this.operand(op, 1, op.operand1, op, block, reachable);
    for (let i = 2; i < n; i++) {
      const use = op.moreOperands![i - 2]!;
      this.operand(op, i, use.value, use, block, reachable);
    }
  }

  private operand(
    op: Operation,
    index: number,
    value: Value | null,
    holder: Operation | Use,
    block: Block | null,
    reachable: boolean,
  ): void {
    if (value === null) {
      if (index < op.operandCount) op.emitError('verify.null-operand', `operand #${index} is null`);
      return;
    }
    if (this.useLists && !useIsLinked(value, holder, index === 0 ? 0 : index === 1 ? 1 : 2)) {
      op.emitError('verify.use-list', `operand #${index} is not in the use-list of its value`);
      return;
    }
    if (block === null) return;
    const definition = value.definingOp;
    // The usual case, without any search.
    if (definition !== null && definition.parent === block && definition.order < op.order) return;
    if (definition === null && value.owner === block) return;
    this.visibility(op, index, value, reachable);
  }

  /** Walks from the user out to the region of the definition. */
  private visibility(op: Operation, index: number, value: Value, reachable: boolean): void {
    const definition = value.definingOp;
    const region = value.parentBlock?.parent ?? null;
    if (definition?.isErased || region === null) {
      const diagnostic = op.emitError(
        'verify.dangling-operand',
        `operand #${index} is ${definition ? `a result of '${definition.name}', which` : 'an argument of a block that'} is not part of the IR`,
      );
      if (definition) diagnostic.note('defined here', definition.loc);
      return;
    }
    let user = op;
    while (user.parentRegion !== region) {
      const parent: Operation | null = user.parentOp;
      if (parent === null) {
        this.notDominated(op, index, value, 'is defined in a region that does not enclose it');
        return;
      }
      // A value of a region that does not enclose the isolated op would not be visible without the isolation either.
      if (
        parent.info.hasTrait(IsolatedFromAbove) &&
        parent.parentRegion !== null &&
        region.isAncestorOf(parent.parentRegion)
      ) {
        const diagnostic = op.emitError(
          'verify.isolation',
          `operand #${index} uses a value defined outside the region`,
        );
        diagnostic.note(`'${parent.name}' isolates its regions from above`, parent.loc);
        diagnostic.note('defined here', definition?.loc ?? value.parentBlock?.parentOp?.loc ?? 0);
        return;
      }
      user = parent;
    }
    if (!reachable || this.dominance.properlyDominates(value, user)) return;
    if (definition === user && user !== op)
      this.notDominated(op, index, value, 'is a result of the operation that encloses it');
    else this.notDominated(op, index, value, 'does not dominate this use');
  }

  private notDominated(op: Operation, index: number, value: Value, why: string): void {
    const definition = value.definingOp;
    const diagnostic = op.emitError('verify.dominance', `operand #${index} ${why}`);
    if (definition !== null) {
      const later =
        definition.parent === op.parent && definition.parentRegion && hasSsaDominance(definition.parentRegion);
      diagnostic.note(
        later
          ? definition === op
            ? 'the operation uses its own result'
            : 'defined here, after the use'
          : 'defined here',
        definition.loc,
      );
    } else {
      const block = value.parentBlock!;
      diagnostic.note(
        `argument #${value.index} of block #${block.parent?.blocks.indexOf(block) ?? 0} of this operation`,
        block.parentOp?.loc ?? 0,
      );
    }
  }
}
