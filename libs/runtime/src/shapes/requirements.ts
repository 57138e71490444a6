// What the ops of a program need of the dynamic sizes of its arguments: found on the array program as written, checked
// on every call. Kernels then trust sizes, and no pass can lose a check.
//
//   func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>)       slots: address x, size x, address y, size y
//     %0 = array.add %x, %y : tensor<?xf32>                ->   size y = size x
//     %1 = array.slice %0 [2:7:1] : ..                     ->   size x >= 7
//
// Sizes are expressions over the arguments' sizes; structured ops say by their indexing maps which must agree.
import {
  FusionOp,
  GetTupleElementOp,
  PadOp,
  ReshapeOp,
  ShapeRules,
  type SizeRule,
  SliceOp,
  sizeOperand,
  sizeRule,
  sizeSource,
  TupleOp,
  YieldOp,
} from '@budflow/dialect-array';
import { ForOp, forInits, IfOp, WhileOp } from '@budflow/dialect-loop';
import {
  DYNAMIC,
  IndexType,
  lookupSymbol,
  type Operation,
  positionOf,
  StructuredOp,
  type SymbolRefAttr,
  TensorType,
  TupleType,
  type Type,
  type Value,
} from '@budflow/ir';
import { type HostExpression, hostOperation, productOf, sameExpression } from '../host/expression.js';
import { affineExpression, indexExpression } from '../host/index-ops.js';
import { argumentSlots, type HostRequirement } from '../host/program.js';
import { specOf } from '../host/signature.js';

/** The requirements of a function of tensors. Sizes that ops compute in ways unknown here need nothing. */
export function sizeRequirements(func: Operation): HostRequirement[] {
  return new Analysis(func).run();
}

interface Known {
  readonly sizes?: readonly (HostExpression | undefined)[] | undefined;
  readonly number?: HostExpression | undefined;
  readonly elements?: readonly Known[] | undefined;
}

/** Callers pass the elements of tuples one by one, as flatten-tuples makes arguments of them. */
function tupleLeaves(type: Type): Type[] {
  return type instanceof TupleType ? type.elements.flatMap(tupleLeaves) : [type];
}

class Analysis {
  private readonly func: Operation;
  private readonly sizes = new Map<Value, readonly (HostExpression | undefined)[]>();
  private readonly numbers = new Map<Value, HostExpression>();
  private readonly tuples = new Map<Value, readonly Known[]>();
  /** Slots that are known to be equal to other expressions, by the requirements so far. */
  private readonly equal = new Map<number, HostExpression>();
  private readonly names = new Map<number, string>();
  private readonly requirements: HostRequirement[] = [];
  /** The functions that are being looked into. */
  private readonly callees: Operation[] = [];
  /** Slots of unknown numbers count down from -1. */
  private unknowns = 0;

  constructor(func: Operation) {
    this.func = func;
  }

  run(): HostRequirement[] {
    const { blocks } = this.func.region(0);
    if (blocks.length !== 1) return [];
    const block = blocks[0]!;
    const types = block.arguments.flatMap((v) => tupleLeaves(v.type));
    const specs = types.map((type) => specOf(type) ?? ({ kind: 'scalar', dtype: 'index' } as const));
    const slots = argumentSlots(specs);
    let next = 0;
    const argument = (type: Type): Known => {
      if (type instanceof TupleType) return { elements: type.elements.map(argument) };
      const i = next++;
      let slot = slots[i]!;
      if (!(type instanceof TensorType)) {
        this.names.set(slot, `argument ${i}`);
        return { number: { slot } };
      }
      const sizes = type.shape.map((size, d) => {
        if (size !== DYNAMIC) return size;
        this.names.set(++slot, `dimension ${d} of argument ${i}`);
        return { slot };
      });
      return { sizes };
    };
    for (const value of block.arguments) this.learn(value, argument(value.type));
    for (const op of block.ops) this.visit(op);
    return this.requirements;
  }

  private visit(op: Operation): void {
    if (FusionOp.is(op)) {
      this.fusion(op);
      return;
    }
    if (op.name === 'func.call') {
      this.call(op);
      return;
    }
    if (op.name === 'arith.select' && op.result(0).type instanceof TensorType) {
      this.same(op, [op.operand(1)], [op.operand(2)], 'operand');
      this.enter(op.results, [op.operand(1)]);
      return;
    }
    if (ForOp.is(op) || WhileOp.is(op) || IfOp.is(op)) {
      this.controlFlow(op);
      return;
    }
    if (TupleOp.is(op)) {
      this.learn(op.result(0), { elements: op.operands.map((v) => this.known(v)) });
      return;
    }
    if (GetTupleElementOp.is(op)) {
      this.learn(op.result(0), this.tuples.get(op.operand(0))?.[GetTupleElementOp.index(op)] ?? {});
      return;
    }
    if (ShapeRules.of(op)) this.rules(op);
    else if (StructuredOp.of(op)) this.structured(op);
    if (SliceOp.is(op)) this.slice(op);
    else if (ReshapeOp.is(op)) this.reshape(op);
    for (const result of op.results) {
      if (result.type instanceof TensorType) this.result(op, result);
      else {
        const inputs = op.operands.map((v) => this.numbers.get(v));
        const dimension = op.name === 'array.dim' ? op.attr('dimension') : undefined;
        let value: HostExpression | undefined;
        if (dimension) value = this.size(op.operand(0), (dimension as { readonly number?: number }).number ?? 0);
        else if (!inputs.includes(undefined)) value = indexExpression(op, inputs as HostExpression[]);
        if (value !== undefined) this.numbers.set(result, value);
        else if (result.type instanceof IndexType) this.numbers.set(result, this.unknown());
      }
    }
  }

  /** What is known of a value, of a tuple that of its elements. */
  private known(value: Value): Known {
    return {
      sizes: value.type instanceof TensorType ? this.sizesOf(value) : undefined,
      number: this.numbers.get(value),
      elements: this.tuples.get(value),
    };
  }

  private learn(value: Value, { sizes, number, elements }: Known): void {
    if (sizes) this.sizes.set(value, sizes);
    if (number !== undefined) this.numbers.set(value, number);
    else if (value.type instanceof IndexType) this.numbers.set(value, this.unknown());
    if (elements) this.tuples.set(value, elements);
  }

  private fusion(op: Operation): void {
    const body = op.region(0).entry;
    body.arguments.forEach((argument, i) => {
      const operand = op.operand(i);
      const sizes = this.sizes.get(operand);
      const number = this.numbers.get(operand);
      if (sizes) this.sizes.set(argument, sizes);
      if (number !== undefined) this.numbers.set(argument, number);
    });
    for (const inner of body.ops) if (!YieldOp.is(inner)) this.visit(inner);
    op.results.forEach((result, i) => {
      const sizes = this.sizes.get(body.terminator.operand(i));
      if (sizes) this.sizes.set(result, sizes);
    });
  }

  /** What a function needs of the sizes it is called with, its callers need. */
  private call(op: Operation): void {
    const callee = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
    const blocks = callee?.regions[0]?.blocks ?? [];
    if (!callee || blocks.length !== 1 || this.callees.includes(callee)) return;
    const block = blocks[0]!;
    this.callees.push(callee);
    this.enter(block.arguments, op.operands);
    for (const inner of block.ops) this.visit(inner);
    this.enter(op.results, block.terminator.operands);
    this.callees.pop();
  }

  /** Carried values keep the sizes they enter with; branches pass equal ones. */
  private controlFlow(op: Operation): void {
    if (IfOp.is(op)) {
      for (const region of op.regions) if (!region.isEmpty) for (const inner of region.entry.ops) this.visit(inner);
      if (op.resultCount === 0) return;
      const [then, otherwise] = op.regions.map((region) => region.entry.terminator.operands);
      this.same(op, then!, otherwise!, 'result');
      this.enter(op.results, then!);
      return;
    }
    if (ForOp.is(op)) {
      const body = op.region(0).entry;
      const inits = forInits(op);
      this.numbers.set(body.arguments[0]!, this.unknown());
      this.enter(body.arguments.slice(1), inits, { numbers: false });
      for (const inner of body.ops) this.visit(inner);
      this.same(op, body.terminator.operands, inits, 'carried value');
      this.enter(op.results, inits, { numbers: false });
      return;
    }
    const [before, after] = op.regions.map((region) => region.entry);
    this.enter(before!.arguments, op.operands, { numbers: false });
    for (const inner of before!.ops) this.visit(inner);
    const passed = before!.terminator.operands.slice(1);
    this.enter(after!.arguments, passed, { numbers: false });
    for (const inner of after!.ops) this.visit(inner);
    this.same(op, after!.terminator.operands, op.operands, 'carried value');
    this.enter(op.results, passed, { numbers: false });
  }

  /** `values` are these sources; numbers only where they are so in every iteration. */
  private enter(
    values: readonly Value[],
    sources: readonly Value[],
    { numbers }: { readonly numbers: boolean } = { numbers: true },
  ): void {
    values.forEach((value, i) => {
      const source = sources[i]!;
      const sizes = source.type instanceof TensorType ? this.sizesOf(source) : undefined;
      if (sizes) this.sizes.set(value, sizes);
      const elements = this.tuples.get(source);
      if (elements) this.tuples.set(value, elements);
      const number = this.numbers.get(source);
      if (numbers && number !== undefined) this.numbers.set(value, number);
      else if (value.type instanceof IndexType) this.numbers.set(value, this.unknown());
      else this.numbers.delete(value);
    });
  }

  /** A number that only the run knows: equal to itself and to nothing else. */
  private unknown(): HostExpression {
    return { slot: --this.unknowns };
  }

  private sizesOf(value: Value): readonly (HostExpression | undefined)[] {
    return (value.type as TensorType).shape.map((_, d) => this.size(value, d));
  }

  private same(op: Operation, values: readonly Value[], others: readonly Value[], what: string): void {
    values.forEach((value, i) => {
      if (!(value.type instanceof TensorType)) return;
      const other = others[i]!;
      value.type.shape.forEach((size, d) => {
        if (size !== DYNAMIC) return;
        const [left, right] = [this.size(value, d), this.size(other, d)];
        const [name, otherName] = [`dimension ${d} of ${what} ${i}`, `dimension ${d} of what it was`];
        if (left !== undefined && right !== undefined && !isUnknown(left) && !isUnknown(right)) {
          this.require(op, left, 'equal', right, name, otherName);
          return;
        }
        op.emitError(
          'runtime.size-changes',
          `passes ${what} ${i} of a size that depends on data: dimension ${d} must be known before the program runs, and stay`,
        );
      });
    });
  }

  /** Dimensions that one domain dimension walks are equal. */
  private structured(op: Operation): void {
    const structure = StructuredOp.of(op)!;
    const maps = structure.indexingMaps(op);
    const domain = structure.domain(op).map(({ size }) => (size.kind === 'static' ? size.size : undefined)) as (
      | HostExpression
      | undefined
    )[];
    const owners: string[] = [];
    op.operands.forEach((operand, i) => {
      // A slice reads part of its operand; its bounds are checked by `slice`.
      if (SliceOp.is(op)) return;
      maps[i]?.results.forEach((e, d) => {
        if (e.kind !== 'dim') return;
        const size = this.size(operand, d);
        const name = `dimension ${d} of operand ${i}`;
        const known = domain[e.value];
        if (size === undefined) return;
        if (known === undefined) {
          domain[e.value] = size;
          owners[e.value] = name;
        } else this.require(op, size, 'equal', known, name, owners[e.value] ?? '');
      });
    });
    // A result of static size, or of one that size operands give.
    op.results.forEach((result, r) => {
      maps[op.operandCount + r]?.results.forEach((e, d) => {
        if (e.kind !== 'dim' || structure.fill) return;
        const known = domain[e.value];
        const size = this.declared(result, d);
        if (size !== undefined && known !== undefined)
          this.require(op, known, 'equal', size, owners[e.value] ?? '', `dimension ${d} of the result`);
      });
    });
  }

  /** What an op says itself about the sizes of its operands. */
  private rules(op: Operation): void {
    const rules = ShapeRules.of(op)!;
    for (const { left, relation, right } of rules.constraints?.(op) ?? []) {
      const l = this.size(op.operand(left.operand), left.dim);
      const r = typeof right === 'number' ? right : this.size(op.operand(right.operand), right.dim);
      if (l === undefined || r === undefined) continue;
      const name = typeof right === 'number' ? '' : `dimension ${right.dim} of operand ${right.operand}`;
      this.require(op, l, relation, r, `dimension ${left.dim} of operand ${left.operand}`, name);
    }
    for (const { size, rule } of rules.counts?.(op) ?? []) {
      const given = this.size(op.operand(size.operand), size.dim);
      const count = this.byRule(op, rule);
      if (given === undefined || count === undefined) continue;
      this.require(
        op,
        given,
        'equal',
        count,
        `dimension ${size.dim} of operand ${size.operand}`,
        'the number of windows',
      );
    }
  }

  private byRule(op: Operation, rule: SizeRule): HostExpression | undefined {
    const sizes = rule.of.map((d) => this.size(op.operand(d.operand), d.dim));
    if (sizes.includes(undefined)) return undefined;
    return rule.map.results
      .map((e) => affineExpression(e, sizes as HostExpression[], sizes.length))
      .reduce((l, r) => hostOperation('max', l, r));
  }

  private slice(op: Operation): void {
    const { shape } = op.operand(0).type as TensorType;
    shape.forEach((declared, d) => {
      if (declared !== DYNAMIC) return;
      const limit = SliceOp.limits(op)[d]!;
      const size = this.size(op.operand(0), d);
      const least = limit === DYNAMIC ? SliceOp.starts(op)[d]! : limit;
      if (size !== undefined && least > 0) this.require(op, size, 'atLeast', least, `dimension ${d} of operand 0`, '');
    });
  }

  /** The number of elements stays. */
  private reshape(op: Operation): void {
    const from = op.operand(0);
    const to = op.result(0);
    const before = this.count(from);
    if (before === undefined) return;
    const { shape } = to.type as TensorType;
    const known = shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
    const name = 'the number of elements';
    if (shape.includes(DYNAMIC) && op.operandCount === 1) {
      if (known === 0) this.require(op, before, 'equal', 0, name, '');
      else if (known > 1)
        this.require(op, hostOperation('mod', before, known), 'equal', 0, `the number of elements modulo ${known}`, '');
      return;
    }
    const sizes = shape.map((_, d) => this.declared(to, d));
    if (sizes.includes(undefined)) return;
    this.require(op, before, 'equal', productOf(sizes as HostExpression[]), name, 'the number of elements asked for');
  }

  private result(op: Operation, value: Value): void {
    const { shape } = value.type as TensorType;
    const sizes = shape.map((_, d) => this.declared(value, d) ?? this.computed(op, value, d));
    this.sizes.set(value, sizes);
    sizes.forEach((size, d) => {
      if (shape[d] === DYNAMIC && size !== undefined && sizeOperand(value, d))
        this.require(op, size, 'atLeast', 0, `the size of dimension ${d}`, '');
    });
  }

  /** A static size, or the one that a size operand gives. */
  private declared(value: Value, dim: number): HostExpression | undefined {
    const size = (value.type as TensorType).shape[dim]!;
    if (size !== DYNAMIC) return size;
    const given = sizeOperand(value, dim);
    return given ? this.numbers.get(given) : undefined;
  }

  private computed(op: Operation, value: Value, dim: number): HostExpression | undefined {
    const source = sizeSource(value, dim);
    if (source) return this.size(source.value, source.dim);
    const rule = sizeRule(value, dim);
    if (rule) return this.byRule(op, rule);
    if (SliceOp.is(op)) {
      const whole = this.size(op.operand(0), dim);
      if (whole === undefined) return undefined;
      return hostOperation('ceildiv', hostOperation('sub', whole, SliceOp.starts(op)[dim]!), SliceOp.strides(op)[dim]!);
    }
    if (PadOp.is(op)) {
      const inner = this.size(op.operand(0), dim);
      return inner === undefined ? undefined : hostOperation('add', inner, PadOp.low(op)[dim]! + PadOp.high(op)[dim]!);
    }
    if (ReshapeOp.is(op)) {
      const count = this.count(op.operand(0));
      const known = (value.type as TensorType).shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
      return count === undefined ? undefined : hostOperation('floordiv', count, known);
    }
    return undefined;
  }

  private count(value: Value): HostExpression | undefined {
    const sizes = (value.type as TensorType).shape.map((_, d) => this.size(value, d));
    return sizes.includes(undefined) ? undefined : productOf(sizes as HostExpression[]);
  }

  private size(value: Value, dim: number): HostExpression | undefined {
    const declared = (value.type as TensorType).shape[dim]!;
    return declared === DYNAMIC ? this.sizes.get(value)?.[dim] : declared;
  }

  private require(
    op: Operation,
    left: HostExpression,
    relation: HostRequirement['relation'],
    right: HostExpression,
    leftName: string,
    rightName: string,
  ): void {
    const l = this.canonical(left);
    const r = this.canonical(right);
    if (sameExpression(l, r)) return;
    // Static sizes are the verifier's business.
    if (typeof l === 'number' && typeof r === 'number') return;
    if (relation === 'atLeast') {
      if (typeof l === 'number' && typeof r === 'number' && l >= r) return;
      // A size is never negative.
      if (r === 0 && typeof l !== 'number' && 'slot' in l && this.names.get(l.slot)?.startsWith('dimension')) return;
    }
    if (isUnknown(l) || isUnknown(r)) {
      // Of one size the run sees to it: no allocation is negative.
      if (relation === 'atLeast' && r === 0) return;
      op.emitError(
        'runtime.unknown-size',
        `needs ${leftName} to be ${relation === 'equal' ? 'equal to' : 'at least'} ${rightName || String(r)}, but one of them depends on data: no check before the run can tell`,
      );
      return;
    }
    // The constant, or the earlier argument, stands to the right.
    const swap = relation === 'equal' && (typeof l === 'number' || (isSlot(l) && isSlot(r) && l.slot < r.slot));
    const [a, b] = swap ? [r, l] : [l, r];
    const [aName, bName] = swap ? [rightName, leftName] : [leftName, rightName];
    this.requirements.push({
      left: a,
      relation,
      right: b,
      leftName: this.nameOf(a, aName),
      rightName: this.nameOf(b, bName),
      reason: reasonOf(op),
    });
    // n == 3 * n / 3 says nothing to put in the place of n.
    if (relation === 'equal' && isSlot(a) && !mentions(b, a.slot)) this.equal.set(a.slot, b);
  }

  private nameOf(e: HostExpression, name: string): string {
    return (isSlot(e) ? this.names.get(e.slot) : undefined) ?? name;
  }

  private canonical(e: HostExpression): HostExpression {
    if (typeof e === 'number') return e;
    if ('slot' in e) {
      const other = this.equal.get(e.slot);
      return other === undefined ? e : this.canonical(other);
    }
    return 'op' in e ? hostOperation(e.op, this.canonical(e.lhs), this.canonical(e.rhs)) : e;
  }
}

/** Whether a number that only the run knows occurs in an expression. */
function isUnknown(e: HostExpression): boolean {
  if (typeof e === 'number') return false;
  if ('slot' in e) return e.slot < 0;
  return 'op' in e && (isUnknown(e.lhs) || isUnknown(e.rhs));
}

/** Whether a slot occurs in an expression. */
function mentions(e: HostExpression, slot: number): boolean {
  if (typeof e === 'number') return false;
  if ('slot' in e) return e.slot === slot;
  return 'op' in e && (mentions(e.lhs, slot) || mentions(e.rhs, slot));
}

function isSlot(e: HostExpression): e is { readonly slot: number } {
  return typeof e !== 'number' && 'slot' in e;
}

function reasonOf(op: Operation): string {
  const at = positionOf(op.context, op.loc);
  return `needed by '${op.name}'${at ? ` at ${at.file}:${at.line}:${at.column}` : ''}`;
}
