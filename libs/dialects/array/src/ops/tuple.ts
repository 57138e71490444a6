// array.tuple and array.get_tuple_element: several values as one, as programs from elsewhere pass them around.
import { DialectValue, Interpretable, type RuntimeValue } from '@budflow/interpreter';
import {
  AnyType,
  attr,
  defineOp,
  definePattern,
  type FoldResult,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  TupleType,
  type Type,
  typeConstraint,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { FREE } from '../structure.js';

const AnyTuple = typeConstraint('tuple', (t) => t instanceof TupleType);

export const TupleOp = defineOp({
  name: 'array.tuple',
  summary: 'Several values as one',
  description: 'Exists between functions only: flatten-tuples makes values of their own of the elements.',
  example: `func.func @f(%x: tensor<4xf32>, %y: tensor<2xi32>) -> tuple<tensor<4xf32>, tensor<2xi32>> {
  %0 = array.tuple %x, %y : tensor<4xf32>, tensor<2xi32>
  return %0 : tuple<tensor<4xf32>, tensor<2xi32>>
}`,
  operands: { elements: variadic(AnyType) },
  results: { result: AnyTuple },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    Interpretable.implement({
      compile(op, c) {
        const slots = c.operandSlots(op);
        const r = c.slot(op.result(0));
        const { type } = op.result(0);
        return ({ values }) => {
          values[r] = new DialectValue(
            type,
            slots.map((s) => values[s]!),
          );
        };
      },
    }),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.result(0).type === tupleOf(op),
    parse(parser, state) {
      const elements: ReturnType<typeof parser.operand>[] = [];
      for (let next = parser.optionalOperand(); next; next = parser.optionalOperand()) {
        elements.push(next);
        if (!parser.optionalPunctuation(',')) break;
      }
      parser.optionalAttrDict(state.attributes);
      const types = elements.length > 0 ? parser.optionalColonTypeList() : [];
      state.operands.push(...parser.resolveAll(elements, types));
      state.resultTypes.push(parser.context.tuple(types));
    },
    print(printer, op) {
      if (op.operandCount > 0) printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      if (op.operandCount === 0) return;
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
    },
  },
  inferTypes: (context, state): Type[] => [context.tuple(state.operands.map((v) => v.type))],
  verify(op) {
    const expected = tupleOf(op);
    if (op.result(0).type !== expected)
      op.emitError('array.tuple-type', `requires a result of type ${expected}, got ${op.result(0).type}`);
  },
  patterns: [
    definePattern({
      name: 'tuple-of-elements',
      equation: 'tuple(get_tuple_element(t, 0), get_tuple_element(t, 1), ..) == t',
      root: 'array.tuple',
      rewrite(op, rewriter) {
        const first = op.operandCount > 0 ? op.operand(0).definingOp : null;
        if (!first || !GetTupleElementOp.is(first) || first.operand(0).type !== op.result(0).type) return false;
        const whole = first.operand(0);
        const same = op.operands.every((value, i) => {
          const from = value.definingOp;
          return from && GetTupleElementOp.is(from) && from.operand(0) === whole && GetTupleElementOp.index(from) === i;
        });
        if (!same) return false;
        rewriter.replaceOp(op, [whole]);
        return true;
      },
    }),
  ],
});

function tupleOf(op: Operation): TupleType {
  return op.context.tuple(op.operands.map((v) => v.type));
}

export const GetTupleElementOp = defineOp({
  name: 'array.get_tuple_element',
  summary: 'One value of a tuple',
  description: 'Elements count from 0. Of a tuple that is made in sight it folds to the element.',
  example: `func.func @f(%t: tuple<tensor<4xf32>, tensor<2xi32>>) -> tensor<2xi32> {
  %0 = array.get_tuple_element %t[1] : tuple<tensor<4xf32>, tensor<2xi32>>
  return %0 : tensor<2xi32>
}`,
  operands: { operand: AnyTuple },
  results: { result: AnyType },
  attributes: { index: attr.i64 },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    Interpretable.implement({
      compile(op, c) {
        const [t, r, index] = [c.slot(op.operand(0)), c.slot(op.result(0)), GetTupleElementOp.index(op)];
        return ({ values }) => {
          values[r] = ((values[t] as DialectValue).payload as readonly RuntimeValue[])[index]!;
        };
      },
    }),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && elementType(op) === op.result(0).type,
    parse(parser, state) {
      const operand = parser.operand();
      parser.punctuation('[');
      const at = parser.offset();
      const index = parser.integer();
      parser.punctuation(']');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      const element = type instanceof TupleType ? type.elements[index] : undefined;
      if (!element) parser.error(`expected the index of an element of ${type}, got ${index}`, at);
      state.attributes.set('index', parser.context.i64Attr(index));
      state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(element as Type);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.text(`[${GetTupleElementOp.index(op)}]`);
      printer.attrDict(op, ['index']);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  },
  verify(op) {
    const element = elementType(op);
    if (!element)
      op.emitError(
        'array.tuple-index',
        `requires the index of an element of ${op.operand(0).type}, got ${GetTupleElementOp.index(op)}`,
      );
    else if (element !== op.result(0).type)
      op.emitError('array.tuple-type', `requires a result of type ${element}, got ${op.result(0).type}`);
  },
  fold(op): FoldResult | null {
    const made = op.operand(0).definingOp;
    return made && TupleOp.is(made) ? (made.operands[GetTupleElementOp.index(op)] ?? null) : null;
  },
});

function elementType(op: Operation): Type | undefined {
  return (op.operand(0).type as TupleType).elements[GetTupleElementOp.index(op)];
}
