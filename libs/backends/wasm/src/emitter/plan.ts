// First walk over a kernel function: numbers values, settles index widths, finds buffers, loops and addresses.

import type { ArgumentLayout } from '@budflow/backend-api';
import {
  type AffineMap,
  type AffineMapAttr,
  AttrNames,
  type Block,
  type DenseArrayAttr,
  IndexType,
  IntegerAttr,
  MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';
import { Addresses, type AddressUse, addTerm, type Form, type Located, type LoopPlan, type Term } from './addresses.js';
import { type Buffer, Buffers, dimensionOf } from './buffers.js';
import { addLinear, IndexFacts, type Linear } from './index-facts.js';
import type { OpTable } from './op-table.js';
import { type ValueId, Values } from './values.js';

/** The operand groups of a loop.for. */
export interface ForGroups {
  readonly lower: AffineMap;
  readonly upper: AffineMap;
  /** First operand of the upper bound and of the initial values. */
  readonly upperStart: number;
  readonly initStart: number;
}

export function forGroups(op: Operation): ForGroups {
  const sizes = op.attr(AttrNames.operandSegmentSizes) as DenseArrayAttr;
  const upperStart = Number(sizes.values[0]);
  return {
    lower: (op.attr('lowerBound') as AffineMapAttr).map,
    upper: (op.attr('upperBound') as AffineMapAttr).map,
    upperStart,
    initStart: upperStart + Number(sizes.values[1]),
  };
}

/** Reports why an op cannot be compiled. */
export type Report = (op: Operation, reason: string) => void;

/** What the first walk finds. */
export class Plan {
  readonly values = new Values();
  readonly facts = new IndexFacts(this.values);
  readonly buffers = new Buffers(this.values, this.facts);
  readonly addresses = new Addresses(this.values, this.facts, this.buffers.symbols);
  readonly loops = new Map<Operation, LoopPlan>();
  /** Loop by its induction variable. */
  readonly loopOfIv = new Map<ValueId, LoopPlan>();
  /** Addresses of the ops that access memory: one for each buffer the op touches. */
  readonly accesses = new Map<Operation, readonly Located[]>();
  private readonly table: OpTable;
  private readonly report: Report;

  constructor(func: Operation, layout: ArgumentLayout, table: OpTable, report: Report) {
    this.table = table;
    this.report = report;
    const entry = func.region(0).entry;
    entry.arguments.forEach((argument, i) => {
      const id = this.values.define(argument, 0);
      const described = layout.arguments[i];
      if (argument.type instanceof MemRefType && described?.kind === 'array') {
        const problem = this.buffers.defineArgument(argument, described);
        if (problem !== null) report(func, `argument ${i}: ${problem}`);
      } else if (described?.kind === 'scalar') {
        if (this.values.representations[id] === null)
          report(func, `argument ${i}: type ${argument.type} is not supported`);
        if (argument.type instanceof IndexType) this.values.wide[id] = 1;
      } else this.facts.markNonNegative(id);
    });
    this.walk(entry, null, 'always');
  }

  private walk(block: Block, loop: LoopPlan | null, use: AddressUse): void {
    const depth = loop === null ? 0 : loop.depth;
    for (let op = block.firstOp; op !== null; op = op.next) {
      const entry = this.table.find(op);
      if (entry === undefined) {
        this.report(op, 'has no WebAssembly form');
        this.defineResults(op, depth);
        continue;
      }
      const reason = entry.check?.(op, this.table.features) ?? null;
      if (reason !== null) this.report(op, reason);
      switch (op.name) {
        case 'loop.for':
          this.walkFor(op, loop);
          break;
        case 'loop.while':
          this.walkWhile(op, loop);
          break;
        case 'loop.if':
          for (const region of op.regions) if (!region.isEmpty) this.walk(region.entry, loop, 'sometimes');
          break;
        default:
          if (entry.memrefs !== undefined && reason === null) this.planAccess(op, entry.memrefs, loop, use);
          else if (op.name === 'memory.dim') this.checkDimension(op);
      }
      if (entry.kind === 'terminator') continue;
      this.defineResults(op, depth);
      if (entry.kind === 'buffer') {
        const problem = this.buffers.defineResult(op);
        if (problem !== null) this.report(op, problem);
      }
    }
  }

  private defineResults(op: Operation, depth: number): void {
    for (let i = 0; i < op.resultCount; i++) {
      const result = op.result(i);
      const id = this.values.define(result, depth);
      if (!(result.type instanceof IndexType)) continue;
      if (op.name === 'loop.for' || op.name === 'loop.while') this.values.wide[id] = 1;
      else if (op.name === 'loop.if')
        this.values.wide[id] = op.regions.some((r) => this.isWide(r.entry.terminator.operand(i))) ? 1 : 0;
      else this.facts.classify(op, id);
    }
  }

  private checkDimension(op: Operation): void {
    const buffer = this.buffers.of(op.operand(0));
    if (buffer && !buffer.sizes[dimensionOf(op)])
      this.report(op, 'the size does not follow from the sizes of the arguments by a multiplication');
  }

  private isWide(value: Value): boolean {
    return this.values.wide[this.values.id(value)] === 1;
  }

  private defineArguments(block: Block, from: number, depth: number): void {
    for (let i = from; i < block.arguments.length; i++) {
      const argument = block.arguments[i]!;
      const id = this.values.define(argument, depth);
      if (argument.type instanceof IndexType) this.values.wide[id] = 1;
    }
  }

  private walkFor(op: Operation, parent: LoopPlan | null): void {
    const depth = (parent === null ? 0 : parent.depth) + 1;
    const body = op.region(0).entry;
    const groups = forGroups(op);
    const lower = this.linearBound(op, groups.lower, 0);
    const upper = this.linearBound(op, groups.upper, groups.upperStart);
    const step = op.attr('step');
    const iv = this.values.define(body.arguments[0]!, depth);
    // The pseudo value lies before the loop, at the depth of what is around it.
    const lowerValue = lower === null ? this.values.definePseudo(body.arguments[0]!, depth - 1) : -1;
    const nonNegative =
      lower === null
        ? groups.lower.results.some((e) => this.facts.isNonNegativeExpression(e, op, 0, groups.lower.numDims))
        : this.facts.isNonNegativeLinear(lower);
    if (nonNegative) {
      this.facts.markNonNegative(iv);
      if (lowerValue >= 0) this.facts.markNonNegative(lowerValue);
    }
    const size = step instanceof IntegerAttr ? step.number : 1;
    const loop: LoopPlan = {
      op,
      parent,
      depth,
      body,
      iv,
      step: size,
      lower,
      lowerValue,
      tripCount: tripCount(lower, upper, size),
      induction: [],
      hoisted: [],
      needsIv: false,
      ivLocal: -1,
    };
    this.loops.set(op, loop);
    this.loopOfIv.set(iv, loop);
    this.defineArguments(body, 1, depth);
    this.walk(body, loop, 'always');
  }

  private linearBound(op: Operation, map: AffineMap, first: number): Linear | null {
    return map.results.length === 1 ? this.facts.linearOfExpression(map.results[0]!, op, first, map.numDims) : null;
  }

  private walkWhile(op: Operation, parent: LoopPlan | null): void {
    const depth = (parent === null ? 0 : parent.depth) + 1;
    const before = op.region(0).entry;
    const after = op.region(1).entry;
    const loop: LoopPlan = {
      op,
      parent,
      depth,
      body: before,
      iv: -1,
      step: 1,
      lower: null,
      lowerValue: -1,
      tripCount: undefined,
      induction: [],
      hoisted: [],
      needsIv: false,
      ivLocal: -1,
    };
    this.loops.set(op, loop);
    this.defineArguments(before, 0, depth);
    this.walk(before, loop, 'sometimes');
    this.defineArguments(after, 0, depth);
    this.walk(after, loop, 'sometimes');
  }

  private planAccess(
    op: Operation,
    memrefs: readonly { memref: number; indices?: number }[],
    loop: LoopPlan | null,
    use: AddressUse,
  ): void {
    const located: Located[] = [];
    for (const { memref, indices } of memrefs) {
      const buffer = this.buffers.of(op.operand(memref));
      if (!buffer) {
        // Its definition was reported.
        return;
      }
      located.push(this.addresses.locate(this.form(op, buffer, indices), loop, use));
    }
    this.accesses.set(op, located);
  }

  /** Address of the element at the op's indices (from operand `indices`), or of the first one. */
  private form(op: Operation, buffer: Buffer, indices: number | undefined): Form {
    const terms: Term[] = [...buffer.terms];
    let { constant } = buffer;
    if (indices === undefined) return { base: buffer.base, constant, terms };
    buffer.strides.forEach(({ coefficient, symbol }, d) => {
      const linear = this.facts.linear(op.operand(indices + d));
      linear.values.forEach((value, i) => {
        addTerm(terms, { value, symbol, coefficient: coefficient * linear.coefficients[i]! });
      });
      if (symbol < 0) constant += coefficient * linear.constant;
      else if (linear.constant !== 0) addTerm(terms, { value: -1, symbol, coefficient: coefficient * linear.constant });
    });
    return { base: buffer.base, constant, terms };
  }
}

function tripCount(lower: Linear | null, upper: Linear | null, step: number): number | undefined {
  if (lower === null || upper === null) return undefined;
  const difference = addLinear(upper, lower, -1);
  return difference.values.length === 0 ? Math.max(0, Math.ceil(difference.constant / step)) : undefined;
}
