// Calls of LAPACK, which JAX writes when it exports for the CPU: Cholesky factors and triangular systems are array ops,
// LU and QR factors loops of them. The
// configuration has LAPACK's letters as numbers, such as uplo = 76 for 'L'.
import { IotaOp, SliceOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DictionaryAttr, DYNAMIC, IntegerAttr, type Operation, TensorType, type Value } from '@budflow/ir';
import type { HloSite } from '../site.js';
import { luFactors, qrFactors, reflectorProduct } from './factorizations.js';
import { cholesky, triangularSolve } from './linear-algebra.js';

const NAME = /^lapack_[sdcz](\w+)_ffi$/;

interface Routine {
  readonly operands: number;
  readonly results: number;
  /** The letters of the configuration, each with those that it may be. */
  readonly letters: Readonly<Record<string, string>>;
  convert(site: HloSite, letters: Readonly<Record<string, string>>): readonly Value[];
}

const ROUTINES: Readonly<Record<string, Routine>> = {
  // Factors of positive definite matrices; the other triangle stays as it was.
  potrf: {
    operands: 1,
    results: 2,
    letters: { uplo: 'LU' },
    convert(site, { uplo }) {
      const a = site.operand(0);
      const factors = cholesky(site, a, uplo === 'L');
      const [row, column] = indices(site, a);
      const isKept = site.compare(uplo === 'L' ? 'lt' : 'gt', row, column);
      return [site.select(isKept, a, factors), firstFailure(site, factors)];
    },
  },
  trsm: {
    operands: 2,
    results: 1,
    letters: { side: 'LR', uplo: 'LU', trans_x: 'NTC', diag: 'NU' },
    convert: (site, { side, uplo, trans_x, diag }) => [
      triangularSolve(site, site.operand(0), site.operand(1), {
        side: side === 'L' ? 'left' : 'right',
        transpose: trans_x === 'N' ? 'none' : trans_x === 'T' ? 'transpose' : 'adjoint',
        lower: uplo === 'L',
        unit_diagonal: diag === 'U',
      }),
    ],
  },
  // LU factors: both in one matrix, pivots, and the first pivot that is 0.
  getrf: { operands: 1, results: 3, letters: {}, convert: (site) => luFactors(site, site.operand(0)) },
  // QR factors: R above reflectors, and the factors of these; their product.
  geqrf: { operands: 1, results: 2, letters: {}, convert: (site) => qrFactors(site, site.operand(0)) },
  orgqr: { operands: 2, results: 1, letters: {}, convert: product },
  ungqr: { operands: 2, results: 1, letters: {}, convert: product },
};

function product(site: HloSite): readonly Value[] {
  return [reflectorProduct(site, site.operand(0), site.operand(1))];
}

function lettersOf(op: Operation, routine: Routine): Readonly<Record<string, string>> | undefined {
  if (Object.keys(routine.letters).length === 0) return {};
  const config = op.attr('mhlo.backend_config') ?? hlo.CustomCallOp.backend_config(op);
  if (!(config instanceof DictionaryAttr)) return undefined;
  const entries = Object.entries(routine.letters).map(([key, allowed]) => {
    const value = config.get(key);
    const letter = value instanceof IntegerAttr ? String.fromCharCode(value.number) : '';
    return [key, letter !== '' && allowed.includes(letter) ? letter : undefined] as const;
  });
  return entries.every(([, letter]) => letter !== undefined)
    ? (Object.fromEntries(entries) as Record<string, string>)
    : undefined;
}

/** The routine that a call has an array op for, with its letters; undefined for every other call. */
function routineOf(op: Operation): [Routine, Readonly<Record<string, string>>] | undefined {
  const name = NAME.exec(hlo.CustomCallOp.call_target_name(op))?.[1];
  const routine = name !== undefined && Object.hasOwn(ROUTINES, name) ? ROUTINES[name]! : undefined;
  if (routine === undefined || op.operandCount !== routine.operands || op.resultCount !== routine.results)
    return undefined;
  const isKnown = [...op.operands, ...op.results].every(
    ({ type }) => type instanceof TensorType && !type.shape.includes(DYNAMIC),
  );
  const letters = isKnown ? lettersOf(op, routine) : undefined;
  return letters && [routine, letters];
}

/** What a call of LAPACK gives; undefined where nothing stands for it. */
export function calledLapack(site: HloSite): readonly Value[] | undefined {
  const found = routineOf(site.op);
  return found?.[0].convert(site, found[1]);
}

/** Row and column of each element. */
function indices(site: HloSite, matrix: Value): [Value, Value] {
  const { shape, rank } = matrix.type as TensorType;
  const type = site.context.tensor(shape, site.context.i32);
  const [row, column] = [rank - 2, rank - 1].map((dim) =>
    IotaOp.build(site.rewriter, site.loc, { dim, sizes: [], resultTypes: [type] }),
  );
  return [row!, column!];
}

/** 0 where a factor is one, 1 where the matrix had none: NaN stands on its diagonal from the first row on. */
function firstFailure(site: HloSite, factors: Value): Value {
  const { shape, rank, element } = factors.type as TensorType;
  const info = site.type(1);
  if (shape.slice(-2).includes(0)) return site.constant(site.context.constantAttr(info, 0));
  const corner = SliceOp.build(site.rewriter, site.loc, {
    operand: factors,
    starts: shape.map(() => 0),
    limits: shape.map((size, d) => (d < rank - 2 ? size : 1)),
    strides: shape.map(() => 1),
    resultTypes: [site.context.tensor([...shape.slice(0, -2), 1, 1], element)],
  });
  const first = site.reshape(corner, shape.slice(0, -2));
  return site.cast(site.compare('ne', first, first), info.element);
}
