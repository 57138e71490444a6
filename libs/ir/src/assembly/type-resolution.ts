// The second half of parsing through a format: finds the types the text did not write, resolves the operands and
// checks that counts agree.
import type { AsmParser, OperationState, UnresolvedOperand } from '../asm.js';
import type { TypeConstraint, ValueConstraint } from '../constraints.js';
import type { Type } from '../type.js';
import { AttrNames } from '../well-known.js';
import type { CompiledFormat } from './compiled.js';
import type { Side } from './format.js';
import type { GroupRef, TypeSource } from './type-plan.js';

/** What the text said about operands and types. */
export interface ReadValues {
  /** By operand group. */
  readonly operands: UnresolvedOperand[][];
  /** The flat list of the `operands` directive. */
  flat: UnresolvedOperand[] | null;
  /** Types by group, undefined where the text has none. */
  readonly types: Record<Side, (Type[] | undefined)[]>;
  /** The flat lists of `type(operands)` and `type(results)`. */
  readonly allTypes: Record<Side, Type[] | undefined>;
}

export class TypeResolution {
  private readonly format: CompiledFormat;
  private readonly parser: AsmParser;
  private readonly state: OperationState;
  private readonly read: ReadValues;
  private readonly types: Record<Side, (Type[] | undefined)[]>;
  /** Where the op's text begins; errors about its types point there. */
  private readonly start: number;

  constructor(format: CompiledFormat, parser: AsmParser, state: OperationState, read: ReadValues, start: number) {
    this.format = format;
    this.parser = parser;
    this.state = state;
    this.read = read;
    this.types = read.types;
    this.start = start;
  }

  run(): void {
    this.resolveOperands();
    this.resolveResults();
  }

  /** Attributes and operands were not verified yet: what inference trips over is the text's fault. */
  private infer<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      return this.parser.error(`cannot infer types: ${(error as Error).message}`, this.start);
    }
  }

  private resolveOperands(): void {
    const { format, parser, state, types } = this;
    const { operands, flat, allTypes } = this.read;
    if (flat) {
      const lists = this.split(flat, format.operands, 'operand');
      for (let i = 0; i < lists.length; i++) operands[i]!.push(...lists[i]!);
    }
    if (allTypes.operand) {
      const sizes = operands.map((o) => o.length);
      const total = sizes.reduce((a, b) => a + b, 0);
      const all = allTypes.operand;
      if (all.length !== total) this.countError('operand', total, all.length);
      let at = 0;
      sizes.forEach((size, i) => {
        types.operand[i] = all.slice(at, at + size);
        at += size;
      });
    }
    if (allTypes.result) types.result = this.split(allTypes.result, format.results, 'result');
    this.built('operand', format.plan.operands);
    this.built('result', format.plan.results);
    for (const group of format.plan.related) this.related(group);
    operands.forEach((list, i) => {
      const found = types.operand[i]!;
      if (found.length !== list.length)
        this.countError(`operand '${format.operandNames[i]}'`, list.length, found.length);
      this.check('operand', state.operands.length, format.operandTypes[i]!, found);
      for (let k = 0; k < list.length; k++) state.operands.push(parser.resolve(list[k]!, found[k]!));
    });
    if (format.operands.filter((c) => c.kind !== 'one').length > 1) {
      const { context } = parser;
      state.attributes.set(
        AttrNames.operandSegmentSizes,
        context.denseArray(
          context.i32,
          operands.map((o) => o.length),
        ),
      );
    }
  }
  private countError(what: string, values: number, types: number): never {
    return this.parser.error(
      `${what}: ${values} value${values === 1 ? '' : 's'} but ${types} type${types === 1 ? '' : 's'}`,
      this.start,
    );
  }
  private check(side: Side, from: number, constraint: TypeConstraint, types: readonly Type[]): void {
    types.forEach((type, k) => {
      if (!constraint.check(type))
        this.parser.error(`${side} #${from + k} must be ${constraint.description}, but got '${type}'`, this.start);
    });
  }

  /** Cuts a flat list at the group borders; at most one group is flexible. */
  private split<T>(list: readonly T[], constraints: readonly ValueConstraint[], side: Side): T[][] {
    const fixed = constraints.filter((c) => c.kind === 'one').length;
    const rest = list.length - fixed;
    const optional = constraints.some((c) => c.kind === 'optional');
    if (rest < 0 || (fixed === constraints.length && rest > 0) || (optional && rest > 1))
      this.parser.error(
        `expected ${fixed}${fixed === constraints.length ? '' : optional ? ` or ${fixed + 1}` : ' or more'} ${side}s, got ${list.length}`,
        this.start,
      );
    let at = 0;
    return constraints.map((c) => {
      const start = at;
      at += c.kind === 'one' ? 1 : rest;
      return list.slice(start, at);
    });
  }

  /** How many values a group has: operands as parsed, a single result unless the text gave types. */
  private sizeOf(group: GroupRef): number {
    if (group.side === 'operand') return this.read.operands[group.index]!.length;
    return this.types.result[group.index]?.length ?? (this.format.results[group.index]!.kind === 'one' ? 1 : 0);
  }
  private built(side: Side, sources: readonly TypeSource[]): void {
    sources.forEach((source, index) => {
      if (source.kind === 'built')
        this.types[side][index] = new Array<Type>(this.sizeOf({ side, index })).fill(source.build(this.parser.context));
      // A type in an optional group that was not there.
      else if (source.kind === 'written') this.types[side][index] ??= [];
    });
  }
  private related(group: GroupRef): void {
    const source = (group.side === 'operand' ? this.format.plan.operands : this.format.plan.results)[group.index]!;
    if (source.kind !== 'related') return;
    const size = this.sizeOf(group);
    for (const from of source.from) {
      const type = this.types[from.side][from.index]?.[0];
      if (!type) continue;
      const made = this.infer(() => from.type(type, this.parser.context));
      this.types[group.side][group.index] = new Array<Type>(size).fill(made);
      return;
    }
    if (size === 0) this.types[group.side][group.index] = [];
    else
      this.parser.error(
        `cannot infer the type of ${group.side} '${(group.side === 'operand' ? this.format.operandNames : this.format.resultNames)[group.index]}'`,
        this.start,
      );
  }

  private resolveResults(): void {
    const { format, parser, state } = this;
    const { spec } = format;
    if (format.plan.results.some((s) => s.kind === 'inferred')) {
      const { operands, attributes, regions } = state;
      const inferred = this.infer(() => spec.inferTypes!(parser.context, { operands, attributes, regions }));
      this.types.result = this.split(inferred, format.results, 'result').map((list, i) => this.types.result[i] ?? list);
    }
    format.results.forEach((constraint, i) => {
      const types = this.types.result[i]!;
      if (constraint.kind === 'one' ? types.length !== 1 : constraint.kind === 'optional' && types.length > 1)
        parser.error(`result '${format.resultNames[i]}': expected one type, got ${types.length}`, this.start);
      state.resultTypes.push(...types);
    });
    if (format.results.filter((c) => c.kind !== 'one').length > 1) {
      const { context } = parser;
      const sizes = format.results.map((_, i) => this.types.result[i]!.length);
      state.attributes.set(AttrNames.resultSegmentSizes, context.denseArray(context.i32, sizes));
    }
  }
}
