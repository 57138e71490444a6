// Interpretation of constant, full, iota and dim.

import {
  ComplexValue,
  type ElementStorage,
  elementAccess,
  fromBigInt,
  Interpretable,
  isBigType,
  makeTensor,
  type NumberStorage,
  RuntimeTrap,
  rounding,
  type Scalar,
  stepConstant,
  type TensorValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import {
  type Attribute,
  ComplexType,
  DYNAMIC,
  FloatType,
  IndexType,
  type IntegerType,
  type InterfaceImplementation,
  type Operation,
  type TensorType,
  type Type,
  typeOfAttribute,
} from '@budflow/ir';

/** Run-time shape of a result whose dynamic sizes are given in order. */
function shapeWithSizes(type: TensorType, sizes: readonly number[]): number[] {
  let next = 0;
  return type.shape.map((d) => (d === DYNAMIC ? checkedSize(sizes[next++]!) : d));
}
export function checkedSize(size: number): number {
  if (!(size >= 0)) throw new RuntimeTrap('ShapeMismatch', `a size must not be negative, got ${size}`);
  return size;
}

export function interpretConstant(valueAttr: (op: Operation) => Attribute): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const attr = valueAttr(op);
      const value = valueFromAttribute(attr, op.context);
      if (value === undefined)
        throw new RuntimeTrap('NotInterpretable', `the constant of type ${typeOfAttribute(attr)} has no data`);
      return stepConstant(op, c, value);
    },
  });
}

function fillStorage(storage: ElementStorage, type: Type, value: Scalar): void {
  const access = elementAccess(type);
  if (storage.length === 0) return;
  if (value instanceof ComplexValue) {
    for (let i = 0; 2 * i < storage.length; i++) access.store(storage, i, value);
    return;
  }
  access.store(storage, 0, value);
  // Stored form of the value everywhere (bits of a half, bigint of an index).
  (storage as NumberStorage).fill(storage[0] as number);
}

/** A new tensor with one value everywhere. */
export function filledTensor(type: TensorType, shape: readonly number[], value: Scalar): TensorValue {
  const tensor = makeTensor(type, shape);
  fillStorage(tensor.data, type.element, value);
  return tensor;
}

export function interpretFull(valueAttr: (op: Operation) => Attribute): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const value = valueFromAttribute(valueAttr(op)) as Scalar;
      const sizes = c.operandSlots(op);
      const r = c.slot(op.result(0));
      return (frame) => {
        const v = frame.values;
        v[r] = filledTensor(
          type,
          shapeWithSizes(
            type,
            sizes.map((s) => v[s] as number),
          ),
          value,
        );
      };
    },
  });
}

export const interpretEmpty: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const sizes = c.operandSlots(op);
    const r = c.slot(op.result(0));
    return (frame) => {
      const v = frame.values;
      v[r] = makeTensor(
        type,
        shapeWithSizes(
          type,
          sizes.map((s) => v[s] as number),
        ),
      );
    };
  },
});

/** The index `i` as an element: wrapped to an integer, rounded to a float. */
function indexAs(type: Type): (i: number) => Scalar {
  if (type instanceof IndexType) return (i) => i;
  if (type instanceof FloatType) return rounding(type);
  if (type instanceof ComplexType) {
    const part = rounding(type.element as FloatType);
    return (i) => new ComplexValue(part(i), 0);
  }
  const convert = fromBigInt(type as IntegerType);
  return isBigType(type) ? (i) => BigInt(i) : (i) => convert(BigInt(i));
}

export function interpretIota(dimOf: (op: Operation) => number): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const dim = dimOf(op);
      const sizes = c.operandSlots(op);
      const r = c.slot(op.result(0));
      const convert = indexAs(type.element);
      const access = elementAccess(type.element);
      return (frame) => {
        const v = frame.values;
        const shape = shapeWithSizes(
          type,
          sizes.map((s) => v[s] as number),
        );
        const tensor = makeTensor(type, shape);
        const inner = shape.slice(dim + 1).reduce((a, b) => a * b, 1);
        const size = shape[dim]!;
        const outer = shape.slice(0, dim).reduce((a, b) => a * b, 1);
        const data = tensor.data as NumberStorage;
        let at = 0;
        for (let o = 0; o < outer; o++) {
          for (let i = 0; i < size; i++, at += inner) {
            if (inner === 0) continue;
            const value = convert(i);
            if (value instanceof ComplexValue) {
              for (let k = 0; k < inner; k++) access.store(data, at + k, value);
              continue;
            }
            access.store(data, at, value);
            data.fill(data[at] as number, at + 1, at + inner);
          }
        }
        v[r] = tensor;
      };
    },
  });
}

export function interpretDim(dimOf: (op: Operation) => number): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const dim = dimOf(op);
      const a = c.slot(op.operand(0));
      const r = c.slot(op.result(0));
      return (frame) => {
        frame.values[r] = (frame.values[a] as TensorValue).shape[dim]!;
      };
    },
  });
}
