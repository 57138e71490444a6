// What lifting must know about the blocks of a region before it moves anything: order, loops, and which values leave them.
import { type Block, DominatorTree, type Operation, type Region, type Value } from '@budflow/ir';

/** Why a region cannot be lifted: a kebab-case name and a sentence. */
export class Refusal {
  readonly name: string;
  readonly message: string;
  readonly at: Operation;
  constructor(name: string, message: string, at: Operation) {
    this.name = name;
    this.message = message;
    this.at = at;
  }
}

export interface NaturalLoop {
  readonly header: Block;
  /** Header included. */
  readonly blocks: ReadonlySet<Block>;
  /** Blocks that branch back to the header. */
  readonly latches: readonly Block[];
  /** Values defined in the loop and used outside of it. */
  readonly escaping: readonly Value[];
  /** Values defined in the header and used in the other blocks of the loop. */
  readonly fromHeader: readonly Value[];
  /** Blocks with an edge out of the loop, or that end the function. */
  readonly exiting: readonly Block[];
}

const BRANCHES = new Set(['cf.br', 'cf.cond_br', 'cf.switch']);

export class FlowGraph {
  readonly order: readonly Block[];
  /** By header. */
  readonly loops = new Map<Block, NaturalLoop>();
  /** Terminators that leave the region. */
  readonly returns: readonly Operation[];
  readonly tree: DominatorTree;
  private readonly region: Region;

  /** @throws Refusal */
  constructor(region: Region) {
    this.region = region;
    this.tree = new DominatorTree(region);
    this.order = this.tree.order;
    const returns: Operation[] = [];
    for (const block of this.order) {
      const { terminator } = block;
      if (terminator.successors.length === 0) returns.push(terminator);
      else if (!BRANCHES.has(terminator.name))
        throw new Refusal('unsupported-terminator', `'${terminator.name}' is no branch that can be lifted`, terminator);
    }
    this.returns = returns;
    const other = returns.find((op) => op.name !== returns[0]!.name || op.attributes !== returns[0]!.attributes);
    if (other)
      throw new Refusal(
        'several-endings',
        `the region ends in '${returns[0]!.name}' and in another '${other.name}'`,
        other,
      );
    this.checkEnds();
    this.findLoops();
  }

  /** From every block the end must be reachable: a structured loop has an exit. */
  private checkEnds(): void {
    const ends = new Set<Block>(this.returns.map((op) => op.parent!));
    // Postorder nearly suffices; cycles need further rounds.
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = this.order.length - 1; i >= 0; i--) {
        const block = this.order[i]!;
        if (ends.has(block) || !block.successors.some((s) => ends.has(s))) continue;
        ends.add(block);
        changed = true;
      }
    }
    const lost = this.order.find((block) => !ends.has(block));
    if (lost) throw new Refusal('endless-loop', 'this block never reaches the end of the function', lost.terminator);
  }

  private findLoops(): void {
    const position = new Map(this.order.map((block, i) => [block, i]));
    const latches = new Map<Block, Block[]>();
    for (const block of this.order) {
      for (const successor of new Set(block.successors)) {
        if (position.get(successor)! > position.get(block)!) continue;
        if (!this.tree.dominates(successor, block))
          throw new Refusal(
            'irreducible',
            'this branch enters a cycle past its first block: control flow is irreducible',
            block.terminator,
          );
        const list = latches.get(successor);
        if (list) list.push(block);
        else latches.set(successor, [block]);
      }
    }
    const predecessors = new Map<Block, Block[]>();
    for (const block of this.order)
      for (const s of block.successors) predecessors.set(s, [...(predecessors.get(s) ?? []), block]);
    for (const [header, from] of latches) {
      const blocks = new Set<Block>([header]);
      const stack = [...from];
      for (let block = stack.pop(); block; block = stack.pop()) {
        if (blocks.has(block)) continue;
        blocks.add(block);
        stack.push(...(predecessors.get(block) ?? []));
      }
      // In the order of the region, so that the result does not depend on the search.
      const sorted = new Set(this.order.filter((b) => blocks.has(b)));
      this.loops.set(header, {
        header,
        blocks: sorted,
        latches: from,
        escaping: this.usedOutside(sorted, sorted),
        fromHeader: this.usedOutside(new Set([header]), new Set([header, ...this.order.filter((b) => !blocks.has(b))])),
        exiting: [...sorted].filter((b) => b.successors.length === 0 || b.successors.some((s) => !blocks.has(s))),
      });
    }
  }

  /** Values defined in `blocks` with a use in a block that is not in `inside`. */
  private usedOutside(blocks: ReadonlySet<Block>, inside: ReadonlySet<Block>): Value[] {
    const list: Value[] = [];
    const check = (value: Value) => {
      let outside = false;
      value.forEachUse((user) => {
        const block = this.blockOf(user);
        if (block !== null && this.tree.isReachable(block) && !inside.has(block)) outside = true;
      });
      if (outside) list.push(value);
    };
    for (const block of blocks) {
      block.arguments.forEach(check);
      for (let op = block.firstOp; op; op = op.next) op.results.forEach(check);
    }
    return list;
  }
  private blockOf(op: Operation): Block | null {
    let at: Operation | null = op;
    while (at !== null && at.parentRegion !== this.region) at = at.parentOp;
    return at?.parent ?? null;
  }
}
