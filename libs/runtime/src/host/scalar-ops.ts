// Scalar arithmetic of host programs: the semantics of the interpreter, by the name of the op and its types. Plain data in
// the program, functions when it is loaded.
import {
  FLOAT_PREDICATES,
  type FloatOp,
  type FloatPredicate,
  floatBinary,
  floatBinaryFunction,
  floatCompare,
  floatMultiplyAdd,
  floatUnary,
  hasFloatUnary,
  INTEGER_PREDICATES,
  type IntegerOp,
  type IntegerPredicate,
  type IntegerUnary,
  integerBinary,
  integerCompare,
  integerUnary,
  RuntimeTrap,
  type CastOp as ScalarCastOp,
  scalarCast,
} from '@budflow/interpreter';
import { Context, FloatType, IndexType, IntegerAttr, IntegerType, type Operation, type Type } from '@budflow/ir';
import { trapAt } from '../errors.js';
import type { HostNumber } from './expression.js';

/** One scalar op of a program. */
export interface ScalarOperation {
  /** `arith.addf`; or `argument`: what callers pass, as a value of the type. */
  readonly op: string;
  /** Types of the operands and of the result: `i32`, `f64`, `index`, ... */
  readonly operands: readonly string[];
  readonly result: string;
  readonly predicate?: string;
  /** Where it is, for traps: `f.mlir:3:8`. */
  readonly at?: string;
}

const MAY_TRAP = /div|rem|sh[lr]|fpto/;

type Evaluator = (...args: HostNumber[]) => HostNumber;

const INTEGER_OPS: ReadonlySet<string> = new Set(
  'addi subi muli divsi divui ceildivsi ceildivui floordivsi remsi remui andi ori xori shli shrsi shrui maxsi maxui minsi minui'.split(
    ' ',
  ),
);
const FLOAT_OPS: ReadonlySet<string> = new Set('addf subf mulf divf remf maximumf minimumf maxnumf minnumf'.split(' '));
const CASTS: ReadonlySet<string> = new Set(
  'extsi extui trunci extf truncf sitofp uitofp fptosi fptoui index_cast index_castui bitcast'.split(' '),
);
const INTEGER_FUNCTIONS: ReadonlySet<string> = new Set(['absi', 'ctlz', 'cttz', 'ctpop']);
const FLOAT_PAIRS: ReadonlySet<string> = new Set(['atan2', 'powf']);

const HOST_FLOATS: readonly string[] = ['f16', 'bf16', 'f32', 'f64'];

/** Types that the host has numbers for: integers up to 64 bits, index, and floats, of which f16 and bf16 round as in arrays. */
export function isHostScalar(type: Type): boolean {
  if (type instanceof IntegerType) return type.signedness === 'signless' && [1, 8, 16, 32, 64].includes(type.width);
  if (type instanceof IndexType) return true;
  return type instanceof FloatType && HOST_FLOATS.includes(type.name);
}

/** An op as a scalar operation; undefined when the host cannot compute it. */
export function scalarOperation(op: Operation, at: string | undefined): ScalarOperation | undefined {
  if (op.resultCount !== 1 || ![...op.operands, ...op.results].every((v) => isHostScalar(v.type))) return undefined;
  const number = op.attr('predicate');
  const names: readonly string[] | undefined =
    op.name === 'arith.cmpi' ? INTEGER_PREDICATES : op.name === 'arith.cmpf' ? FLOAT_PREDICATES : undefined;
  const predicate = names && number instanceof IntegerAttr ? names[number.number] : undefined;
  const made: ScalarOperation = {
    op: op.name,
    operands: op.operands.map((v) => v.type.toString()),
    result: op.result(0).type.toString(),
    ...(predicate === undefined ? {} : { predicate }),
    ...(at === undefined || !MAY_TRAP.test(op.name) ? {} : { at }),
  };
  return op.attr('roundingmode') === undefined && evaluator(made) ? made : undefined;
}

/** The functions of a program's scalar ops. */
export function scalarFunctions(operations: readonly ScalarOperation[]): Evaluator[] {
  return operations.map((operation) => located(evaluator(operation)!, operation));
}

/** Ops that may trap say where they are. */
function located(evaluate: Evaluator, { op, at }: ScalarOperation): Evaluator {
  if (at === undefined || !MAY_TRAP.test(op)) return evaluate;
  return (...args) => {
    try {
      return evaluate(...args);
    } catch (error) {
      throw error instanceof RuntimeTrap ? trapAt(error.kind, error.reason, at, `'${op}'`) : error;
    }
  };
}

let types: Context | undefined;

function typeOf(name: string): Type {
  types ??= new Context();
  if (name === 'index') return types.index;
  switch (name) {
    case 'f16':
      return types.f16;
    case 'bf16':
      return types.bf16;
    case 'f32':
      return types.f32;
    case 'f64':
      return types.f64;
    default:
      return types.integer(Number(name.slice(1)));
  }
}

function evaluator({ op, operands, result, predicate }: ScalarOperation): Evaluator | undefined {
  const [dialect, name] = op.split('.') as [string, string];
  const to = typeOf(result);
  if (op === 'argument') return argument(to);
  const from = typeOf(operands[0] ?? result);
  if (op === 'arith.select') return (c, a, b) => (c ? a! : b!);
  if (op === 'arith.cmpi') return integerCompare(predicate as IntegerPredicate, from) as Evaluator;
  if (op === 'arith.cmpf') return floatCompare(predicate as FloatPredicate) as Evaluator;
  if (op === 'arith.negf') return floatUnary('negf', to) as Evaluator;
  if (op === 'math.fma') return floatMultiplyAdd(to, 'once') as Evaluator;
  if (dialect === 'arith') {
    if (INTEGER_OPS.has(name)) return integerBinary(name as IntegerOp, to) as Evaluator;
    if (FLOAT_OPS.has(name)) return floatBinary(name as FloatOp, to) as Evaluator;
    if (CASTS.has(name)) return scalarCast(name as ScalarCastOp, from, to) as Evaluator;
    return undefined;
  }
  if (dialect !== 'math') return undefined;
  if (INTEGER_FUNCTIONS.has(name)) return integerUnary(name as IntegerUnary, to) as Evaluator;
  if (name === 'copysign') return floatBinary('copysign', to) as Evaluator;
  if (FLOAT_PAIRS.has(name)) return floatBinaryFunction(name, to) as Evaluator;
  return operands.length === 1 && hasFloatUnary(name, to) ? (floatUnary(name, to) as Evaluator) : undefined;
}

/** What a caller passes is a number below 2^53 in magnitude; signless integers take both readings. */
function argument(type: Type): Evaluator {
  if (type instanceof FloatType && type.name === 'f64') return (x) => x!;
  if (type instanceof FloatType) {
    types ??= new Context();
    return scalarCast('truncf', types.f64, type) as Evaluator;
  }
  if (!(type instanceof IntegerType)) return (x) => x!;
  const { width } = type;
  if (width === 64) return (x) => BigInt.asIntN(64, BigInt(x!));
  return width === 1 ? (x) => (x ? 1 : 0) : (x) => ((x as number) << (32 - width)) >> (32 - width);
}
