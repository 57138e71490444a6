// Index arithmetic that passes leave in host functions, as expressions.
import { type AffineExpr, type AffineMapAttr, IntegerAttr, type Operation } from '@budflow/ir';
import { type HostExpression, type HostOperator, hostOperation } from './expression.js';

const BINARY: Readonly<Record<string, HostOperator>> = {
  'arith.addi': 'add',
  'arith.subi': 'sub',
  'arith.muli': 'mul',
  'arith.floordivsi': 'floordiv',
  'arith.ceildivsi': 'ceildiv',
  'arith.ceildivui': 'ceildiv',
  'arith.divsi': 'truncdiv',
  'arith.divui': 'truncdiv',
  'arith.remsi': 'rem',
  'arith.remui': 'rem',
  'arith.minsi': 'min',
  'arith.minui': 'min',
  'arith.maxsi': 'max',
  'arith.maxui': 'max',
};

const CASTS: ReadonlySet<string> = new Set(['arith.index_cast', 'arith.index_castui', 'arith.extsi', 'arith.extui']);

/** What an op on numbers computes from its operands; undefined for any other op. */
export function indexExpression(op: Operation, operands: readonly HostExpression[]): HostExpression | undefined {
  const binary = BINARY[op.name];
  if (binary !== undefined) return hostOperation(binary, operands[0]!, operands[1]!);
  if (CASTS.has(op.name)) return operands[0]!;
  if (op.name === 'arith.constant') {
    const value = op.attr('value');
    return value instanceof IntegerAttr ? value.number : undefined;
  }
  if (op.name === 'loop.apply' || op.name === 'loop.min' || op.name === 'loop.max') {
    const { map } = op.attr('map') as AffineMapAttr;
    const values = map.results.map((e) => affineExpression(e, operands, map.numDims));
    return values.reduce((l, r) => hostOperation(op.name === 'loop.max' ? 'max' : 'min', l, r));
  }
  return undefined;
}

/** An affine expression over values of its dimensions and then its symbols. */
export function affineExpression(e: AffineExpr, inputs: readonly HostExpression[], numDims: number): HostExpression {
  switch (e.kind) {
    case 'constant':
      return e.value;
    case 'dim':
      return inputs[e.value]!;
    case 'symbol':
      return inputs[numDims + e.value]!;
    default:
      return hostOperation(
        e.kind,
        affineExpression(e.lhs!, inputs, numDims),
        affineExpression(e.rhs!, inputs, numDims),
      );
  }
}
