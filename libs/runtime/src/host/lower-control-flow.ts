// Loops, branches and calls as steps of a host program. What they pass on lives in slots: numbers, and addresses of buffers.
import { type AppliedMap, forBounds, forInits } from '@budflow/dialect-loop';
import { DYNAMIC, lookupSymbol, MemRefType, type Operation, type SymbolRefAttr } from '@budflow/ir';
import { type HostExpression, hostOperation, readsBelow } from './expression.js';
import { affineExpression } from './index-ops.js';
import { LoweringScope } from './lowering-scope.js';
import type { HostAssignment } from './program.js';

export abstract class ControlFlowLowering extends LoweringScope {
  protected forLoop(op: Operation): void {
    const { lower, upper, step } = forBounds(op);
    const bound = ({ map, operands }: AppliedMap, by: 'min' | 'max') =>
      map.results
        .map((e) =>
          affineExpression(
            e,
            operands.map((v) => this.number(v)),
            map.numDims,
          ),
        )
        .reduce((l, r) => hostOperation(by, l, r));
    const [from, to] = [bound(lower, 'max'), bound(upper, 'min')];
    const body = op.region(0).entry;
    const [iv, ...args] = body.arguments;
    const inits = forInits(op);
    const slot = this.nextSlot++;
    this.numbers.set(iv!, { slot });
    const slots = this.receive(args, inits);
    const entering = this.pass(slots, inits);
    let yields: HostAssignment[] = [];
    const steps = this.collect(() => {
      this.block(body);
      yields = this.pass(slots, body.terminator.operands);
    });
    this.steps.push({ kind: 'for', slot, from, to, step, inits: entering, body: steps, yields });
    this.emerge(op, slots, inits);
  }

  protected whileLoop(op: Operation): void {
    const before = op.region(0).entry;
    const after = op.region(1).entry;
    const slots = this.receive(before.arguments, op.operands);
    const inits = this.pass(slots, op.operands);
    const [condition, ...passing] = before.terminator.operands;
    let goesOn: HostExpression = 0;
    let passed: HostAssignment[] = [];
    let passedSlots: number[] = [];
    const first = this.collect(() => {
      this.block(before);
      passedSlots = this.receive(after.arguments, passing);
      passed = this.pass(passedSlots, passing);
      goesOn = this.scalar(condition!);
    });
    let yields: HostAssignment[] = [];
    const second = this.collect(() => {
      this.block(after);
      yields = this.pass(slots, after.terminator.operands);
    });
    this.steps.push({ kind: 'while', inits, before: first, condition: goesOn, passed, after: second, yields });
    this.emerge(op, passedSlots, passing);
  }

  protected branch(op: Operation): void {
    const slots = op.results.map(() => this.nextSlot++);
    const known = this.nextSlot;
    const sides = op.regions.map((region) => {
      if (region.isEmpty) return { steps: [], yields: [], values: [] };
      const values = region.entry.terminator.operands;
      let yields: HostAssignment[] = [];
      const steps = this.collect(() => {
        this.block(region.entry);
        yields = this.pass(slots, values);
      });
      return { steps, yields, values };
    });
    const [then, otherwise] = sides;
    const empty = { steps: [], yields: [], values: [] };
    const { steps, yields, values } = then ?? empty;
    // Both branches pass the same sizes; those that are known outside name them.
    const sources = values.map((value, i) => {
      if (!(value.type instanceof MemRefType)) return value;
      const found = [value, otherwise!.values[i]!].find((v) =>
        this.buffer(v).sizes.every((size) => readsBelow(size, known)),
      );
      if (!found) this.sizesInside(op, i);
      return found ?? value;
    });
    this.steps.push({
      kind: 'if',
      condition: this.scalar(op.operand(0)),
      taken: steps,
      thenYields: yields,
      otherwise: otherwise?.steps ?? [],
      otherwiseYields: otherwise?.yields ?? [],
    });
    this.emerge(op, slots, sources);
  }

  /** One of two buffers: its address. */
  protected choose(op: Operation): void {
    const [a, b] = [this.buffer(op.operand(1)), this.buffer(op.operand(2))];
    const operation = { op: 'arith.select', operands: ['i1', 'index', 'index'], result: 'index' };
    const slot = this.nextSlot++;
    const value = this.apply(operation, [this.scalar(op.operand(0)), a.address, b.address]);
    this.steps.push({ kind: 'let', slot, value });
    this.define(op, { address: { slot }, sizes: a.sizes, root: undefined });
  }

  protected sizesInside(op: Operation, result: number): void {
    this.failed = true;
    op.emitError(
      'runtime.branch-sizes',
      `passes an array as result ${result} whose size each branch computes for itself: it must be known before`,
    );
  }

  /** A call of a function that was not inlined: its results are memory of this one. */
  protected invoke(op: Operation): void {
    const name = (op.attr('callee') as SymbolRefAttr).root;
    const callee = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
    if (!callee || callee.region(0).isEmpty) {
      this.failed = true;
      op.emitError('runtime.unknown-function', `calls @${name}, which has no body`);
      return;
    }
    const parameters = op.operands.flatMap((value): HostExpression[] => {
      if (!(value.type instanceof MemRefType)) return [this.number(value)];
      const { address, sizes } = this.buffer(value);
      const { shape } = value.type;
      return [address, ...sizes.filter((_, d) => shape[d] === DYNAMIC)];
    });
    for (const _ of op.results) parameters.push(0);
    const results = op.results.map(() => this.nextSlot++);
    const sizeSlots: number[] = [];
    const loads: (() => void)[] = [];
    op.results.forEach((result, i) => {
      const slot = results[i]!;
      this.allocationSlots.set(result, slot);
      if (result.type instanceof MemRefType) {
        const sizes = result.type.shape.map((d): HostExpression => {
          if (d !== DYNAMIC) return d;
          const size = this.nextSlot++;
          sizeSlots.push(size);
          return { slot: size };
        });
        this.buffers.set(result, { address: { slot }, sizes, root: result });
        return;
      }
      loads.push(() => {
        const value = this.nextSlot++;
        this.steps.push({ kind: 'load', slot: value, dtype: result.type.toString(), address: { slot } });
        this.free(result);
        this.numbers.set(result, { slot: value });
      });
    });
    this.steps.push({ kind: 'invoke', function: name, parameters, results, sizes: sizeSlots });
    for (const load of loads) load();
  }
}
