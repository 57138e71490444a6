// What a loop.while over tensors does to one element, as a block of scalar code with its parts known: the condition, what
// is passed on, and the next values. The block belongs to an array.map of its own that stands nowhere.
import { MapOp, YieldOp } from '@budflow/dialect-array';
import { AndIOp, ConstantOp, integerOf, OrIOp, XOrIOp } from '@budflow/dialect-core';
import { interpretPureOp } from '@budflow/interpreter';
import { Block, Builder, ConstantLike, Operation, Region, TensorType, type Value } from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { eliminateCommonSubexpressions } from '../../general/cse.js';
import { type Active, loopCondition } from './condition.js';
import { ElementCode, isUniform, Refusal, scalarOf } from './element-code.js';

/** A condition, and whether it holds. */
type Fact = readonly [Value, boolean];

export class OneElement {
  readonly root: Operation;
  /** Values from outside that the code reads, and the arguments of the block that stand for them. */
  readonly captures: ReadonlyMap<Value, Value>;
  /** Whether elements stop by themselves, and wait for others; otherwise all take the same steps. */
  readonly waits: boolean;
  private readonly uniformConditions: number;
  private readonly passedCount: number;
  private readonly stateCount: number;

  constructor(loop: Operation, shape: readonly number[]) {
    const { context } = loop;
    const [before, after] = [loop.region(0).entry, loop.region(1).entry];
    const region = new Region();
    const block = region.append(new Block());
    this.root = Operation.create(context.opInfo(MapOp.opName), loop.loc, [], [], undefined, [region]);
    const builder = Builder.atEnd(context, block);
    const code = new ElementCode(loop, shape, block, builder);
    for (const argument of before.arguments) code.bind(argument, block.addArgument(scalarOf(context, argument.type)));
    const condition = loopCondition(before.terminator.operand(0));
    const active = condition.active ? activeElement(builder, code, condition.active) : bit(builder, true);
    this.waits = condition.active !== undefined;
    const uniform = condition.uniform.map((v) => {
      if (!isUniform(v.type)) throw new Refusal('its condition is no scalar');
      return code.value(v);
    });
    const passed = before.terminator.operands.slice(1).map((v) => code.value(v));
    after.arguments.forEach((argument, i) => void code.bind(argument, passed[i]!));
    const next = after.terminator.operands.map((v) => code.value(v));
    builder.insert(
      Operation.create(context.opInfo(YieldOp.opName), loop.loc, [active, ...uniform, ...passed, ...next], []),
    );
    this.captures = code.captures;
    this.uniformConditions = uniform.length;
    this.passedCount = passed.length;
    this.stateCount = next.length;
    simplify(this.root);
  }

  get block(): Block {
    return this.root.region(0).entry;
  }
  get state(): readonly Value[] {
    return this.block.arguments.slice(0, this.stateCount);
  }
  get active(): Value {
    return this.block.terminator.operand(0);
  }
  /** Conditions that all elements share. */
  get uniform(): readonly Value[] {
    return this.block.terminator.operands.slice(1, 1 + this.uniformConditions);
  }
  /** What the loop results in when it ends here. */
  get passed(): readonly Value[] {
    const from = 1 + this.uniformConditions;
    return this.block.terminator.operands.slice(from, from + this.passedCount);
  }
  /** The state after one more iteration. */
  get next(): readonly Value[] {
    return this.block.terminator.operands.slice(1 + this.uniformConditions + this.passedCount);
  }

  /**
   * Checks that an element that is not active stays as it is, whatever the step: with the condition known to be false,
   * each next value simplifies to the value before. Whether an element is active may depend on nothing but itself.
   */
  checkInactiveIsStill(isElement: readonly boolean[]): void {
    if (!this.waits) return;
    const reached = this.slice([this.active]);
    if (this.state.some((v, i) => !isElement[i] && reached.has(v)))
      throw new Refusal('whether an element goes on depends on the step');
    const copy = this.root.clone();
    const { entry } = copy.region(0);
    const known = facts(entry.terminator.operand(0), false);
    substitute(entry, known, entry.ops, { yielded: () => true });
    simplify(copy);
    const from = 1 + this.uniformConditions + this.passedCount;
    for (let i = 0; i < this.stateCount; i++) {
      if (!isElement[i]) continue;
      const argument = entry.arguments[i]!;
      const next = entry.terminator.operand(from + i);
      const fact = known.find(([v]) => v === argument);
      if (next === argument || (fact && bitOf(next) === fact[1])) continue;
      throw new Refusal('an element that is not active may still change');
    }
  }

  /** Puts what the condition says into the code of the next values. */
  assumeActive(): void {
    const first = this.slice([this.active, ...this.uniform, ...this.passed]);
    const known = [this.active, ...this.uniform].flatMap((v) => facts(v, true));
    const rest = this.block.ops.filter((op) => !op.results.some((r) => first.has(r)));
    const from = 1 + this.uniformConditions + this.passedCount;
    substitute(this.block, known, rest, { yielded: (i) => i >= from });
    simplify(this.root);
  }

  /** Everything in the block that values are computed from, themselves included. */
  slice(values: readonly Value[]): Set<Value> {
    const found = new Set<Value>();
    const visit = (value: Value): void => {
      if (found.has(value)) return;
      found.add(value);
      if (value.definingOp) readBy(value.definingOp).forEach(visit);
    };
    values.forEach(visit);
    return found;
  }
}

/** What an op reads of the block it is in: its operands, and what loops inside of it take from there. */
export function readBy(op: Operation): Value[] {
  if (op.ownRegions === null) return [...op.operands];
  const block = op.parent;
  const values: Value[] = [];
  op.walk((inner) => {
    for (const value of inner.operands) if (value.parentBlock === block) values.push(value);
  });
  return values;
}

function simplify(root: Operation): void {
  eliminateCommonSubexpressions(root);
  applyPatternsGreedily(root, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    regionSimplify: 'disabled',
  });
  eliminateCommonSubexpressions(root);
}

function activeElement(builder: Builder, code: ElementCode, { value, inverted }: Active): Value {
  const element = code.value(value);
  return inverted ? negate(builder, element) : element;
}

function bit(builder: Builder, value: boolean): Value {
  const { context } = builder;
  const attr = value ? context.trueAttr : context.falseAttr;
  return ConstantOp.build(builder, 0, { value: attr, resultTypes: [context.i1] });
}

function negate(builder: Builder, value: Value): Value {
  const rhs = ConstantOp.build(builder, 0, {
    value: builder.context.constantAttr(value.type, 1),
    resultTypes: [value.type],
  });
  return XOrIOp.build(builder, 0, { lhs: value, rhs });
}

function bitOf(value: Value): boolean | undefined {
  const op = value.definingOp;
  const found = op?.info.hasTrait(ConstantLike) ? integerOf(op.attr('value')) : null;
  return found === null ? undefined : Number(found) !== 0;
}

/** What follows when a condition holds, or does not: itself, and what it negates or combines. */
function facts(value: Value, holds: boolean): Fact[] {
  const list: Fact[] = [[value, holds]];
  const op = value.definingOp;
  if (op && XOrIOp.is(op) && bitOf(op.operand(1)) === true) list.push(...facts(op.operand(0), !holds));
  if (op && (holds ? AndIOp.is(op) : OrIOp.is(op))) list.push(...op.operands.flatMap((v) => facts(v, holds)));
  return list;
}

/** Replaces what is known in the operands of some ops, and of what the block yields at some places. */
function substitute(
  block: Block,
  known: readonly Fact[],
  ops: readonly Operation[],
  options: { readonly yielded: (index: number) => boolean },
): void {
  const builder = Builder.before(block.firstOp!);
  for (const [value, holds] of known) {
    if (bitOf(value) !== undefined) continue;
    const constant = ConstantOp.build(builder, 0, {
      value: builder.context.constantAttr(value.type, holds ? 1 : 0),
      resultTypes: [value.type],
    });
    for (const op of ops) {
      if (op === block.terminator) continue;
      op.operands.forEach((v, i) => {
        if (v === value) op.setOperand(i, constant);
      });
    }
    block.terminator.operands.forEach((v, i) => {
      if (v === value && options.yielded(i)) block.terminator.setOperand(i, constant);
    });
  }
}

/** The one shape of all tensors that a loop carries; tensors of rank 0 are scalars. */
export function commonShape(values: readonly Value[]): readonly number[] {
  let shape: readonly number[] | undefined;
  for (const { type } of values) {
    if (!(type instanceof TensorType) || type.rank === 0) continue;
    if (type.shape.some((d) => d < 0)) throw new Refusal('a size is known at run time only');
    if (shape && (shape.length !== type.shape.length || shape.some((d, i) => d !== type.shape[i])))
      throw new Refusal('it carries tensors of different shapes');
    shape = type.shape;
  }
  if (!shape) throw new Refusal('it carries no tensors');
  return shape;
}
