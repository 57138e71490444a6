// Products of vectors, and of a matrix and a vector, as reductions in lanes: where one side of a dot_general has nothing
// but contracted dimensions there is no result dimension along which both operands could be loaded as vectors.
import {
  BroadcastOp,
  CANONICAL_LANES_ORDER,
  DimOp,
  DotGeneralOp,
  dimsThatNeedSizes,
  dotDimensions,
  FullOp,
  MulOp,
  ReduceOp,
} from '@budflow/dialect-array';
import {
  Builder,
  DYNAMIC,
  FloatType,
  InternalError,
  type Operation,
  StructuredOp,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { setOrder } from './orders.js';

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

/** Whether the contracted dimensions are the last ones, in the order in which they are contracted. */
function contractsLast(rank: number, contract: readonly number[]): boolean {
  return contract.length > 0 && contract.every((d, i) => d === rank - contract.length + i);
}

/**
 * Rewrites the op as broadcast, multiply and reduce over the last dimensions when one side has no free dimensions and
 * both are contiguous along the contracted ones. Returns the new ops, or undefined when it does not apply.
 */
export function dotInLanes(op: Operation): Operation[] | undefined {
  const [lhs, rhs, result] = [typeOf(op.operand(0)), typeOf(op.operand(1)), typeOf(op.result(0))];
  if (!(result.element instanceof FloatType) || lhs.element !== result.element) return undefined;
  const d = dotDimensions(op);
  const single = (type: TensorType, free: readonly number[]) => free.every((f) => type.shape[f] === 1);
  if (!single(lhs, d.lhsFree) && !single(rhs, d.rhsFree)) return undefined;
  if (!contractsLast(lhs.rank, d.lhsContract) || !contractsLast(rhs.rank, d.rhsContract)) return undefined;

  const builder = Builder.before(op);
  const structured = StructuredOp.of(op)!;
  const domain = structured.domain(op);
  const maps = structured.indexingMaps(op);
  const { context } = op;
  const shape = domain.map(({ size }) => (size.kind === 'static' ? size.size : DYNAMIC));
  const full = context.tensor(shape, result.element);
  // The domain of dot_general is batch, lhs free, rhs free, contracted: each factor is repeated along what it lacks.
  const created: Operation[] = [];
  const repeat = (operand: number): Value => {
    const value = op.operand(operand);
    const dims = maps[operand]!.results.map((e) => e.value);
    if (value.type === full && dims.every((p, i) => p === i)) return value;
    const sizes = dimsThatNeedSizes(typeOf(value), full, dims).map((dim) => {
      const { size } = domain[dim]!;
      if (size.kind !== 'operand') throw new InternalError('a dynamic size of a dot_general comes from an operand', op);
      return DimOp.build(builder, op.loc, { operand: op.operand(size.operand), dimension: size.dim });
    });
    const made = BroadcastOp.create(builder, op.loc, { operand: value, sizes, dims, resultTypes: [full] });
    created.push(made);
    return made.result(0);
  };
  const fastmath = DotGeneralOp.fastmath(op);
  const product = MulOp.create(builder, op.loc, { lhs: repeat(0), rhs: repeat(1), fastmath });
  const identity = structured.reduction!.identity(op)[0]!;
  const init = FullOp.create(builder, op.loc, {
    value: identity,
    sizes: [],
    resultTypes: [context.tensor([], result.element)],
  });
  const dims = domain.flatMap(({ iterator }, i) => (iterator === 'reduction' ? [i] : []));
  const sum = ReduceOp.create(builder, op.loc, {
    inputs: [product.result(0)],
    inits: [init.result(0)],
    kind: 'add',
    dims,
    fastmath,
    regions: [],
    resultTypes: [result],
  });
  setOrder(sum, CANONICAL_LANES_ORDER);
  op.result(0).replaceAllUsesWith(sum.result(0));
  op.erase();
  return [...created, product, init, sum];
}
