// interchange-while-map: a loop.while over whole tensors becomes one map whose elements run loops of their own.
//
//   %r = loop.while (%z = %z0, %on = %all) {          %r = array.map %z0, %all, %c body(%z: f32, %on: i1, %e: f32) {
//     %some = array.reduce or %on ..                    %w:2 = loop.while (%a = %z, %b = %on) {
//     loop.condition(%some) %z, %on                       loop.condition(%b) %a, %b
//   } do {                                      ->      } do { %n = <next of %a, %e>; %near = ..; loop.yield %n, %near }
//     %n = <next of %z, %c>                             array.yield %w#0 }
//     %z2 = array.select %on, %n, %z
//     %on2 = array.and %on, %near .. }
//
// The loop runs while some element is active (and conditions hold that all elements share), and every op in it computes
// an element from elements at the same place. When an element that is not active stays as it is, it need not wait for
// the others: state stays in registers instead of passing through memory once per step, and no step is made for elements
// that are done. Legality is proved on the scalar code of one element: with its condition false, the next state folds to the state.
// So the bits are the same. A counter of the steps is the largest of the elements' counts.
//
// A loop whose condition no element has a part in, such as a loop.for, takes the same steps for all of them: then there is
// nothing to prove but that elements read no others.
//
// Requires fixed numerics; runs before rotate-while-loops and fusion. Bodies are simplified under the condition being true.
// (Interchange of a sequential loop with the parallel loops in it: Allen and Kennedy, 1984.)
import { BroadcastOp, ExtractOp, FromScalarOp, MapOp, ReduceOp, YieldOp } from '@budflow/dialect-array';
import { AddIOp, AndIOp, CmpIOp, integerOf } from '@budflow/dialect-core';
import { ForOp, WhileOp } from '@budflow/dialect-loop';
import {
  Block,
  Builder,
  ConstantLike,
  type Context,
  isMemoryEffectFree,
  Operation,
  Region,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { groupOrder, setOrder } from './numerics/orders.js';
import { countedWhile } from './while-map/counted.js';
import { isUniform, Refusal, scalarOf } from './while-map/element-code.js';
import { commonShape, OneElement, readBy } from './while-map/one-element.js';

export const interchangeWhileMap = definePass({
  name: 'interchange-while-map',
  summary: 'turn a loop over whole tensors into a map whose elements run loops of their own',
  anchor: 'func.func',
  dependentDialects: ['array', 'arith', 'loop'],
  statistics: { interchanged: 'loops turned into maps', kept: 'loops over tensors that stay' },
  run(func, pass) {
    const loops: Operation[] = [];
    func.walkPostOrder((op) => {
      if ((WhileOp.is(op) || ForOp.is(op)) && op.results.some((r) => !isUniform(r.type))) loops.push(op);
    });
    for (const loop of loops) {
      try {
        if (ForOp.is(loop)) interchangeFor(loop);
        else interchange(loop);
        pass.statistic('interchanged');
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        pass.statistic('kept');
        pass.remark({
          kind: 'missed',
          name: 'while-stays',
          message: `elements do not run loops of their own: ${error.message}`,
          at: loop,
        });
      }
    }
    if (loops.length === 0) pass.unchanged();
  },
});

/** As the loop that counts; it stays as it was when elements need one another. */
function interchangeFor(loop: Operation): void {
  const block = loop.parent!;
  const own = new Set(block.ops);
  const counted = countedWhile(loop);
  const results = loop.results.map((result) => [result, counted.result(result.index)] as const);
  for (const [old, made] of results) old.replaceAllUsesWith(made);
  try {
    interchange(counted);
    loop.erase();
  } catch (error) {
    for (const [old, made] of results) made.replaceAllUsesWith(old);
    for (const op of block.ops.reverse()) if (!own.has(op)) op.erase();
    throw error;
  }
}

function interchange(loop: Operation): void {
  const before = loop.region(0).entry;
  for (const { entry } of loop.regions)
    for (const op of entry.ops)
      if (op !== entry.terminator && !isMemoryEffectFree(op)) throw new Refusal(`'${op.name}' has effects`);
  // 1. The code of one element, and the proof that elements need not wait for each other.
  const shape = commonShape([...before.arguments, ...loop.region(1).entry.arguments]);
  const element = new OneElement(loop, shape);
  element.checkInactiveIsStill(before.arguments.map((a) => !isUniform(a.type)));
  const live = loop.results.flatMap((r, i) => (r.hasUses ? [i] : []));
  if (live.length === 0) throw new Refusal('none of its results is used');
  if (!element.waits && shape.includes(0)) throw new Refusal('it has no elements');
  if (!element.waits && live.every((i) => isUniform(loop.result(i).type)))
    throw new Refusal('no tensor that it results in is used');
  for (const i of live) if (isUniform(loop.result(i).type)) checkCounter(element, i, loop.result(i));
  element.assumeActive();

  // 2. What the loop of an element carries: what its condition and the results are made from, and so on.
  const passed = element.passed;
  const ends = element.slice([element.active, ...element.uniform, ...live.map((i) => passed[i]!)]);
  const needed = new Set<number>();
  const reach = (values: ReadonlySet<Value>): void =>
    element.state.forEach((argument, i) => {
      if (!values.has(argument) || needed.has(i)) return;
      needed.add(i);
      reach(element.slice([element.next[i]!]));
    });
  reach(ends);

  // 3. The map.
  const map = new MapBuilder(
    loop,
    element,
    shape,
    [...needed].sort((a, b) => a - b),
  );
  const results = map.build(live, ends);
  const builder = Builder.before(loop);
  live.forEach((at, i) => {
    const result = loop.result(at);
    const made = results[i]!;
    result.replaceAllUsesWith(isUniform(result.type) ? largest(builder, loop, made, at, element) : made);
  });
  loop.erase();
}

/** A result that all elements share must be a count of the steps: the last step of all is the largest. */
function checkCounter(element: OneElement, at: number, result: Value): void {
  const counter = element.passed[at]!;
  const next = element.state.includes(counter) ? element.next[element.state.indexOf(counter)]!.definingOp : null;
  const counts = next && AddIOp.is(next) && next.operand(0) === counter && constantOf(next.operand(1)) === 1;
  const bounded = element.uniform.some(({ definingOp: op }) => {
    return op && CmpIOp.is(op) && CmpIOp.predicate(op) === 'slt' && op.operand(0) === counter;
  });
  const plain = scalarOf(element.root.context, result.type) === elementOf(result.type);
  if (!counts || !bounded || !plain)
    throw new Refusal(
      'a result that is no tensor counts the steps in another way than from one to the next, below a limit',
    );
}

function elementOf(type: Type): Type {
  return type instanceof TensorType ? type.element : type;
}

function constantOf(value: Value): number | undefined {
  const op = value.definingOp;
  const found = op?.info.hasTrait(ConstantLike) ? integerOf(op.attr('value')) : null;
  return found === null ? undefined : Number(found);
}

/** The largest of the elements' counts, and not below the first. */
function largest(builder: Builder, loop: Operation, counts: Value, at: number, element: OneElement): Value {
  const { loc, context } = loop;
  const type = loop.result(at).type;
  const init = loop.operand(element.state.indexOf(element.passed[at]!));
  const rank0 = context.tensor([], elementOf(type));
  const inits = [
    init.type instanceof TensorType ? init : FromScalarOp.build(builder, loc, { scalar: init, resultTypes: [rank0] }),
  ];
  const dims = (counts.type as TensorType).shape.map((_, d) => d);
  const made = ReduceOp.create(builder, loc, { inputs: [counts], inits, kind: 'max', dims, resultTypes: [rank0] });
  setOrder(made, groupOrder(made));
  if (type instanceof TensorType) return made.result(0);
  return ExtractOp.build(builder, loc, { operand: made.result(0), resultTypes: [type] });
}

class MapBuilder {
  private readonly loop: Operation;
  private readonly element: OneElement;
  private readonly shape: readonly number[];
  /** Carried values, by their place in the old loop. */
  private readonly carried: readonly number[];
  private readonly context: Context;
  private readonly front: Builder;
  private readonly hoisted = new Map<Value, Value>();
  private readonly operands: Value[] = [];
  private readonly block = new Block();

  constructor(loop: Operation, element: OneElement, shape: readonly number[], carried: readonly number[]) {
    this.loop = loop;
    this.element = element;
    this.shape = shape;
    this.carried = carried;
    this.context = loop.context;
    this.front = Builder.before(loop);
  }

  /** `ends`: all that the condition and the live results are computed from. */
  build(live: readonly number[], ends: ReadonlySet<Value>): Value[] {
    const { element, loop, context, carried } = this;
    const { loc } = loop;
    const region = new Region();
    region.append(this.block);
    const inner = Builder.atEnd(context, this.block);
    const state = carried.map((i) => element.state[i]!);
    const next = carried.map((i) => element.next[i]!);
    const rest = element.slice(next);

    // 1. Arguments and constants.
    const outside = new Map<Value, Value>();
    for (const op of element.block.ops)
      if (op.info.hasTrait(ConstantLike)) outside.set(op.result(0), inner.insert(op.clone()).result(0));
    for (const [value, argument] of element.captures)
      if (ends.has(argument) || rest.has(argument)) outside.set(argument, this.input(value));
    const inits = carried.map((i) => {
      const init = loop.operand(i);
      const constant = init.definingOp?.info.hasTrait(ConstantLike) && !(init.type instanceof TensorType);
      return constant ? inner.insert(init.definingOp!.clone()).result(0) : this.input(init);
    });

    // 2. The first region: the condition, and what the results are made from.
    const regions = [new Region(), new Region()] as const;
    const first = regions[0].append(new Block());
    const firstBuilder = Builder.atEnd(context, first);
    const here = new Map(outside);
    for (const value of state) here.set(value, first.addArgument(value.type));
    this.copy(firstBuilder, here, (op) => op.results.some((r) => ends.has(r)));
    const at = (map: ReadonlyMap<Value, Value>, value: Value): Value => map.get(value)!;
    const condition = [element.active, ...element.uniform]
      .map((v) => at(here, v))
      .reduce((lhs, rhs) => AndIOp.build(firstBuilder, loc, { lhs, rhs }));
    const results = live.map((i) => element.passed[i]!);
    const isRest = (op: Operation): boolean => op.results.some((r) => rest.has(r) && !ends.has(r));
    const used = new Set<Value>(next);
    for (const op of element.block.ops) if (isRest(op)) for (const v of readBy(op)) used.add(v);
    const crossing = [...used].filter(
      (v) => !outside.has(v) && !results.includes(v) && (state.includes(v) || ends.has(v)),
    );
    const passed = [...results, ...crossing];
    const values = passed.map((v) => at(here, v));
    firstBuilder.insert(Operation.create(context.opInfo('loop.condition'), loc, [condition, ...values], []));

    // 3. The second region: the next state.
    const second = regions[1].append(new Block());
    const there = new Map(outside);
    for (const value of passed) there.set(value, second.addArgument(value.type));
    const secondBuilder = Builder.atEnd(context, second);
    this.copy(secondBuilder, there, isRest);
    secondBuilder.insert(
      Operation.create(
        context.opInfo('loop.yield'),
        loc,
        next.map((v) => at(there, v)),
        [],
      ),
    );

    // 4. Together.
    const types = passed.map((v) => v.type);
    const made = inner.insert(Operation.create(loop.info, loc, inits, types, undefined, regions));
    inner.insert(Operation.create(context.opInfo(YieldOp.opName), loc, made.results.slice(0, live.length), []));
    const resultTypes = live.map((i) => this.tensorOf(loop.result(i).type));
    return this.front
      .insert(Operation.create(context.opInfo(MapOp.opName), loc, this.operands, resultTypes, undefined, [region]))
      .results.slice();
  }

  private copy(builder: Builder, mapping: Map<Value, Value>, chosen: (op: Operation) => boolean): void {
    for (const op of this.element.block.ops) {
      if (op === this.element.block.terminator || op.info.hasTrait(ConstantLike) || !chosen(op)) continue;
      builder.insert(op.clone(mapping));
    }
  }

  private tensorOf(type: Type): TensorType {
    return this.context.tensor(this.shape, elementOf(type));
  }

  /** An argument of the map for a value from outside of the loop, or one the loop does not change. */
  private input(value: Value): Value {
    const { front, loop, context } = this;
    let tensor = this.hoist(value);
    if (!(tensor.type instanceof TensorType))
      tensor = FromScalarOp.build(front, loop.loc, { scalar: tensor, resultTypes: [context.tensor([], tensor.type)] });
    const type = this.tensorOf(tensor.type);
    if (tensor.type !== type)
      tensor = BroadcastOp.build(front, loop.loc, { operand: tensor, sizes: [], dims: [], resultTypes: [type] });
    this.operands.push(tensor);
    return this.block.addArgument(scalarOf(context, type));
  }

  private hoist(value: Value): Value {
    const op = value.definingOp;
    const region = value.parentBlock?.parent;
    if (!op || !region || !this.loop.regions.some((own) => own.isAncestorOf(region))) return value;
    const known = this.hoisted.get(value);
    if (known) return known;
    const copy = this.front.insert(op.clone(new Map(op.operands.map((v): [Value, Value] => [v, this.hoist(v)]))));
    op.results.forEach((r, i) => void this.hoisted.set(r, copy.result(i)));
    return copy.result(value.index);
  }
}
