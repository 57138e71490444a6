// Rebuilds the blocks of one region as structured ops. Works from the entry on: a block's ops are moved to where they are
// wanted now; a branch becomes a loop.if over the blocks that only it leads to; a loop header becomes a loop.for or
// loop.while over its loop. Where several ways lead on from a construct, it yields which one was taken, and what it passes.
import { BranchOp, buildConstant, CmpIOp, caseValues, SelectOp, XOrIOp } from '@budflow/dialect-core';
import { ConditionOp, IfOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import {
  Block,
  BranchOp as BranchInterface,
  Builder,
  FloatType,
  IndexType,
  IntegerType,
  InternalError,
  type LocationRef,
  Operation,
  Region,
  type Type,
  type Value,
  VectorType,
} from '@budflow/ir';
import { countedLoop, emitCounted } from './counted-loop.js';
import { FlowGraph, type NaturalLoop, Refusal } from './flow-graph.js';

/** Where control goes at the end of what was emitted, and with what. */
export interface Outcome {
  readonly targets: readonly Block[];
  /** Of two targets: whether it is the first (i1). Of more: the number of the target (i32). */
  readonly selector: Value | null;
  /** What is passed to each target. */
  readonly args: ReadonlyMap<Block, readonly Value[]>;
  /** The values that leave the innermost loop, as they are now; null for those not defined on the way here. */
  readonly leaving: readonly (Value | null)[];
}

interface Choice {
  /** The condition, made where it is needed; the last choice needs none. */
  readonly when: (() => Value) | null;
  readonly target: Block;
  readonly args: readonly Value[];
  readonly leaving: readonly (Value | null)[] | null;
}

export interface LiftCounts {
  ifs: number;
  whiles: number;
  fors: number;
}

const NO_BLOCKS: ReadonlySet<Block> = new Set();

export class RegionLifter {
  readonly builder: Builder;
  readonly counts: LiftCounts = { ifs: 0, whiles: 0, fors: 0 };
  private readonly region: Region;
  private readonly graph: FlowGraph;
  /** What stands for a block argument, or for a value that left its loop. */
  private readonly values = new Map<Value, Value>();
  private readonly numbers = new Map<Block, number>();
  /** Stands for the end of the region; its arguments are what the terminator takes. */
  private readonly end = new Block();
  private loop: NaturalLoop | null = null;
  /** Scopes that are open, and the scope in which each value that leaves a loop is defined. */
  private readonly open = new Set<number>();
  private readonly definedIn = new Map<Value, number>();
  /** Ops that branches to loop headers needed and structured loops may not. */
  readonly leftOver: Operation[] = [];
  private scope = 0;
  private nextScope = 1;

  /** @throws Refusal */
  constructor(region: Region) {
    this.region = region;
    this.graph = new FlowGraph(region);
    this.builder = new Builder(region.parent!.context);
    this.graph.order.forEach((block, i) => {
      this.numbers.set(block, i);
    });
    this.numbers.set(this.end, this.graph.order.length);
    for (const operand of this.graph.returns[0]!.operands) this.end.addArgument(operand.type);
    this.open.add(0);
  }

  /** @throws Refusal, with the region half rebuilt */
  run(): void {
    const { entry } = this.region;
    const body = new Block();
    const last = this.graph.returns[0]!;
    this.builder.setInsertionPointToEnd(body);
    const rest = new Set(this.graph.order);
    const outcome = this.sequence(entry, entry.arguments, rest, null);
    const returned = outcome.args.get(this.end);
    if (outcome.targets.length !== 1 || returned === undefined)
      throw new InternalError('lifting did not arrive at the end of the region', this.region.parent ?? undefined);
    this.builder.insert(Operation.create(last.info, last.loc, returned, [], last.attributes));
    for (const block of this.region.blocks) block.destroyOps();
    for (const block of this.region.blocks.slice(1)) this.region.removeBlock(block);
    entry.firstOp = null;
    entry.lastOp = null;
    for (const op of this.leftOver) if (!op.hasResultUses) op.erase();
    for (let op = body.firstOp; op; op = body.firstOp) {
      op.remove();
      entry.append(op);
    }
  }

  // Values

  value(old: Value): Value {
    return this.values.get(old) ?? old;
  }
  bind(old: Value, now: Value): void {
    if (old !== now) this.values.set(old, now);
    this.definedIn.set(old, this.scope);
  }
  private leavingHere(): (Value | null)[] {
    return (this.loop?.escaping ?? []).map((v) => (this.open.has(this.definedIn.get(v) ?? -1) ? this.value(v) : null));
  }

  /** Emits into a new block. */
  inBlock<T>(block: Block, body: () => T): T {
    const outer = this.scope;
    this.scope = this.nextScope++;
    this.open.add(this.scope);
    try {
      return this.builder.scoped(() => {
        this.builder.setInsertionPointToEnd(block);
        return body();
      });
    } finally {
      this.open.delete(this.scope);
      this.scope = outer;
    }
  }

  // Control flow

  /** Emits from `start` on, as long as control stays in `inside`. */
  sequence(
    start: Block,
    args: readonly Value[],
    inside: ReadonlySet<Block>,
    leaving: readonly (Value | null)[] | null,
  ): Outcome {
    let outcome: Outcome = { targets: [start], selector: null, args: new Map([[start, args]]), leaving: leaving ?? [] };
    if (!inside.has(start)) {
      const leaves = this.loop !== null && !this.loop.blocks.has(start);
      return { ...outcome, leaving: leaving ?? (leaves ? this.leavingHere() : []) };
    }
    const left = new Set(inside);
    for (;;) {
      const { targets } = outcome;
      if (targets.every((t) => !left.has(t))) return outcome;
      if (targets.length > 1) {
        outcome = this.choose(this.choicesOf(outcome), left);
        continue;
      }
      const block = targets[0]!;
      const passed = outcome.args.get(block)!;
      const loop = this.graph.loops.get(block);
      if (loop !== undefined && loop !== this.loop) {
        for (const member of loop.blocks) left.delete(member);
        outcome = this.emitLoop(loop, passed);
      } else {
        left.delete(block);
        outcome = this.emitBlock(block, passed, left);
      }
    }
  }

  private choicesOf({ targets, selector, args, leaving }: Outcome): Choice[] {
    const { context } = this.builder;
    return targets.map((target, i): Choice => {
      const when = () =>
        targets.length === 2
          ? selector!
          : CmpIOp.build(this.builder, this.loc, {
              predicate: 'eq',
              lhs: selector!,
              rhs: buildConstant(this.builder, this.loc, context.i32, this.numbers.get(target)!),
            });
      return { when: i + 1 < targets.length ? when : null, target, args: args.get(target)!, leaving };
    });
  }

  /** Moves the ops of a block here, and goes where its terminator goes. */
  private emitBlock(block: Block, args: readonly Value[], inside: ReadonlySet<Block>): Outcome {
    this.moveOps(block, args);
    const { terminator } = block;
    this.loc = terminator.loc;
    const passed = (index: number): Value[] => {
      const range = BranchInterface.of(terminator)?.successorOperands(terminator, index);
      if (range === undefined) throw new InternalError(`${terminator.name} does not say what it passes`, terminator);
      return terminator.operands.slice(range.start, range.end).map((v) => this.value(v));
    };
    if (terminator.successors.length === 0) {
      const operands = terminator.operands.map((v) => this.value(v));
      return this.sequence(this.end, operands, NO_BLOCKS, null);
    }
    if (BranchOp.is(terminator)) return this.sequence(terminator.successors[0]!, passed(0), NO_BLOCKS, null);
    const flag = this.value(terminator.operand(0));
    const edge = (index: number, when: (() => Value) | null): Choice => ({
      when,
      target: terminator.successors[index]!,
      args: passed(index),
      leaving: null,
    });
    if (terminator.name === 'cf.cond_br') return this.choose([edge(0, () => flag), edge(1, null)], inside);
    const cases = caseValues(terminator).map((value, i) =>
      edge(i + 1, () =>
        CmpIOp.build(this.builder, terminator.loc, {
          predicate: 'eq',
          lhs: flag,
          rhs: buildConstant(this.builder, terminator.loc, flag.type, value),
        }),
      ),
    );
    return this.choose([...cases, edge(0, null)], inside);
  }
  loc: LocationRef = 0;

  moveOps(block: Block, args: readonly Value[]): void {
    block.arguments.forEach((argument, i) => {
      this.bind(argument, args[i]!);
    });
    const { terminator } = block;
    for (let op = block.firstOp!; op !== terminator; op = block.firstOp!) {
      op.remove();
      op.walk((inner) => {
        for (let i = 0; i < inner.operandCount; i++) inner.setOperand(i, this.value(inner.operand(i)));
      });
      this.builder.insert(op);
      for (const result of op.results) this.definedIn.set(result, this.scope);
    }
  }

  /** Several ways to go on: each takes along the blocks that only it leads to. */
  private choose(choices: readonly Choice[], inside: ReadonlySet<Block>): Outcome {
    if (choices.length === 1) return this.sequence(choices[0]!.target, choices[0]!.args, inside, choices[0]!.leaving);
    const reached = choices.map(({ target }) => reachable(target, inside));
    const own = reached.map((set, i) => {
      const only = new Set<Block>();
      for (const block of set) if (!reached.some((other, j) => j !== i && other.has(block))) only.add(block);
      return only;
    });
    const [first, second] = choices as [Choice, Choice];
    if (choices.length === 2 && own.every((set) => set.size === 0) && first.target !== second.target) {
      const leaving = [first, second].map((c) => this.sequence(c.target, c.args, NO_BLOCKS, c.leaving).leaving);
      const differ = leaving[0]!.some((v, i) => v !== null && leaving[1]![i] !== null && v !== leaving[1]![i]);
      if (!differ)
        return {
          targets: [first.target, second.target],
          selector: first.when!(),
          args: new Map([
            [first.target, first.args],
            [second.target, second.args],
          ]),
          leaving: (leaving[0]!.length ? leaving[0]! : leaving[1]!).map((v, i) => v ?? leaving[1]![i] ?? null),
        };
    }
    const nest = (i: number): Outcome => {
      const { when, target, args, leaving } = choices[i]!;
      const go = () => this.sequence(target, args, own[i]!, leaving);
      if (when === null || i === choices.length - 1) return go();
      const condition = when();
      const then = new Block();
      const otherwise = new Block();
      const { loc } = this;
      const taken = this.inBlock(then, go);
      const other = this.inBlock(otherwise, () => nest(i + 1));
      this.loc = loc;
      return this.join(condition, then, taken, otherwise, other);
    };
    return nest(0);
  }

  /** A loop.if over two blocks, which yields where to go on and what to pass. */
  private join(condition: Value, then: Block, a: Outcome, otherwise: Block, b: Outcome): Outcome {
    const { builder, loc } = this;
    const { context } = builder;
    const targets = [...a.targets, ...b.targets.filter((t) => !a.targets.includes(t))];
    const types: Type[] = [];
    const yields: [Value[], Value[]] = [[], []];
    /** What is known outside: a value, or the number of a result. */
    const slot = (type: Type, x: Value | null, y: Value | null): Value | number => {
      if (x === y && x !== null) return x;
      if (x === null && y!.parentBlock !== otherwise) return y!;
      if (y === null && x!.parentBlock !== then) return x!;
      yields[0].push(x ?? this.inBlock(then, () => this.placeholder(type)));
      yields[1].push(y ?? this.inBlock(otherwise, () => this.placeholder(type)));
      types.push(type);
      return types.length - 1;
    };
    const args = targets.map((target) =>
      target.arguments.map((argument, i) =>
        slot(argument.type, a.args.get(target)?.[i] ?? null, b.args.get(target)?.[i] ?? null),
      ),
    );
    const count = Math.max(a.leaving.length, b.leaving.length);
    const leaving = Array.from({ length: count }, (_, i) => {
      const [x, y] = [a.leaving[i] ?? null, b.leaving[i] ?? null];
      return x === null && y === null ? null : slot((x ?? y)!.type, x, y);
    });
    let selector: Value | number | null = null;
    if (targets.length > 1) {
      const type = targets.length === 2 ? context.i1 : context.i32;
      selector = slot(
        type,
        this.inBlock(then, () => this.selectorOver(targets, a)),
        this.inBlock(otherwise, () => this.selectorOver(targets, b)),
      );
    }
    this.inBlock(then, () => YieldOp.create(builder, loc, { values: yields[0] }));
    const hasElse = types.length > 0 || !otherwise.isEmpty;
    if (hasElse) this.inBlock(otherwise, () => YieldOp.create(builder, loc, { values: yields[1] }));
    const regions = [new Region(), new Region()];
    regions[0]!.append(then);
    if (hasElse) regions[1]!.append(otherwise);
    const made = IfOp.create(builder, loc, { condition, resultTypes: types, regions });
    this.counts.ifs++;
    const known = (s: Value | number): Value => (typeof s === 'number' ? made.result(s) : s);
    return {
      targets,
      selector: selector === null ? null : known(selector),
      args: new Map(targets.map((target, i) => [target, args[i]!.map(known)])),
      leaving: leaving.map((s) => (s === null ? null : known(s))),
    };
  }

  /** The selector of an outcome, as one over more targets. */
  private selectorOver(targets: readonly Block[], { targets: own, selector }: Outcome): Value {
    const { builder, loc } = this;
    const { context } = builder;
    const number = (block: Block) => buildConstant(builder, loc, context.i32, this.numbers.get(block)!);
    if (targets.length === 2) {
      if (own.length === 1) return buildConstant(builder, loc, context.i1, own[0] === targets[0] ? 1 : 0);
      return own[0] === targets[0] ? selector! : this.not(selector!);
    }
    if (own.length === 1) return number(own[0]!);
    if (own.length > 2) return selector!;
    return SelectOp.build(builder, loc, {
      condition: selector!,
      trueValue: number(own[0]!),
      falseValue: number(own[1]!),
    });
  }
  private not(value: Value): Value {
    const { builder, loc } = this;
    return XOrIOp.build(builder, loc, { lhs: value, rhs: buildConstant(builder, loc, builder.context.i1, 1) });
  }

  /** Some value of a type, where which one does not matter. */
  private placeholder(type: Type): Value {
    const element = type instanceof VectorType ? type.element : type;
    if (element instanceof IntegerType || element instanceof FloatType || element instanceof IndexType)
      return buildConstant(this.builder, this.loc, type, 0);
    const argument = this.region.entry.arguments.find((a) => a.type === type);
    if (argument) return argument;
    throw new Refusal(
      'no-placeholder',
      `a value of type ${type} is passed on some ways only, and there is none to pass on the others`,
      this.region.parent!,
    );
  }

  // Loops

  private emitLoop(loop: NaturalLoop, inits: readonly Value[]): Outcome {
    const outer = this.loop;
    const { loc } = this;
    this.loop = loop;
    const counted = countedLoop(loop);
    const emitted =
      counted !== null
        ? emitCounted(this, counted, inits)
        : testsFirst(loop)
          ? this.emitWhile(loop, inits)
          : this.emitDoWhile(loop, inits);
    this.loop = outer;
    this.loc = loc;
    loop.escaping.forEach((value, i) => {
      const now = emitted.leaving[i];
      if (now) this.bind(value, now);
    });
    const leaves = outer !== null && emitted.targets.some((t) => !outer.blocks.has(t));
    return { ...emitted, leaving: leaves ? this.leavingHere() : [] };
  }

  /** Only the header leaves the loop: it becomes the first region, the other blocks the second. */
  private emitWhile(loop: NaturalLoop, inits: readonly Value[]): Outcome {
    const { builder } = this;
    const { header, blocks } = loop;
    const before = blockOf(header.arguments.map((a) => a.type));
    const after = new Block();
    const { terminator } = header;
    const { loc } = terminator;
    const stays = blocks.has(terminator.successors[0]!) ? 0 : 1;
    const body = terminator.successors[stays]!;
    const exit = terminator.successors[1 - stays]!;
    const passes = new Map<Value, number>();
    const pass = (value: Value): number => {
      const known = passes.get(value);
      if (known !== undefined) return known;
      passes.set(value, passes.size);
      after.addArgument(value.type);
      return passes.size - 1;
    };
    const edges = [0, 1].map((i) => {
      const { start, end } = BranchInterface.of(terminator)!.successorOperands(terminator, i);
      return terminator.operands.slice(start, end);
    });
    let toExit: number[] = [];
    let toBody: number[] = [];
    let leaving: number[] = [];
    let fromHeader: number[] = [];
    this.inBlock(before, () => {
      this.moveOps(header, before.arguments);
      toExit = edges[1 - stays]!.map((v) => pass(this.value(v)));
      leaving = loop.escaping.map((v) => pass(this.value(v)));
      toBody = edges[stays]!.map((v) => pass(this.value(v)));
      fromHeader = loop.fromHeader.map((v) => pass(this.value(v)));
      const flag = this.value(terminator.operand(0));
      const condition = stays === 0 ? flag : this.not(flag);
      ConditionOp.create(builder, loc, { condition, values: [...passes.keys()] });
    });
    this.inBlock(after, () => {
      loop.fromHeader.forEach((value, i) => {
        this.bind(value, after.arguments[fromHeader[i]!]!);
      });
      const rest = new Set(blocks);
      rest.delete(header);
      const args = toBody.map((i) => after.arguments[i]!);
      const outcome = this.sequence(body, args, rest, null);
      YieldOp.create(builder, this.loc, { values: outcome.args.get(header)! });
    });
    const made = this.whileOp(before, after, inits, loc);
    return {
      targets: [exit],
      selector: null,
      args: new Map([[exit, toExit.map((i) => made.result(i))]]),
      leaving: leaving.map((i) => made.result(i)),
    };
  }

  /** The loop may be left from anywhere: all of it becomes the first region, which ends in whether to go on. */
  private emitDoWhile(loop: NaturalLoop, inits: readonly Value[]): Outcome {
    const { builder } = this;
    const { context } = builder;
    const { header, blocks } = loop;
    const before = blockOf(header.arguments.map((a) => a.type));
    const after = new Block();
    const rest = new Set(blocks);
    rest.delete(header);
    const passed: Value[] = [];
    let exits: Block[] = [];
    let several = false;
    this.inBlock(before, () => {
      const outcome = this.sequenceFromHeader(header, before.arguments, rest);
      const { targets, selector, args, leaving } = outcome;
      exits = targets.filter((t) => t !== header);
      several = exits.length > 1;
      const { loc } = this;
      const condition =
        targets.length > 2
          ? CmpIOp.build(builder, loc, {
              predicate: 'eq',
              lhs: selector!,
              rhs: buildConstant(builder, loc, context.i32, this.numbers.get(header)!),
            })
          : targets[0] === header
            ? selector!
            : this.not(selector!);
      passed.push(...args.get(header)!);
      for (const exit of exits) passed.push(...args.get(exit)!);
      loop.escaping.forEach((value, i) => {
        passed.push(leaving[i] ?? this.placeholder(value.type));
      });
      if (several) passed.push(selector!);
      ConditionOp.create(builder, loc, { condition, values: passed });
    });
    for (const value of passed) after.addArgument(value.type);
    const { loc } = this;
    this.inBlock(after, () =>
      YieldOp.create(builder, loc, { values: after.arguments.slice(0, header.arguments.length) }),
    );
    const made = this.whileOp(before, after, inits, loc);
    let next = header.arguments.length;
    const take = (count: number) => {
      next += count;
      return made.results.slice(next - count, next);
    };
    const args = new Map(exits.map((exit) => [exit, take(exit.arguments.length)]));
    const leaving = take(loop.escaping.length);
    let selector: Value | null = null;
    if (several) {
      selector = made.result(next);
      if (exits.length === 2)
        selector = CmpIOp.build(builder, loc, {
          predicate: 'eq',
          lhs: selector,
          rhs: buildConstant(builder, loc, context.i32, this.numbers.get(exits[0]!)!),
        });
    }
    return { targets: exits, selector, args, leaving };
  }
  /** The header's own block, then the rest of its loop. */
  private sequenceFromHeader(header: Block, args: readonly Value[], rest: ReadonlySet<Block>): Outcome {
    return this.sequence(header, args, new Set([header, ...rest]), null);
  }

  private whileOp(before: Block, after: Block, inits: readonly Value[], loc: LocationRef): Operation {
    const regions = [new Region(), new Region()];
    regions[0]!.append(before);
    regions[1]!.append(after);
    this.counts.whiles++;
    return WhileOp.create(this.builder, loc, {
      inits,
      resultTypes: after.arguments.map((a) => a.type),
      regions,
    });
  }
}

function testsFirst({ header, blocks, exiting }: NaturalLoop): boolean {
  const { terminator } = header;
  if (terminator.name !== 'cf.cond_br' || exiting.length !== 1 || exiting[0] !== header) return false;
  const inside = terminator.successors.filter((s) => blocks.has(s));
  return inside.length === 1 && inside[0] !== header;
}

function blockOf(types: readonly Type[]): Block {
  const block = new Block();
  for (const type of types) block.addArgument(type);
  return block;
}

/** The blocks of `inside` that control can reach from `start` without leaving `inside`. */
function reachable(start: Block, inside: ReadonlySet<Block>): Set<Block> {
  const seen = new Set<Block>();
  const stack = [start];
  for (let block = stack.pop(); block; block = stack.pop()) {
    if (seen.has(block) || !inside.has(block)) continue;
    seen.add(block);
    stack.push(...block.successors);
  }
  return seen;
}
