// tabulate-bytes: what is computed with much work from each byte of a large array is computed once for each of the 256 bytes,
// and looked up.
//
//   %0 = array.cast %x : 1000000xui8 to f32       %i = array.iota dim = 0 : tensor<256xui8>
//   %1 = array.pow %0, %g                         %t = array.pow (array.cast %i), %g : tensor<256xf32>
//   ..                                     ->     %r = array.gather %t, %x
//
// Looks for elementwise ops that depend on one array of 8-bit integers, and on constants with one value. The table is made
// by the same ops, so that the bits are the same, and where the whole is cheap enough as vectors, there is none.
// Requires fixed numerics, and runs before fusion. (Lookup tables for functions of few bits: memoization, Michie 1968.)
import { BitcastOp, ConstantOp, GatherOp, IotaOp } from '@budflow/dialect-array';
import {
  Builder,
  DenseElementsAttr,
  DYNAMIC,
  IntegerType,
  type Operation,
  OpPattern,
  OpPatternKind,
  TensorType,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { flops } from './fusion/rules.js';

/** Operations for each element that cost more than a lookup, which goes lane by lane. */
const WORTH_A_TABLE = 80;
/** Elements of arrays for which making a table pays. */
const MANY = 2048;
const BYTES = 256;

export const tabulateBytes = definePass({
  name: 'tabulate-bytes',
  summary: 'look up what is computed with much work from single bytes',
  anchor: 'func.func',
  dependentDialects: ['array'],
  statistics: { tables: 'functions of a byte that are looked up', operations: 'ops in them' },
  run(func, pass) {
    const functions = new ByteFunctions();
    const roots: Operation[] = [];
    func.walk((op) => {
      if (functions.sourceOf(op) !== undefined) roots.push(op);
    });
    let count = 0;
    for (const op of roots.reverse()) {
      // Only what is used otherwise: ops in the middle belong to the table of those that use them.
      if (op.isErased || !op.hasResultUses || functions.isInside(op)) continue;
      const tree = functions.treeOf(op);
      if ([...tree].reduce((sum, member) => sum + flops(member), 0) < WORTH_A_TABLE) continue;
      tabulate(op, functions.sourceOf(op)!, tree);
      pass.statistic('tables');
      pass.statistic('operations', tree.size);
      count++;
    }
    if (count === 0) pass.unchanged();
  },
});

function isSplat(op: Operation): boolean {
  const value = ConstantOp.is(op) ? ConstantOp.value(op) : undefined;
  return value instanceof DenseElementsAttr && value.splat;
}

/** Whether a value is a large array of 8-bit integers. */
function isBytes({ type }: Value): boolean {
  if (!(type instanceof TensorType) || !(type.element instanceof IntegerType) || type.element.width !== 8) return false;
  return !type.shape.includes(DYNAMIC) && type.shape.reduce((n, d) => n * d, 1) >= MANY;
}

/** Which ops compute their element from one byte at the same place. */
class ByteFunctions {
  private readonly sources = new Map<Operation, Value | undefined>();

  /** The array of bytes that an op depends on, alone and element by element. */
  sourceOf(op: Operation): Value | undefined {
    if (this.sources.has(op)) return this.sources.get(op);
    this.sources.set(op, undefined);
    const source = this.find(op);
    this.sources.set(op, source);
    return source;
  }

  private find(op: Operation): Value | undefined {
    if (op.resultCount !== 1 || op.operandCount === 0 || op.ownRegions !== null) return undefined;
    if (OpPattern.of(op)?.pattern(op) !== OpPatternKind.elementwise) return undefined;
    let source: Value | undefined;
    for (const operand of op.operands) {
      const producer = operand.definingOp;
      if (producer && isSplat(producer)) continue;
      const from = (producer && this.sourceOf(producer)) ?? (isBytes(operand) ? operand : undefined);
      if (from === undefined || (source !== undefined && source !== from)) return undefined;
      source = from;
    }
    return source;
  }

  /** Whether all that uses an op computes from the same byte: then it is part of their tables. */
  isInside(op: Operation): boolean {
    const source = this.sourceOf(op);
    return op
      .result(0)
      .users()
      .every((user) => this.sourceOf(user) === source);
  }

  /** The op with all that it computes from the byte. */
  treeOf(op: Operation): ReadonlySet<Operation> {
    const tree = new Set<Operation>();
    const source = this.sourceOf(op);
    const visit = (at: Operation): void => {
      if (tree.has(at)) return;
      for (const { definingOp } of at.operands)
        if (definingOp && this.sourceOf(definingOp) === source && definingOp.result(0) !== source) visit(definingOp);
      tree.add(at);
    };
    visit(op);
    return tree;
  }
}

/** Replaces `op` by a lookup in a table that the ops of `tree` make of all bytes. */
function tabulate(op: Operation, source: Value, tree: ReadonlySet<Operation>): void {
  const { context, loc } = op;
  const builder = Builder.before(op);
  const of = (element: TensorType['element']): TensorType => context.tensor([BYTES], element);
  const byte = (source.type as TensorType).element as IntegerType;
  const mapping = new Map<Value, Value>();
  // Signed bytes count as unsigned ones where they are looked up.
  const unsigned = context.integer(8, 'unsigned');
  const places = IotaOp.build(builder, loc, { dim: 0, sizes: [], resultTypes: [of(unsigned)] });
  const bytes =
    byte === unsigned ? places : BitcastOp.build(builder, loc, { operand: places, resultTypes: [of(byte)] });
  mapping.set(source, bytes);
  for (const member of tree) {
    for (const operand of member.operands) {
      const constant = operand.definingOp;
      if (mapping.has(operand) || !constant || !isSplat(constant)) continue;
      const dense = ConstantOp.value(constant) as DenseElementsAttr;
      const value = context.denseElements(of(dense.type.element), dense.bytes, { splat: true });
      mapping.set(operand, ConstantOp.build(builder, loc, { value }));
    }
    const made = member.clone(mapping);
    const { element } = member.result(0).type as TensorType;
    made.result(0).type = of(element);
    builder.insert(made);
  }
  const { shape, rank } = source.type as TensorType;
  const indices =
    byte === unsigned
      ? source
      : BitcastOp.build(builder, loc, { operand: source, resultTypes: [context.tensor(shape, unsigned)] });
  const found = GatherOp.build(builder, loc, {
    operand: mapping.get(op.result(0))!,
    indices,
    window: [],
    collapsed: [0],
    operand_batching: [],
    indices_batching: [],
    map: [0],
    vector: rank,
    sizes: [1],
    resultTypes: [op.result(0).type],
  });
  op.result(0).replaceAllUsesWith(found);
  op.erase();
}
