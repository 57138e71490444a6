// Numbers of host programs: sizes, byte counts, chunk counts, and the scalars that control flow computes with. Plain data,
// so that a program can be stored, printed as JavaScript and evaluated by an interpreter alike. Sizes are integers of
// magnitude below 2^53; scalars of type i64 are bigints.

export type HostOperator =
  | 'add'
  | 'sub'
  | 'mul'
  /** Quotient rounded down, up, towards zero; and the remainders that go with the first and the last. */
  | 'floordiv'
  | 'ceildiv'
  | 'truncdiv'
  | 'mod'
  | 'rem'
  | 'min'
  | 'max';

/** A constant, the number in a slot of the program's frame, or an operation. */
export type HostExpression =
  | number
  | { readonly slot: number }
  | { readonly op: HostOperator; readonly lhs: HostExpression; readonly rhs: HostExpression }
  /** An i64 by its decimal digits. */
  | { readonly big: string }
  /** A scalar op: position in the program's list of them. */
  | { readonly scalar: number; readonly args: readonly HostExpression[] };

export type HostNumber = number | bigint;

/** What the scalar ops of a program compute, by position. */
export type ScalarFunctions = readonly ((...args: HostNumber[]) => HostNumber)[];

/** The result of an operator on integers. Division by zero gives 0. */
function applyOperator(op: HostOperator, l: number, r: number): number {
  switch (op) {
    case 'add':
      return l + r;
    case 'sub':
      return l - r;
    case 'mul':
      return l * r;
    case 'floordiv':
      return r === 0 ? 0 : Math.floor(l / r);
    case 'ceildiv':
      return r === 0 ? 0 : Math.ceil(l / r);
    case 'truncdiv':
      return r === 0 ? 0 : Math.trunc(l / r);
    case 'mod':
      return r === 0 ? 0 : l - Math.floor(l / r) * r;
    case 'rem':
      return r === 0 ? 0 : l % r;
    case 'min':
      return Math.min(l, r);
    case 'max':
      return Math.max(l, r);
  }
}

/** An operation, folded when its operands are constants or neutral. */
export function hostOperation(op: HostOperator, lhs: HostExpression, rhs: HostExpression): HostExpression {
  if (typeof lhs === 'number' && typeof rhs === 'number') return applyOperator(op, lhs, rhs) + 0;
  // x + 0 == x, x - 0 == x, x * 1 == x, x * 0 == 0, x / 1 == x
  if (rhs === 0 && (op === 'add' || op === 'sub')) return lhs;
  if (lhs === 0 && op === 'add') return rhs;
  if ((rhs === 0 || lhs === 0) && op === 'mul') return 0;
  if (rhs === 1 && (op === 'mul' || op === 'floordiv' || op === 'ceildiv' || op === 'truncdiv')) return lhs;
  if (lhs === 1 && op === 'mul') return rhs;
  return { op, lhs, rhs };
}

/** Product of sizes. */
export function productOf(sizes: readonly HostExpression[]): HostExpression {
  return sizes.reduce<HostExpression>((product, size) => hostOperation('mul', product, size), 1);
}

/** The value of an expression of sizes in a frame. */
export function evaluateExpression(e: HostExpression, slots: ArrayLike<HostNumber>): number {
  return evaluateScalar(e, slots, []) as number;
}

/** The value of an expression in a frame. */
export function evaluateScalar(
  e: HostExpression,
  slots: ArrayLike<HostNumber>,
  functions: ScalarFunctions,
): HostNumber {
  if (typeof e === 'number') return e;
  if ('slot' in e) return slots[e.slot]!;
  if ('big' in e) return BigInt(e.big);
  if ('scalar' in e) return functions[e.scalar]!(...e.args.map((arg) => evaluateScalar(arg, slots, functions)));
  const l = evaluateScalar(e.lhs, slots, functions) as number;
  return applyOperator(e.op, l, evaluateScalar(e.rhs, slots, functions) as number);
}

/** Whether an expression reads no slots but those below `limit`. */
export function readsBelow(e: HostExpression, limit: number): boolean {
  if (typeof e === 'number' || 'big' in e) return true;
  if ('slot' in e) return e.slot < limit;
  if ('scalar' in e) return e.args.every((arg) => readsBelow(arg, limit));
  return readsBelow(e.lhs, limit) && readsBelow(e.rhs, limit);
}

/** Whether an expression is over the slots below `limit`, and needs no scalar op. */
export function isOverSlots(e: HostExpression, limit: number): boolean {
  if (typeof e === 'number') return true;
  if ('slot' in e) return e.slot < limit;
  if ('big' in e || 'scalar' in e) return false;
  return isOverSlots(e.lhs, limit) && isOverSlots(e.rhs, limit);
}

/** Structural equality. */
export function sameExpression(a: HostExpression, b: HostExpression): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  if ('slot' in a || 'slot' in b) return 'slot' in a && 'slot' in b && a.slot === b.slot;
  if ('big' in a || 'big' in b) return 'big' in a && 'big' in b && a.big === b.big;
  if ('scalar' in a || 'scalar' in b) {
    if (!('scalar' in a) || !('scalar' in b) || a.scalar !== b.scalar) return false;
    return a.args.every((arg, i) => sameExpression(arg, b.args[i]!));
  }
  return a.op === b.op && sameExpression(a.lhs, b.lhs) && sameExpression(a.rhs, b.rhs);
}

/** JavaScript of an expression; `slot` names a slot. */
export function printExpression(e: HostExpression, slot: (index: number) => string): string {
  if (typeof e === 'number') return Object.is(e, -0) ? '-0' : String(e);
  if ('slot' in e) return slot(e.slot);
  if ('big' in e) return `(${e.big}n)`;
  if ('scalar' in e) return `f${e.scalar}(${e.args.map((arg) => printExpression(arg, slot)).join(', ')})`;
  const l = printExpression(e.lhs, slot);
  const r = printExpression(e.rhs, slot);
  // A constant divisor needs no test for zero.
  const divides = typeof e.rhs === 'number' && e.rhs !== 0;
  const guarded = (code: string) => (divides ? code : `(${r} === 0 ? 0 : ${code})`);
  switch (e.op) {
    case 'add':
      return `(${l} + ${r})`;
    case 'sub':
      return `(${l} - ${r})`;
    case 'mul':
      return `(${l} * ${r})`;
    case 'floordiv':
      return guarded(`Math.floor(${l} / ${r})`);
    case 'ceildiv':
      return guarded(`Math.ceil(${l} / ${r})`);
    case 'truncdiv':
      return guarded(`Math.trunc(${l} / ${r})`);
    case 'mod':
      return guarded(`(${l} - Math.floor(${l} / ${r}) * ${r})`);
    case 'rem':
      return guarded(`(${l} % ${r})`);
    case 'min':
    case 'max':
      return `Math.${e.op}(${l}, ${r})`;
  }
}
