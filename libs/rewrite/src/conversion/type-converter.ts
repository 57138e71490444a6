// How types change in a conversion: one type into one, several or none, and the ops that stand between a value of the old
// type and values of the new ones. As MLIR's TypeConverter; a conversion that is refused says why.
import type { Block, Builder, FunctionType, LocationRef, Operation, Region, Type, Value } from '@budflow/ir';
import { SignatureConversion } from './signature-conversion.js';

/** The new type or types (none: the value vanishes), the reason why there are none, or undefined: not for this callback. */
export type TypeConversion = (type: Type) => Type | readonly Type[] | string | undefined;

/** Values of exactly `types`, made from `inputs` at the builder's insertion point; undefined: not for this callback. */
export type Materialization = (
  builder: Builder,
  types: readonly Type[],
  inputs: readonly Value[],
  loc: LocationRef,
) => readonly Value[] | undefined;

export type MaterializationKind = 'source' | 'target' | 'argument';

export class TypeConverter {
  private readonly conversions: TypeConversion[] = [];
  private readonly materializations: Record<MaterializationKind, Materialization[]> = {
    source: [],
    target: [],
    argument: [],
  };
  /** Types, or the reason why there are none. */
  private readonly memo = new Map<Type, readonly Type[] | string>();

  /** Callbacks are asked last added first. A converter without a callback for a type does not convert it. */
  addConversion(conversion: TypeConversion): this {
    this.conversions.push(conversion);
    this.memo.clear();
    return this;
  }
  /** Makes a value of an old type from converted ones, for ops that still need the old type. */
  addSourceMaterialization(materialization: Materialization): this {
    this.materializations.source.push(materialization);
    return this;
  }
  /** Makes converted values from a value of an old type, whose definition was not converted. */
  addTargetMaterialization(materialization: Materialization): this {
    this.materializations.target.push(materialization);
    return this;
  }
  /** Makes a block argument of an old type from converted arguments; without one, source materializations are asked. */
  addArgumentMaterialization(materialization: Materialization): this {
    this.materializations.argument.push(materialization);
    return this;
  }

  /** What a value of the type becomes; null when it cannot be converted (`reason` says why). */
  convert(type: Type): readonly Type[] | null {
    const found = this.memo.get(type) ?? this.ask(type);
    return typeof found === 'string' ? null : found;
  }
  /** Why `convert` gives null. */
  reason(type: Type): string | undefined {
    const found = this.memo.get(type) ?? this.ask(type);
    return typeof found === 'string' ? found : undefined;
  }
  /** The single type it becomes; null when there is none, or not exactly one. */
  convertOne(type: Type): Type | null {
    const types = this.convert(type);
    return types?.length === 1 ? types[0]! : null;
  }
  /** All types, flattened; null when one of them cannot be converted. */
  convertAll(types: readonly Type[]): Type[] | null {
    const list: Type[] = [];
    for (const type of types) {
      const converted = this.convert(type);
      if (converted === null) return null;
      list.push(...converted);
    }
    return list;
  }
  /** A function type with inputs and results converted. */
  convertFunction(type: FunctionType, op: Operation): FunctionType | null {
    const inputs = this.convertAll(type.inputs);
    const results = this.convertAll(type.results);
    return inputs && results && op.context.functionType(inputs, results);
  }
  /** Types of arguments as the start of a signature conversion; null when one cannot be converted. */
  convertSignature(types: readonly Type[]): SignatureConversion | null {
    const signature = new SignatureConversion(types.length);
    for (let i = 0; i < types.length; i++) {
      const converted = this.convert(types[i]!);
      if (converted === null) return null;
      signature.addInputs(i, converted);
    }
    return signature;
  }

  /** Whether the type converts to itself. */
  isLegal(type: Type): boolean {
    const types = this.convert(type);
    return types !== null && types.length === 1 && types[0] === type;
  }
  /** Whether all operands and results have legal types; the reason when not. For legality predicates. */
  legality(op: Operation): true | string {
    for (let i = 0; i < op.operandCount; i++) {
      const { type } = op.operand(i);
      if (!this.isLegal(type)) return `operand ${i} has type ${type}, ${this.fate(type)}`;
    }
    for (let i = 0; i < op.resultCount; i++) {
      const { type } = op.result(i);
      if (!this.isLegal(type)) return `result ${i} has type ${type}, ${this.fate(type)}`;
    }
    return true;
  }
  /** The same for inputs and results of a function type. */
  functionLegality(type: FunctionType): true | string {
    for (const [what, list] of [
      ['input', type.inputs],
      ['result', type.results],
    ] as const)
      for (const [i, t] of list.entries()) if (!this.isLegal(t)) return `${what} ${i} has type ${t}, ${this.fate(t)}`;
    return true;
  }
  /** The same for the arguments of all blocks of a region. */
  regionLegality(region: Region): true | string {
    for (const [b, block] of region.blocks.entries())
      for (const argument of block.arguments)
        if (!this.isLegal(argument.type))
          return `argument ${argument.index} of block ${b} has type ${argument.type}, ${this.fate(argument.type)}`;
    return true;
  }
  /** Whether a block's arguments have legal types. */
  isLegalBlock(block: Block): boolean {
    return block.arguments.every((a) => this.isLegal(a.type));
  }

  /** What the callbacks make of a mismatch between old and new types; undefined when none feels responsible. */
  materialize(
    kind: MaterializationKind,
    builder: Builder,
    types: readonly Type[],
    inputs: readonly Value[],
    loc: LocationRef,
  ): readonly Value[] | undefined {
    const own = this.materializations[kind];
    for (let i = own.length - 1; i >= 0; i--) {
      const values = own[i]!(builder, types, inputs, loc);
      if (values !== undefined) return values;
    }
    return kind === 'argument' ? this.materialize('source', builder, types, inputs, loc) : undefined;
  }

  private ask(type: Type): readonly Type[] | string {
    let answer: readonly Type[] | string = `no conversion of type ${type} was given`;
    for (let i = this.conversions.length - 1; i >= 0; i--) {
      const found = this.conversions[i]!(type);
      if (found === undefined) continue;
      answer =
        typeof found === 'string' || Array.isArray(found) ? (found as readonly Type[] | string) : [found as Type];
      break;
    }
    this.memo.set(type, answer);
    return answer;
  }
  private fate(type: Type): string {
    const types = this.convert(type);
    if (types === null) return `which cannot be converted: ${this.reason(type)}`;
    return types.length === 0 ? 'which becomes nothing' : `which becomes ${types.join(', ')}`;
  }
}
