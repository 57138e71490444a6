// What each elementwise arith and math op on tensors is in array ops, or why it is none. Where arith leaves a case undefined
// (division by zero, conversions out of range) the array op's result is one of those allowed; everything else is exact.

import {
  CastOp,
  CmpOp,
  type ComparePredicate,
  ConstantOp,
  DimOp,
  FmaOp,
  FullOp,
  isBoolean,
  isExactConversion,
  SelectOp,
} from '@budflow/dialect-array';
import {
  ConstantOp as ArithConstantOp,
  buildNamed,
  CmpFOp,
  CmpIOp,
  fastmathOf,
  FmaOp as MathFmaOp,
} from '@budflow/dialect-core';
import {
  type Builder,
  DYNAMIC,
  elementTypeOf,
  FloatType,
  IndexType,
  type IntegerType,
  type Operation,
  StringAttr,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';

export interface Rule {
  /** Why the op, whose types fit otherwise, has no counterpart; undefined when it has one. */
  readonly refuses?: (op: Operation) => string | undefined;
  readonly equation: string;
  /** The value that replaces the result. */
  build(op: Operation, b: ArrayBuilder): Value;
}

/** Array ops at the place of the op being converted. */
export class ArrayBuilder {
  private readonly op: Operation;
  private readonly builder: Builder;
  constructor(op: Operation, builder: Builder) {
    this.op = op;
    this.builder = builder;
  }
  named(kind: string, ...operands: readonly Value[]): Value {
    const contract = this.op.attr('contract');
    return buildNamed(this.builder, this.op.loc, `array.${kind}`, operands, {
      fastmath: elementTypeOf(operands[0]!.type) instanceof FloatType ? this.fastmath : 0,
      contract: contract instanceof StringAttr ? (contract.value as 'exact' | 'relaxed') : undefined,
    });
  }
  get fastmath(): number {
    return this.op.attr('fastmath') === undefined ? 0 : fastmathOf(this.op);
  }
  compare(predicate: ComparePredicate, lhs: Value, rhs: Value): Value {
    const fastmath = elementTypeOf(lhs.type) instanceof FloatType ? this.fastmath : 0;
    return CmpOp.build(this.builder, this.op.loc, { predicate, lhs, rhs, fastmath });
  }
  select(condition: Value, trueValue: Value, falseValue: Value): Value {
    return SelectOp.build(this.builder, this.op.loc, { condition, trueValue, falseValue });
  }
  /** The value with another element type. */
  cast(value: Value, element: Type): Value {
    const type = this.builder.context.withElement(value.type, element);
    return type === value.type
      ? value
      : CastOp.build(this.builder, this.op.loc, { operand: value, resultTypes: [type] });
  }
  unsigned(value: Value): Value {
    const element = elementTypeOf(value.type) as IntegerType;
    return isBoolean(element) ? value : this.cast(value, this.builder.context.integer(element.width, 'unsigned'));
  }
  /** A number everywhere, in the type of `value`. */
  splat(number: number, value: Value): Value {
    const { context } = this.builder;
    const type = value.type as TensorType;
    const scalar = context.constantAttr(type.element, number);
    if (!type.shape.includes(DYNAMIC))
      return ConstantOp.build(this.builder, this.op.loc, { value: context.constantAttr(type, number) });
    const sizes = type.shape.flatMap((size, dimension) =>
      size === DYNAMIC ? [DimOp.build(this.builder, this.op.loc, { operand: value, dimension })] : [],
    );
    return FullOp.build(this.builder, this.op.loc, { value: scalar, sizes, resultTypes: [type] });
  }
  constant(): Value {
    return ConstantOp.build(this.builder, this.op.loc, { value: ArithConstantOp.value(this.op) });
  }
  fma(kind: 'exact' | 'relaxed'): Value {
    const [a, b, c] = this.op.operands as [Value, Value, Value];
    return FmaOp.build(this.builder, this.op.loc, { a, b, c, kind, fastmath: this.fastmath });
  }
}

const elementOf = (value: Value): Type => elementTypeOf(value.type);
const isI1 = (value: Value): boolean => isBoolean(elementOf(value));
const isIndex = (value: Value): boolean => elementOf(value) instanceof IndexType;

/** The same name for any element type. */
const direct = (kind: string): Rule => ({
  equation: `x == array.${kind} x`,
  refuses: (op) => missing(op, kind),
  build: (op, b) => b.named(kind, ...op.operands),
});
function missing(op: Operation, ...kinds: readonly string[]): string | undefined {
  const absent = kinds.find((kind) => !op.context.opInfo(`array.${kind}`).isRegistered);
  return absent === undefined ? undefined : `the array dialect has no op 'array.${absent}'`;
}
/** On i1, where arith counts modulo 2 (and reads true as -1 where it is signed), another op. */
const integer = (kind: string, onI1: string): Rule => ({
  equation: `x == array.${kind} x;  on i1 array.${onI1}`,
  build: (op, b) => b.named(isI1(op.operand(0)) ? onI1 : kind, ...op.operands),
});
/** By way of unsigned integers. */
const unsigned = (kind: string, onI1?: string): Rule => ({
  equation: `u(x) == array.${kind} (cast<ui> x)`,
  refuses(op) {
    if (isIndex(op.operand(0))) return 'there is no unsigned index in the array dialect';
    return onI1 === undefined && isI1(op.operand(0)) ? `'array.${kind}' is not defined on i1` : undefined;
  },
  build(op, b) {
    if (isI1(op.operand(0))) return b.named(onI1!, ...op.operands);
    const result = b.named(kind, b.unsigned(op.operand(0)), b.unsigned(op.operand(1)));
    return b.cast(result, elementOf(op.operand(0)));
  },
});
const notOnI1 = (kind: string): Rule => ({
  ...direct(kind),
  refuses: (op) => missing(op, kind) ?? (isI1(op.operand(0)) ? `'array.${kind}' is not defined on i1` : undefined),
});
/** max where numbers are, the other operand where one is NaN. */
const ignoringNan = (kind: 'max' | 'min'): Rule => ({
  equation: `${kind}num(x, y) == x != x ? y : y != y ? x : ${kind}(x, y)`,
  build(op, b) {
    const [x, y] = op.operands as [Value, Value];
    const other = b.select(b.compare('ne', y, y), x, b.named(kind, x, y));
    return b.select(b.compare('ne', x, x), y, other);
  },
});
const none = (reason: string): Rule => ({ equation: '', refuses: () => reason, build: (op) => op.operand(0) });

const compareFloats: Rule = {
  equation:
    'cmpf p == cmp p where NaN gives false (ne: true), and what negates or joins those for the other predicates',
  build(op, b) {
    const [x, y] = op.operands as [Value, Value];
    const cmp = (predicate: ComparePredicate, lhs = x, rhs = y) => b.compare(predicate, lhs, rhs);
    const predicate = CmpFOp.predicate(op);
    switch (predicate) {
      case 'oeq':
        return cmp('eq');
      case 'ogt':
        return cmp('gt');
      case 'oge':
        return cmp('ge');
      case 'olt':
        return cmp('lt');
      case 'ole':
        return cmp('le');
      case 'une':
        return cmp('ne');
      // Less or greater; the opposite holds for equal and unordered operands.
      case 'one':
        return b.named('or', cmp('lt'), cmp('gt'));
      case 'ueq':
        return b.named('not', b.named('or', cmp('lt'), cmp('gt')));
      // The negation of an ordered comparison holds for NaN.
      case 'ugt':
        return b.named('not', cmp('le'));
      case 'uge':
        return b.named('not', cmp('lt'));
      case 'ult':
        return b.named('not', cmp('ge'));
      case 'ule':
        return b.named('not', cmp('gt'));
      // A number equals itself, NaN does not.
      case 'ord':
        return b.named('and', cmp('eq', x, x), cmp('eq', y, y));
      case 'uno':
        return b.named('or', cmp('ne', x, x), cmp('ne', y, y));
      // What differs from itself, or does not: no sizes are needed for a constant.
      case 'false': {
        const some = cmp('eq');
        return b.named('xor', some, some);
      }
      case 'true': {
        const some = cmp('eq');
        return b.named('not', b.named('xor', some, some));
      }
      default: {
        const unknown: never = predicate;
        return unknown;
      }
    }
  },
};

const compareIntegers: Rule = {
  equation: 'cmpi sp == cmp p;  cmpi up == cmp p (cast<ui> x);  on i1, where true is -1, the other way round',
  refuses: (op) =>
    isIndex(op.operand(0)) && CmpIOp.predicate(op).startsWith('u')
      ? 'there is no unsigned index in the array dialect'
      : undefined,
  build(op, b) {
    const [x, y] = op.operands as [Value, Value];
    const predicate = CmpIOp.predicate(op);
    if (predicate === 'eq' || predicate === 'ne') return b.compare(predicate, x, y);
    const order = predicate.slice(1) as ComparePredicate;
    if (predicate.startsWith('u')) return b.compare(order, b.unsigned(x), b.unsigned(y));
    return isI1(x) ? b.compare(order, y, x) : b.compare(order, x, y);
  },
};

/** The lowest bit as i1. */
const lowBit = (b: ArrayBuilder, value: Value, i1: Type): Value => b.cast(b.named('and', value, b.splat(1, value)), i1);
const target = (op: Operation): Type => elementTypeOf(op.result(0).type);

const extendSigned: Rule = {
  equation: 'extsi x == cast x;  from i1, where true is -1, -(cast x)',
  build(op, b) {
    const wide = b.cast(op.operand(0), target(op));
    return isI1(op.operand(0)) ? b.named('neg', wide) : wide;
  },
};
const extendUnsigned: Rule = {
  equation: 'extui x == cast (cast<ui> x)',
  build: (op, b) => b.cast(b.unsigned(op.operand(0)), target(op)),
};
const truncate: Rule = {
  equation: 'trunci x == cast x;  to i1 cast (x and 1)',
  build: (op, b) => (isBoolean(target(op)) ? lowBit(b, op.operand(0), target(op)) : b.cast(op.operand(0), target(op))),
};
const knownFloats = (op: Operation): string | undefined => {
  const unknown = [elementOf(op.operand(0)), target(op)].find(
    (t) => t instanceof FloatType && !isExactConversion(t, op.context.f64) && t !== op.context.f64,
  );
  return unknown === undefined ? undefined : `'array.cast' does not convert ${unknown}`;
};
const castFloat: Rule = {
  equation: 'extf x == cast x;  truncf x == cast x',
  refuses(op) {
    const mode = op.attr('roundingmode');
    // 0 is to nearest, ties to even.
    if (mode !== undefined && !/to_nearest_even|^0\b/.test(String(mode)))
      return `'array.cast' rounds to nearest, not as ${mode} says`;
    return knownFloats(op);
  },
  build: (op, b) => b.cast(op.operand(0), target(op)),
};
const fromSigned: Rule = {
  equation: 'sitofp x == cast x;  from i1 by way of i32',
  refuses: knownFloats,
  build(op, b) {
    const x = op.operand(0);
    return b.cast(isI1(x) ? b.named('neg', b.cast(x, op.context.i32)) : x, target(op));
  },
};
const fromUnsigned: Rule = {
  equation: 'uitofp x == cast (cast<ui> x)',
  refuses: knownFloats,
  build: (op, b) => b.cast(b.unsigned(op.operand(0)), target(op)),
};
/** Out of range arith says nothing; array.cast saturates. To i1 by way of i8: 0.5 is 0. */
const toSigned: Rule = {
  equation: 'fptosi x == cast x where x is in range',
  refuses: knownFloats,
  build(op, b) {
    const to = target(op);
    return isBoolean(to) ? b.cast(b.cast(op.operand(0), op.context.i8), to) : b.cast(op.operand(0), to);
  },
};
const toUnsigned: Rule = {
  equation: 'fptoui x == cast (cast<ui> x) where x is in range',
  refuses: knownFloats,
  build(op, b) {
    const to = target(op) as IntegerType;
    if (isBoolean(to)) return b.cast(b.cast(op.operand(0), op.context.i8), to);
    return b.cast(b.cast(op.operand(0), op.context.integer(to.width, 'unsigned')), to);
  },
};
const indexCast: Rule = {
  equation: 'index_cast x == cast x',
  build: (op, b) => (isI1(op.operand(0)) ? extendSigned : truncate).build(op, b),
};
const indexCastUnsigned: Rule = {
  equation: 'index_castui x == cast (cast<ui> x)',
  build: (op, b) => (isIndex(op.operand(0)) ? truncate : extendUnsigned).build(op, b),
};

const select: Rule = {
  equation: 'select c, x, y == array.select c, x, y',
  refuses: (op) =>
    op.operand(0).type instanceof TensorType ? undefined : 'its condition is one value for the whole tensor',
  build: (op, b) => b.select(op.operand(0), op.operand(1), op.operand(2)),
};

const math = (names: string): Record<string, Rule> =>
  Object.fromEntries(
    names.split(' ').map((pair) => {
      const [name, kind = name] = pair.split('=') as [string, string?];
      return [`math.${name}`, direct(kind)];
    }),
  );

/** By op name. */
export const RULES: Readonly<Record<string, Rule>> = {
  'arith.constant': { equation: 'constant c == array.constant c', build: (_, b) => b.constant() },
  'arith.addf': direct('add'),
  'arith.subf': direct('sub'),
  'arith.mulf': direct('mul'),
  'arith.divf': direct('div'),
  'arith.remf': direct('rem'),
  'arith.negf': direct('neg'),
  'arith.maximumf': direct('max'),
  'arith.minimumf': direct('min'),
  'arith.maxf': direct('max'),
  'arith.minf': direct('min'),
  'arith.maxnumf': ignoringNan('max'),
  'arith.minnumf': ignoringNan('min'),
  'arith.addi': integer('add', 'xor'),
  'arith.subi': integer('sub', 'xor'),
  'arith.muli': integer('mul', 'and'),
  'arith.andi': direct('and'),
  'arith.ori': direct('or'),
  'arith.xori': direct('xor'),
  'arith.maxsi': integer('max', 'and'),
  'arith.minsi': integer('min', 'or'),
  'arith.maxui': unsigned('max', 'or'),
  'arith.minui': unsigned('min', 'and'),
  'arith.divsi': notOnI1('div'),
  'arith.remsi': notOnI1('rem'),
  'arith.divui': unsigned('div'),
  'arith.remui': unsigned('rem'),
  'arith.shli': notOnI1('shl'),
  'arith.shrsi': notOnI1('shr_s'),
  'arith.shrui': notOnI1('shr_u'),
  'arith.ceildivsi': none('the array dialect divides toward zero only'),
  'arith.ceildivui': none('the array dialect divides toward zero only'),
  'arith.floordivsi': none('the array dialect divides toward zero only'),
  'arith.cmpf': compareFloats,
  'arith.cmpi': compareIntegers,
  'arith.select': select,
  'arith.extsi': extendSigned,
  'arith.extui': extendUnsigned,
  'arith.trunci': truncate,
  'arith.extf': castFloat,
  'arith.truncf': castFloat,
  'arith.sitofp': fromSigned,
  'arith.uitofp': fromUnsigned,
  'arith.fptosi': toSigned,
  'arith.fptoui': toUnsigned,
  'arith.index_cast': indexCast,
  'arith.index_castui': indexCastUnsigned,
  'arith.bitcast': none('the array dialect does not reinterpret bits'),
  'arith.addui_extended': none('it has two results'),
  'arith.mulsi_extended': none('it has two results'),
  'arith.mului_extended': none('it has two results'),
  'math.fma': {
    equation: 'fma a, b, c == array.fma a, b, c',
    build: (op, b) => b.fma(MathFmaOp.relaxed(op) ? 'relaxed' : 'exact'),
  },
  'math.absi': {
    ...notOnI1('abs'),
    equation: 'absi x == array.abs x',
  },
  ...math('absf=abs ceil floor round roundeven=round_even trunc sqrt rsqrt cbrt exp exp2 expm1 log log2 log10 log1p'),
  ...math(
    'sin cos tan tanh sinh cosh asin acos atan asinh acosh atanh erf sigmoid atan2 powf=pow copysign ctpop=popcount ctlz=clz cttz=ctz',
  ),
};
