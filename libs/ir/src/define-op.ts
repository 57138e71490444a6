// Operations are defined once, declaratively. From one definition come the typed builder and accessors, parser,
// printer, verifier, folder, documentation page and schema. Accessors are functions on the definition:
//   AddOp.is(op), AddOp.lhs(op), AddOp.create(builder, loc, { lhs, rhs })

import type { CustomAssembly } from './asm.js';
import type { CustomDirective } from './assembly/directive.js';
import type { Attribute } from './attribute.js';
import { DenseArrayAttr } from './attribute.js';
import type { Block } from './block.js';
import type { Builder } from './builder.js';
import type { AttrSpec, ValueConstraint } from './constraints.js';
import type { Context } from './context.js';
import type { InterfaceImplementation } from './define-interface.js';
import { InternalError } from './errors.js';
import type { LocationRef } from './location.js';
import { Operation, Region } from './operation.js';
import type { RewritePattern } from './pattern.js';
import type { Trait } from './traits.js';
import type { Type } from './type.js';
import type { Value } from './value.js';
import { AttrNames } from './well-known.js';

export type FoldResult = Value | Attribute;

export interface FoldFunction {
  (op: Operation, operands: readonly (Attribute | null)[]): FoldResult | readonly FoldResult[] | null;
  /** It gives nothing unless all operands are constants: it need not be called before. */
  readonly constantsOnly?: boolean;
  /** It evaluates the op on constants itself: interpretation would give nothing where it gives nothing. */
  readonly evaluates?: boolean;
}

export interface RegionSpec {
  /** 'any' number of blocks, exactly 'one', or 'optional': zero or one region. */
  readonly blocks: 'any' | 'one';
  readonly variadic?: boolean;
  /** Inserted and elided by parser and printer when the region ends in it without operands. */
  readonly implicitTerminator?: string;
}

export interface OpSpec {
  /** `dialect.name` */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** MLIR text of a small function that uses the op; parsed and verified by the tests, shown in the reference. */
  readonly example?: string;
  readonly operands?: Record<string, ValueConstraint>;
  readonly results?: Record<string, ValueConstraint>;
  // biome-ignore lint/suspicious/noExplicitAny: specs of different value types
  readonly attributes?: Record<string, AttrSpec<any>>;
  readonly regions?: Record<string, RegionSpec>;
  /** Names of the successors, or 'variadic'. */
  readonly successors?: readonly string[] | 'variadic';
  readonly traits?: readonly Trait[];
  readonly interfaces?: readonly InterfaceImplementation[];
  /** A declarative format (see assembly-format.ts) or hooks; without it the generic form is the only one. */
  readonly assembly?: string | CustomAssembly;
  /** What `custom<Name>(...)` in the format means, by name; those of the dialect come after these. */
  readonly directives?: Readonly<Record<string, CustomDirective>>;
  /** Result types from operands, attributes and regions; makes `resultTypes` optional in `create` and in formats. */
  readonly inferTypes?: (context: Context, state: InferState) => Type[];
  /** Emits diagnostics on `op` for what the constraints cannot say. Runs only when those hold. */
  readonly verify?: (op: Operation) => void;
  /**
   * What `verify` looks at beside the op's place: the types of operands and results and the attributes ('signature'), or
   * these and symbols ('symbols'). Ops like one that was right are then not looked at again. Default: anything.
   */
  readonly verifyReads?: 'signature' | 'symbols';
  /** Like verify, but after everything nested was verified. */
  readonly verifyRegions?: (op: Operation) => void;
  /** Replacement values or constants, one for each result; null when nothing folds. Must not change the op. */
  readonly fold?: FoldFunction;
  /** Canonicalization patterns. */
  readonly patterns?: readonly RewritePattern[];
}

export interface InferState {
  readonly operands: readonly Value[];
  readonly attributes: { get(name: string): Attribute | undefined };
  readonly regions: readonly Region[];
}

/** The part of a definition that does not depend on its names. */
export interface OpDefinitionBase {
  readonly opName: string;
  readonly spec: OpSpec;
  is(op: Operation): boolean;
}

type ValueOf<C> = C extends { kind: 'variadic' } ? Value[] : C extends { kind: 'optional' } ? Value | undefined : Value;
type AttrOf<S> = S extends AttrSpec<infer T> ? T : never;
type RegionOf<R> = R extends { variadic: true } ? readonly Region[] : Region;

type Accessors<S extends OpSpec> = {
  readonly [K in keyof NonNullable<S['operands']>]: (op: Operation) => ValueOf<NonNullable<S['operands']>[K]>;
} & { readonly [K in keyof NonNullable<S['results']>]: (op: Operation) => ValueOf<NonNullable<S['results']>[K]> } & {
  readonly [K in keyof NonNullable<S['attributes']>]: (op: Operation) => AttrOf<NonNullable<S['attributes']>[K]>;
} & { readonly [K in keyof NonNullable<S['regions']>]: (op: Operation) => RegionOf<NonNullable<S['regions']>[K]> };

type OptionalKeys<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Loosen<T> = Omit<T, OptionalKeys<T>> & Partial<Pick<T, OptionalKeys<T>>>;
type AttrArgs<A> = {
  [K in keyof A]: A[K] extends { optional: false } ? AttrOf<A[K]> : AttrOf<A[K]> | undefined;
};
type OperandArgs<O> = {
  [K in keyof O]: O[K] extends { kind: 'variadic' }
    ? readonly Value[]
    : O[K] extends { kind: 'optional' }
      ? Value | undefined
      : Value;
};

export type CreateArgs<S extends OpSpec> = Loosen<OperandArgs<NonNullable<S['operands']>>> &
  Partial<AttrArgs<NonNullable<S['attributes']>>> & {
    /** Needed unless the definition infers them. */
    resultTypes?: readonly Type[];
    regions?: readonly Region[];
    successors?: readonly Block[];
    /** Attributes beyond those of the definition. */
    extraAttributes?: Record<string, Attribute>;
  };

export type OpDefinition<S extends OpSpec> = OpDefinitionBase &
  Accessors<S> & {
    readonly spec: S;
    /** Builds the op at the builder's insertion point and returns it. */
    create(builder: Builder, loc: LocationRef, args: CreateArgs<S>): Operation;
    /** `create`, returning the single result. */
    build(builder: Builder, loc: LocationRef, args: CreateArgs<S>): Value;
  };

const RESERVED = new Set([
  'opName',
  'spec',
  'is',
  'create',
  'build',
  'resultTypes',
  'regions',
  'successors',
  'extraAttributes',
]);

/** Operand (or result) groups of an op: [start, end) of group `index`. */
export function groupRange(
  op: Operation,
  constraints: readonly ValueConstraint[],
  index: number,
  total: number,
  segmentAttr: string,
): { start: number; end: number } {
  let flexible = 0;
  for (const c of constraints) if (c.kind !== 'one') flexible++;
  if (flexible > 1) {
    const sizes = op.attr(segmentAttr);
    if (!(sizes instanceof DenseArrayAttr)) throw new InternalError(`${op.name} lacks ${segmentAttr}`, op);
    let start = 0;
    for (let i = 0; i < index; i++) start += Number(sizes.values[i]);
    return { start, end: start + Number(sizes.values[index]) };
  }
  const flexibleSize = total - (constraints.length - flexible);
  let start = 0;
  for (let i = 0; i < index; i++) start += constraints[i]!.kind === 'one' ? 1 : flexibleSize;
  return { start, end: start + (constraints[index]!.kind === 'one' ? 1 : flexibleSize) };
}

export function defineOp<const S extends OpSpec>(spec: S): OpDefinition<S> {
  const definition: Record<string, unknown> = { opName: spec.name, spec };
  definition.is = (op: Operation) => op.info.definition === (definition as unknown);

  const add = (name: string, accessor: (op: Operation) => unknown) => {
    if (RESERVED.has(name) || name in definition)
      throw new InternalError(`defineOp ${spec.name}: the name '${name}' is taken`);
    definition[name] = accessor;
  };

  const operandNames = Object.keys(spec.operands ?? {});
  const operandConstraints = Object.values(spec.operands ?? {});
  operandNames.forEach((name, i) => {
    const simple = operandConstraints.slice(0, i + 1).every((c) => c.kind === 'one');
    if (simple) add(name, (op) => op.operand(i));
    else {
      const kind = operandConstraints[i]!.kind;
      add(name, (op) => {
        const { start, end } = groupRange(op, operandConstraints, i, op.operandCount, AttrNames.operandSegmentSizes);
        if (kind === 'one') return op.operand(start);
        if (kind === 'optional') return end > start ? op.operand(start) : undefined;
        const list: Value[] = [];
        for (let k = start; k < end; k++) list.push(op.operand(k));
        return list;
      });
    }
  });

  const resultConstraints = Object.values(spec.results ?? {});
  Object.keys(spec.results ?? {}).forEach((name, i) => {
    const kind = resultConstraints[i]!.kind;
    if (kind === 'one' && resultConstraints.slice(0, i).every((c) => c.kind === 'one')) add(name, (op) => op.result(i));
    else
      add(name, (op) => {
        const { start, end } = groupRange(op, resultConstraints, i, op.resultCount, AttrNames.resultSegmentSizes);
        if (kind === 'one') return op.result(start);
        if (kind === 'optional') return end > start ? op.result(start) : undefined;
        return op.results.slice(start, end);
      });
  });

  for (const [name, attrSpec] of Object.entries(spec.attributes ?? {})) {
    add(name, (op) => {
      const value = op.attributes.get(name);
      return value === undefined ? attrSpec.defaultValue : attrSpec.read(value);
    });
  }
  Object.entries(spec.regions ?? {}).forEach(([name, region], i) => {
    if (region.variadic) add(name, (op) => op.regions.slice(i));
    else add(name, (op) => op.region(i));
  });

  const flexibleOperands = operandConstraints.filter((c) => c.kind !== 'one').length > 1;
  const flexibleResults = resultConstraints.filter((c) => c.kind !== 'one').length > 1;

  definition.create = (builder: Builder, loc: LocationRef, args: Record<string, unknown>): Operation => {
    const context = builder.context;
    const operands: Value[] = [];
    const segments: number[] = [];
    for (const name of operandNames) {
      const given = args[name] as Value | readonly Value[] | undefined;
      const before = operands.length;
      if (given === undefined) {
        if (spec.operands![name]!.kind === 'one') throw new InternalError(`${spec.name}: operand '${name}' is missing`);
      } else if (Array.isArray(given)) operands.push(...(given as Value[]));
      else operands.push(given as Value);
      segments.push(operands.length - before);
    }
    const attributes: [string, Attribute][] = [];
    for (const [name, attrSpec] of Object.entries(spec.attributes ?? {})) {
      const value = args[name];
      if (value === undefined) {
        if (!attrSpec.optional) throw new InternalError(`${spec.name}: attribute '${name}' is missing`);
      } else if (value !== attrSpec.defaultValue) attributes.push([name, attrSpec.make(context, value)]);
    }
    if (flexibleOperands) attributes.push([AttrNames.operandSegmentSizes, context.denseArray(context.i32, segments)]);
    if (args.extraAttributes) attributes.push(...Object.entries(args.extraAttributes as Record<string, Attribute>));
    const dictionary = context.dictionary(attributes);
    const regions =
      (args.regions as readonly Region[] | undefined) ??
      Object.values(spec.regions ?? {})
        .filter((r) => !r.variadic)
        .map(() => new Region());
    let resultTypes = args.resultTypes as readonly Type[] | undefined;
    if (!resultTypes) {
      if (spec.inferTypes) resultTypes = spec.inferTypes(context, { operands, attributes: dictionary, regions });
      else if (resultConstraints.length === 0) resultTypes = [];
      else throw new InternalError(`${spec.name}: resultTypes is missing and cannot be inferred`);
    }
    if (flexibleResults && !dictionary.get(AttrNames.resultSegmentSizes))
      throw new InternalError(`${spec.name}: pass resultSegmentSizes in extraAttributes`);
    const op = Operation.create(
      context.opInfo(spec.name),
      loc,
      operands,
      resultTypes,
      dictionary,
      regions,
      (args.successors as readonly Block[] | undefined) ?? [],
    );
    return builder.insert(op);
  };
  definition.build = (builder: Builder, loc: LocationRef, args: Record<string, unknown>): Value =>
    (definition.create as (b: Builder, l: LocationRef, a: Record<string, unknown>) => Operation)(
      builder,
      loc,
      args,
    ).result(0);

  return definition as unknown as OpDefinition<S>;
}
