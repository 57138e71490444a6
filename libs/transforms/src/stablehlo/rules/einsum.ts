// Products and sums by letters for dimensions. Letters of one operand alone that the result lacks are summed away first;
// letters of both are batches where the result has them and contracted where not; a transposition puts the rest in order.
//
//   einsum x, y, "bij,bjk->bki"  ==  transpose (dot_general x, y batch = [0] x [0] contract = [2] x [1]) [0, 2, 1]
import { DotGeneralOp, ReduceOp, TransposeOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import type { Operation, TensorType, Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

interface Labels {
  /** For each operand the labels of its dimensions. */
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/** A tensor whose dimensions have names. */
interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

function configOf(op: Operation): string {
  return hlo.EinsumOp.is(op) ? hlo.EinsumOp.einsum_config(op) : hlo.UnaryEinsumOp.einsum_config(op);
}

/** The labels of a configuration; the dimensions of `...` are named by their distance from its end. */
function labelsOf(op: Operation): Labels {
  const [inputs, output] = configOf(op).split('->') as [string, string];
  const parts = inputs.split(',');
  const counts = parts.map((part, i) => (op.operand(i).type as TensorType).rank - part.replace('...', '').length);
  const expand = (part: string, count: number): string[] => {
    const at = part.indexOf('...');
    if (at < 0) return [...part];
    const dots = Array.from({ length: count }, (_, d) => `.${count - d}`);
    return [...part.slice(0, at), ...dots, ...part.slice(at + 3)];
  };
  return { operands: parts.map((part, i) => expand(part, counts[i]!)), result: expand(output, Math.max(0, ...counts)) };
}

function refusal(op: Operation): string | undefined {
  const { operands, result } = labelsOf(op);
  if ([...operands, result].some((labels) => new Set(labels).size !== labels.length))
    return 'a letter that stands twice in one part takes a diagonal';
  const sizes = new Map<string, number>();
  for (const [i, labels] of operands.entries())
    for (const [d, label] of labels.entries()) {
      const size = (op.operand(i).type as TensorType).shape[d]!;
      if ((sizes.get(label) ?? size) !== size)
        return `the sizes of '${label}' differ, which would broadcast one of them`;
      sizes.set(label, size);
    }
  return undefined;
}

export const EINSUMS: HloRules = {
  ...ruleFor(hlo.EinsumOp, {
    equation: 'einsum x, y == transpose (dot_general (sums of x), (sums of y))',
    refuses: refusal,
    convert(site) {
      const { operands, result } = labelsOf(site.op);
      const [x, y] = operands.map((labels, i) => {
        const others = [...operands[1 - i]!, ...result];
        return summed(site, { value: site.operand(i), labels }, others);
      }) as [Labelled, Labelled];
      return [ordered(site, product(site, x, y, result), result)];
    },
  }),
  ...ruleFor(hlo.UnaryEinsumOp, {
    equation: 'unary_einsum x == transpose (sums of x)',
    refuses: refusal,
    convert(site) {
      const { operands, result } = labelsOf(site.op);
      return [ordered(site, summed(site, { value: site.operand(0), labels: operands[0]! }, result), result)];
    },
  }),
};

/** Sums over the dimensions whose labels are not among `kept`. */
function summed(site: HloSite, { value, labels }: Labelled, kept: readonly string[]): Labelled {
  const dims = labels.flatMap((label, d) => (kept.includes(label) ? [] : [d]));
  if (dims.length === 0) return { value, labels };
  const scalar = site.context.tensor([], site.elementOf(value));
  const sum = ReduceOp.create(site.rewriter, site.loc, {
    inputs: [value],
    inits: [site.constant(site.context.constantAttr(scalar, 0))],
    kind: 'add',
    dims,
    regions: [],
  });
  return { value: sum.result(0), labels: labels.filter((label) => kept.includes(label)) };
}

function product(site: HloSite, x: Labelled, y: Labelled, result: readonly string[]): Labelled {
  const shared = x.labels.filter((label) => y.labels.includes(label));
  const batch = shared.filter((label) => result.includes(label));
  const contracted = shared.filter((label) => !result.includes(label));
  const labels = [...batch, ...[...x.labels, ...y.labels].filter((label) => !shared.includes(label))];
  const sizeOf = (label: string): number => {
    const side = x.labels.includes(label) ? x : y;
    return (side.value.type as TensorType).shape[side.labels.indexOf(label)]!;
  };
  const value = DotGeneralOp.build(site.rewriter, site.loc, {
    lhs: x.value,
    rhs: y.value,
    lhsBatch: batch.map((label) => x.labels.indexOf(label)),
    rhsBatch: batch.map((label) => y.labels.indexOf(label)),
    lhsContract: contracted.map((label) => x.labels.indexOf(label)),
    rhsContract: contracted.map((label) => y.labels.indexOf(label)),
    resultTypes: [site.context.tensor(labels.map(sizeOf), site.type().element)],
  });
  return { value, labels };
}

function ordered(site: HloSite, { value, labels }: Labelled, result: readonly string[]): Value {
  const perm = result.map((label) => labels.indexOf(label));
  return perm.every((from, to) => from === to)
    ? value
    : TransposeOp.build(site.rewriter, site.loc, { operand: value, perm });
}
