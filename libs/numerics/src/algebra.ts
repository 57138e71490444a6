/**
 * The abstract algebra over which every math function is written once.
 *
 * A function such as `exp` takes an `Algebra` and a value handle. With the scalar evaluator (`evaluate.ts`) a handle
 * is a number and the function computes; with an algebra whose handles are IR values (scalars or vectors) the same
 * function emits the expansion. So folds, the interpreter and compiled code agree bit for bit.
 *
 * The algebra is straight-line but for `selectRare`: no comparison reaches the host language. Every operation rounds
 * once, to the format of the algebra. Only `mulAdd` may be contracted: an algebra says how it rounds, and strict ones
 * round twice, because the hardware may lack a fused operation.
 *
 * Each operation is one op of MLIR's `arith`/`math` dialects, on scalars or vectors, and cheap in 128-bit WebAssembly
 * SIMD: the exceptions (conversions between i64 and f64, arithmetic right shift of i64) are named below, and the
 * functions here avoid them.
 */

/** The float formats an algebra can compute in. The integers beside it have the same width: i32 for f32, i64 for f64. */
export type FloatFormat = 'f32' | 'f64';

/** What is known of the rare case. */
export interface RareOptions {
  /** Its bits are those of the common case in the lanes where the mask is false. */
  readonly everywhere?: boolean;
}

/**
 * Operations on handles: `F` floats of the format, `I` integers of the same width (two's complement, wrapping), `M`
 * masks (one truth value per lane).
 */
export interface Algebra<F, I, M> {
  readonly format: FloatFormat;

  /** The constant nearest to `value`. */
  constF(value: number): F;
  /**
   * The integer constant `value`, which must be an integer that a double holds exactly and that fits the width; the
   * sign bit of i64 is written `-(2 ** 63)`. Bit patterns above the signed range are accepted and wrap.
   */
  constI(value: number): I;

  /** `arith.addf` */
  add(a: F, b: F): F;
  /** `arith.subf` */
  sub(a: F, b: F): F;
  /** `arith.mulf` */
  mul(a: F, b: F): F;
  /**
   * `a * b + c`: two roundings in a plain algebra, one (or the engine's choice) in a fused one: `math.fma`. Functions use
   * it where either keeps their error bound.
   */
  mulAdd(a: F, b: F, c: F): F;
  /** `arith.divf` */
  div(a: F, b: F): F;
  /** Flips the sign bit, also of zero and NaN: `arith.negf`. */
  neg(a: F): F;
  /** Clears the sign bit: `math.absf`. */
  abs(a: F): F;
  /** `math.sqrt`, correctly rounded. */
  sqrt(a: F): F;
  /** `math.floor` */
  floor(a: F): F;
  /** Nearest integral value, ties to even, the sign of zero kept: `math.roundeven`. */
  roundEven(a: F): F;
  /**
   * NaN if either is NaN, -0 below +0: `arith.minimumf`. Where NaN needs no care, `select(cmpLt(b, a), b, a)` is a
   * single instruction on x86 (`pmin` in WebAssembly) and passes a NaN in `a` on.
   */
  min(a: F, b: F): F;
  /** NaN if either is NaN, -0 below +0: `arith.maximumf`. */
  max(a: F, b: F): F;

  /** Ordered comparisons, false when either is NaN: `arith.cmpf oeq`, `olt`, `ole`. */
  cmpEq(a: F, b: F): M;
  cmpLt(a: F, b: F): M;
  cmpLe(a: F, b: F): M;
  /** True when either is NaN: `arith.cmpf uno`. */
  cmpUnordered(a: F, b: F): M;
  /** `a` where the mask is true, else `b`: `arith.select`. */
  select(mask: M, a: F, b: F): F;
  /** As `select`, on integers. */
  selectI(mask: M, a: I, b: I): I;
  /**
   * `common`, and in the lanes of the mask what `cold` computes, which is seldom needed: scalars evaluate it only there,
   * vectors only when the mask is true in any lane (`loop.if`). `cold` computes in the algebra that it is given, must
   * return as many values as `common` has, and must be harmless in the other lanes. Where it gives the bits of `common` in
   * those, `everywhere` says so, and vectors take all of its lanes.
   */
  selectRare(
    mask: M,
    common: readonly F[],
    cold: (alg: Algebra<F, I, M>) => readonly F[],
    options?: RareOptions,
  ): readonly F[];
  /** `arith.andi` on masks. */
  andM(a: M, b: M): M;
  /** `arith.ori` on masks. */
  orM(a: M, b: M): M;
  /** `arith.xori` with true. */
  notM(a: M): M;

  /** Wrapping `arith.addi`. */
  addI(a: I, b: I): I;
  /** Wrapping `arith.subi`. */
  subI(a: I, b: I): I;
  /** Wrapping `arith.muli`. */
  mulI(a: I, b: I): I;
  /** `arith.andi` */
  andI(a: I, b: I): I;
  /** `arith.ori` */
  orI(a: I, b: I): I;
  /** `arith.xori` */
  xorI(a: I, b: I): I;
  /** Left shift by a constant `0 <= amount < width`: `arith.shli`. */
  shlI(a: I, amount: number): I;
  /** Arithmetic right shift by a constant: `arith.shrsi`. Slow on i64 before AVX-512. */
  shrS(a: I, amount: number): I;
  /** Logical right shift by a constant: `arith.shrui`. */
  shrU(a: I, amount: number): I;
  /** `arith.cmpi eq` */
  cmpEqI(a: I, b: I): M;
  /** Signed `arith.cmpi slt`. */
  cmpLtI(a: I, b: I): M;

  /** The bits of a float: `arith.bitcast`. */
  bitcastToInt(a: F): I;
  /** The float with these bits: `arith.bitcast`. */
  bitcastToFloat(a: I): F;
  /** Signed `arith.sitofp`. WebAssembly SIMD has none for i64: functions in f64 add to a magic number instead. */
  intToFloat(a: I): F;
  /** Truncates a value known to be in range: `arith.fptosi`. WebAssembly SIMD has none for i64. */
  floatToInt(a: F): I;
}

/** A math function of one argument, written over any algebra of its format. */
export type UnaryMathFunction = <F, I, M>(alg: Algebra<F, I, M>, x: F) => F;

/** A math function of two arguments, written over any algebra of its format. */
export type BinaryMathFunction = <F, I, M>(alg: Algebra<F, I, M>, x: F, y: F) => F;
