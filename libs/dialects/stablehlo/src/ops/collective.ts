// Collectives: what replicas of a program do together.
import {
  attr,
  type DialectType,
  defineOp,
  type Operation,
  optionalAttr,
  Pure,
  SingleBlock,
  type TensorType,
  type Type,
  variadic,
} from '@budflow/ir';
import { type ReplicaGroups, replicaGroups } from '../attributes/mesh.js';
import { ChannelHandle } from '../attributes/other.js';
import { integerRows } from '../attributes/specs.js';
import { example } from '../example.js';
import { accumulatorTypes, expectArguments, expectReturns } from '../regions.js';
import { elementOf, expectAtLeast, expectDimensions, expectResult, shapeOf, tensorOf, typesAgree } from '../shapes.js';
import type { FutureParameters } from '../token.js';
import { HloAnyQuantizedTensor, HloFuture, HloTensor, HloTensorOrTokenOrFuture } from '../types.js';
import { inferFirst, verifySameTypes } from './elementwise.js';

const channel = optionalAttr(attr.dialect(ChannelHandle));
const groupAttributes = { replica_groups: replicaGroups, channel_handle: channel } as const;

/** What groups are: whether they hold every replica from 0 on, and whether -1 may stand for one that a group lacks. */
interface GroupRules {
  readonly complete: boolean;
  readonly uneven: boolean;
}
const EVERY: GroupRules = { complete: true, uneven: false };

/** Size of the groups; undefined, reported, where they are wrong, null where they are not all written. */
function groupSize(op: Operation, groups: ReplicaGroups, rules: GroupRules): number | null | undefined {
  if (!Array.isArray(groups)) return null;
  const rows = groups as readonly (readonly number[])[];
  const ids = rows.flat().filter((id) => id !== -1);
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i);
  const uneven = ids.length !== rows.flat().length;
  const isWrong = ids.some((id) => id < -1) || repeated !== undefined || (uneven && !rules.uneven);
  if (isWrong || (rules.complete && ids.length > 0 && Math.max(...ids) >= ids.length)) {
    op.emitError(
      'stablehlo.replica-groups',
      `requires every replica once in replica_groups${rules.complete ? `, from 0 to ${ids.length - 1}` : ''}, got [${rows.map((r) => `[${r.join(', ')}]`).join(', ')}]`,
    );
    return undefined;
  }
  return uneven || rows.length === 0 || rows[0]!.length === 0 ? null : rows[0]!.length;
}

/** Device numbers need a channel. */
function verifyGlobalIds(op: Operation, handle: { handle: number } | undefined, global: boolean): boolean {
  if (!global || (handle !== undefined && handle.handle > 0)) return true;
  op.emitError('stablehlo.global-device-ids', 'requires a positive channel_handle to go with use_global_device_ids');
  return false;
}

const SUM = `({
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.add %a, %b : tensor<f32>
  stablehlo.return %0 : tensor<f32>
})`;

export const AllReduceOp = defineOp({
  name: 'stablehlo.all_reduce',
  summary: 'Combines tensors over the replicas of each group.',
  description: 'Every replica gets the whole result.',
  example: example(
    '%x: tensor<4xf32>',
    `%r = "stablehlo.all_reduce"(%x) ${SUM} {channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>, replica_groups = dense<[[0, 2], [1, 3]]> : tensor<2x2xi64>, use_global_device_ids} : (tensor<4xf32>) -> tensor<4xf32>`,
    'tensor<4xf32>',
  ),
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: { ...groupAttributes, use_global_device_ids: attr.unit },
  regions: { computation: { blocks: 'one' } },
  traits: [SingleBlock],
  verifyRegions(op) {
    const global = AllReduceOp.use_global_device_ids(op);
    if (!verifyGlobalIds(op, AllReduceOp.channel_handle(op), global)) return;
    if (groupSize(op, AllReduceOp.replica_groups(op), { complete: true, uneven: true }) === undefined) return;
    if (op.operandCount === 0 || op.resultCount !== op.operandCount) {
      op.emitError(
        'stablehlo.all-reduce-results',
        `requires a result for each of one or more operands, got ${op.operandCount} operands and ${op.resultCount} results`,
      );
      return;
    }
    const accumulators = accumulatorTypes(op, 0, [elementOf(op.operand(0))]);
    if (accumulators === undefined) return;
    const { element } = accumulators[0] as TensorType;
    for (const [i, value] of op.operands.entries())
      if (!expectResult(op, op.context.tensor(shapeOf(value), element), i)) return;
  },
});

export const ReduceScatterOp = defineOp({
  name: 'stablehlo.reduce_scatter',
  summary: 'Combines tensors over the replicas of each group, and gives each replica a part.',
  description: 'The result is split along a dimension.',
  example: example(
    '%x: tensor<4x8xf32>',
    `%r = "stablehlo.reduce_scatter"(%x) ${SUM} {replica_groups = dense<[[0, 2], [1, 3]]> : tensor<2x2xi64>, scatter_dimension = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x4xf32>`,
    'tensor<4x4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { ...groupAttributes, scatter_dimension: attr.i64, use_global_device_ids: attr.unit },
  regions: { computation: { blocks: 'one' } },
  traits: [SingleBlock],
  verifyRegions(op) {
    const global = ReduceScatterOp.use_global_device_ids(op);
    const dim = ReduceScatterOp.scatter_dimension(op);
    const type = tensorOf(op.operand(0));
    if (!verifyGlobalIds(op, ReduceScatterOp.channel_handle(op), global)) return;
    const size = groupSize(op, ReduceScatterOp.replica_groups(op), EVERY);
    if (size === undefined || !expectDimensions(op, 'scatter_dimension', [dim], type.rank)) return;
    const accumulators = accumulatorTypes(op, 0, [type.element]);
    if (accumulators === undefined) return;
    const whole = type.shape[dim]!;
    const part = tensorOf(op.result(0)).shape[dim] ?? 0;
    const wanted = size === null || whole < 0 ? part : whole / size;
    if (!Number.isInteger(wanted)) {
      op.emitError(
        'stablehlo.scatter-size',
        `dimension ${dim} of ${type} cannot be split over groups of ${size} replicas`,
      );
      return;
    }
    const shape = type.shape.map((s, d) => (d === dim ? wanted : s));
    expectResult(op, op.context.tensor(shape, (accumulators[0] as TensorType).element));
  },
});

export const AllGatherOp = defineOp({
  name: 'stablehlo.all_gather',
  summary: 'Tensors of the replicas of each group, one after the other along a dimension.',
  description: 'Every replica gets all of them.',
  example: example(
    '%x: tensor<4x8xf32>',
    '%r = "stablehlo.all_gather"(%x) {all_gather_dim = 1 : i64, replica_groups = dense<[[0, 2], [1, 3]]> : tensor<2x2xi64>} : (tensor<4x8xf32>) -> tensor<4x16xf32>',
    'tensor<4x16xf32>',
  ),
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: { ...groupAttributes, all_gather_dim: attr.i64, use_global_device_ids: attr.unit },
  verify(op) {
    const global = AllGatherOp.use_global_device_ids(op);
    const dim = AllGatherOp.all_gather_dim(op);
    if (!verifyGlobalIds(op, AllGatherOp.channel_handle(op), global)) return;
    const size = groupSize(op, AllGatherOp.replica_groups(op), EVERY);
    if (size === undefined) return;
    if (op.operandCount === 0 || op.resultCount !== op.operandCount) {
      op.emitError(
        'stablehlo.all-gather-results',
        `requires a result for each of one or more operands, got ${op.operandCount} operands and ${op.resultCount} results`,
      );
      return;
    }
    for (const [i, value] of op.operands.entries()) {
      const type = tensorOf(value);
      if (!expectDimensions(op, 'all_gather_dim', [dim], type.rank)) return;
      const got = tensorOf(op.result(i)).shape[dim] ?? 0;
      const wanted = size === null || type.shape[dim]! < 0 ? got : type.shape[dim]! * size;
      const shape = type.shape.map((s, d) => (d === dim ? wanted : s));
      if (!expectResult(op, op.context.tensor(shape, type.element), i)) return;
    }
  },
  verifyReads: 'signature',
});

export const AllToAllOp = defineOp({
  name: 'stablehlo.all_to_all',
  summary: 'Splits tensors into a part for each replica of a group, and joins the parts each replica gets.',
  description: 'Splits along one dimension and joins along another one.',
  example: example(
    '%x: tensor<2x4xf32>',
    '%r = "stablehlo.all_to_all"(%x) {concat_dimension = 0 : i64, replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>, split_count = 2 : i64, split_dimension = 1 : i64} : (tensor<2x4xf32>) -> tensor<4x2xf32>',
    'tensor<4x2xf32>',
  ),
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: { ...groupAttributes, split_dimension: attr.i64, concat_dimension: attr.i64, split_count: attr.i64 },
  inferTypes: (context, { operands, attributes }): Type[] => {
    const number = (name: string) => attr.i64.read(attributes.get(name)!);
    return operands.map((v) => {
      const type = tensorOf(v);
      return context.tensor(
        exchanged(type, number('split_dimension'), number('concat_dimension'), number('split_count')),
        type.element,
      );
    });
  },
  verify(op) {
    const split = AllToAllOp.split_dimension(op);
    const concat = AllToAllOp.concat_dimension(op);
    const count = AllToAllOp.split_count(op);
    const size = groupSize(op, AllToAllOp.replica_groups(op), EVERY);
    if (size === undefined || !expectAtLeast(op, 'split_count', [count], 1)) return;
    if (size !== null && size !== count) {
      op.emitError('stablehlo.split-count', `requires groups of split_count, ${count}, replicas, got ${size}`);
      return;
    }
    for (const [i, value] of op.operands.entries()) {
      const type = tensorOf(value);
      if (!expectDimensions(op, 'split_dimension', [split], type.rank)) return;
      if (!expectDimensions(op, 'concat_dimension', [concat], type.rank)) return;
      if (type.shape[split]! % count !== 0 && type.shape[split]! >= 0) {
        op.emitError('stablehlo.split-size', `dimension ${split} of ${type} cannot be split into ${count} parts`);
        return;
      }
      if (!expectResult(op, op.context.tensor(exchanged(type, split, concat, count), type.element), i)) return;
    }
  },
  verifyReads: 'signature',
});
function exchanged(type: TensorType, split: number, concat: number, count: number): number[] {
  const shape = type.shape.slice();
  if (shape[split]! >= 0) shape[split] = shape[split]! / count;
  if (shape[concat]! >= 0) shape[concat] = shape[concat]! * count;
  return shape;
}

export const CollectiveBroadcastOp = defineOp({
  name: 'stablehlo.collective_broadcast',
  summary: 'The tensor of the first replica of each group.',
  description: 'Replicas in no group get zeros.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = "stablehlo.collective_broadcast"(%x) {replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: groupAttributes,
  inferTypes: inferFirst,
  verify(op) {
    if (groupSize(op, CollectiveBroadcastOp.replica_groups(op), { complete: false, uneven: false }) !== undefined)
      verifySameTypes(op);
  },
  verifyReads: 'signature',
});

export const CollectivePermuteOp = defineOp({
  name: 'stablehlo.collective_permute',
  summary: 'Tensors of other replicas, by pairs of source and target.',
  description: 'Replicas that are no target get zeros.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = "stablehlo.collective_permute"(%x) {channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>, source_target_pairs = dense<[[0, 1], [1, 2]]> : tensor<2x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { source_target_pairs: integerRows, channel_handle: channel },
  inferTypes: inferFirst,
  verify(op) {
    const pairs = CollectivePermuteOp.source_target_pairs(op);
    const distinct = (k: 0 | 1) => new Set(pairs.map((p) => p[k])).size === pairs.length;
    if (pairs.some((p) => p.length !== 2 || p.some((id) => id < 0)) || !distinct(0) || !distinct(1))
      op.emitError(
        'stablehlo.permute-pairs',
        `requires pairs of a source and a target, each replica at most once, got [${pairs.map((p) => `[${p.join(', ')}]`).join(', ')}]`,
      );
    else verifySameTypes(op);
  },
  verifyReads: 'signature',
});

export const CrossReplicaSumOp = defineOp({
  name: 'stablehlo.cross-replica-sum',
  summary: 'Sum of tensors over the replicas of each group.',
  description: 'An older form of stablehlo.all_reduce.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = "stablehlo.cross-replica-sum"(%x) {replica_groups = dense<[[0], [1]]> : tensor<2x1xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { replica_groups: integerRows },
  inferTypes: inferFirst,
  verify(op) {
    if (groupSize(op, CrossReplicaSumOp.replica_groups(op), { complete: false, uneven: true }) !== undefined)
      verifySameTypes(op);
  },
  verifyReads: 'signature',
});

function idOp<const N extends string>(name: N, summary: string) {
  return defineOp({
    name,
    summary,
    description: 'An unsigned number from zero.',
    example: example('', `%r = ${name} : tensor<ui32>`, 'tensor<ui32>'),
    results: { result: HloTensor },
    traits: [Pure],
    assembly: 'attr-dict `:` type($result)',
    inferTypes: (context): Type[] => [context.tensor([], context.integer(32, 'unsigned'))],
    verify(op) {
      expectResult(op, op.context.tensor([], op.context.integer(32, 'unsigned')));
    },
    verifyReads: 'signature',
  });
}
export const ReplicaIdOp = idOp('stablehlo.replica_id', 'Number of the replica that runs.');
export const PartitionIdOp = idOp('stablehlo.partition_id', 'Number of the partition that runs.');

export const AsyncStartOp = defineOp({
  name: 'stablehlo.async_start',
  summary: 'Starts a collective that goes on while other ops run.',
  description: 'Its region is one op on the arguments, and what that gives; the result stands for it.',
  example: example(
    '%x: tensor<4xf32>',
    `%f = "stablehlo.async_start"(%x) ({
^bb0(%a: tensor<4xf32>):
  %0 = "stablehlo.collective_permute"(%a) {source_target_pairs = dense<[[0, 1]]> : tensor<1x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>
  stablehlo.return %0 : tensor<4xf32>
}) : (tensor<4xf32>) -> !stablehlo.future<tensor<4xf32>>
%r = "stablehlo.async_done"(%f) : (!stablehlo.future<tensor<4xf32>>) -> tensor<4xf32>`,
    'tensor<4xf32>',
  ),
  operands: { operands: variadic(HloAnyQuantizedTensor) },
  results: { result: HloFuture },
  regions: { body: { blocks: 'one' } },
  traits: [SingleBlock],
  verifyRegions(op) {
    const { types } = (op.result(0).type as DialectType<FutureParameters>).parameters;
    if (
      expectArguments(
        op,
        0,
        op.operands.map((v) => v.type),
      )
    )
      expectReturns(op, 0, types);
  },
});

export const AsyncDoneOp = defineOp({
  name: 'stablehlo.async_done',
  summary: 'Waits for what stablehlo.async_start started.',
  description: 'The results are those of its region.',
  example: AsyncStartOp.spec.example,
  operands: { operand: HloFuture },
  results: { results: variadic(HloTensorOrTokenOrFuture) },
  inferTypes: (_, { operands }): Type[] => [...(operands[0]!.type as DialectType<FutureParameters>).parameters.types],
  verify(op) {
    const { types } = (op.operand(0).type as DialectType<FutureParameters>).parameters;
    if (op.resultCount !== types.length || types.some((t, i) => !typesAgree(t, op.result(i).type)))
      op.emitError(
        'stablehlo.async-results',
        `requires results of types (${types.join(', ')}), got (${op.resultTypes.join(', ')})`,
      );
  },
  verifyReads: 'signature',
});
