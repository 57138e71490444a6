// Cases of ops that work element by element: all pairs of hard values, and the sizes around a vector.
import {
  type CoverageCase,
  type CoverageEntry,
  countOf,
  randomOf,
  randomValues,
  type Tolerance,
  tensorType,
  type Values,
} from '../entry.js';
import { type ElementType, edges, elementOf, type Scalar } from '../numbers.js';

export interface Elementwise {
  readonly op: string;
  readonly types: readonly ElementType[];
  readonly otherwise?: string;
  /** Element types of the operands, for the op's type; one operand of the type when absent. */
  readonly operands?: (type: ElementType) => readonly ElementType[];
  readonly result?: (type: ElementType) => ElementType;
  /** Between the op's name and its operands: `lt,`. */
  readonly before?: string;
  /** Types behind the operands; the op's when absent. */
  readonly signature?: (type: (element: ElementType) => string, element: ElementType) => string;
  /** Hard values of the operands instead of those of their types; undefined for these. */
  readonly hard?: (type: ElementType) => readonly Scalar[] | undefined;
  readonly compute: (type: ElementType, ...xs: never[]) => Scalar;
  readonly tolerance?: (type: ElementType) => Tolerance;
  /** Behind the operands: attributes. */
  readonly after?: string;
}

const STATIC_SHAPES: readonly (readonly number[])[] = [[3, 17], [], [1], [7]];
const NAMES = ['x', 'y', 'z'];
/** More than all pairs would make three operands slow. */
const LONGEST = 331;

export function elementwise(spec: Elementwise): CoverageEntry {
  return { op: spec.op, types: spec.types, otherwise: spec.otherwise, cases: (type) => elementwiseCases(spec, type) };
}

export function elementwiseCases(spec: Elementwise, type: ElementType): CoverageCase[] {
  const operands = spec.operands?.(type) ?? [type];
  const result = spec.result?.(type) ?? type;
  const next = randomOf(spec.op.length * 31 + type.length);
  const expected = (args: readonly Values[]): Values[] => [
    {
      type: result,
      shape: args[0]!.shape,
      values: args[0]!.values.map((_, i) =>
        elementOf(result, spec.compute(type, ...(args.map((a) => a.values[i]!) as never[]))),
      ),
    },
  ];
  const text = (shape: readonly (number | '?')[]): string => {
    const of = (element: ElementType) => tensorType(element, shape);
    return `(${operands.map((t, i) => `%${NAMES[i]}: ${of(t)}`).join(', ')}) -> ${of(result)} {
  %0 = array.${spec.op}${spec.before ? ` ${spec.before}` : ''} ${operands.map((_, i) => `%${NAMES[i]}`).join(', ')}${spec.after ? ` ${spec.after}` : ''} : ${spec.signature?.(of, type) ?? of(type)}
  return %0 : ${of(result)}
}`;
  };
  const hard = spec.hard?.(type);
  const random = (shape: readonly number[]): Values[] =>
    operands.map((t) => randomValues(t, shape, next, hard ? { values: hard } : {}));
  const fixed = STATIC_SHAPES[(spec.op.length + type.length) % STATIC_SHAPES.length]!;
  const tolerance = spec.tolerance?.(type);
  return [
    {
      text: text(['?']),
      calls: [random([0]), random([1]), random([7]), hardest(operands, next, hard)],
      expected,
      ...(tolerance ? { tolerance } : {}),
    },
    { text: text(fixed), calls: [random(fixed)], expected, ...(tolerance ? { tolerance } : {}) },
  ];
}

/** Every combination of hard values, as far as they are not too many, and random ones. */
function hardest(operands: readonly ElementType[], next: () => number, hard?: readonly Scalar[]): Values[] {
  const lists = operands.map((t) => hard ?? edges(t));
  const all = countOf(lists.map((l) => l.length));
  const count = Math.min(all, LONGEST - 40) + 39;
  const random = operands.map((t) => randomValues(t, [count], next, hard ? { values: hard } : {}));
  const stride = Math.max(1, all / (count - 39));
  return operands.map((type, k) => {
    const values = random[k]!.values.slice();
    const below = countOf(lists.slice(0, k).map((l) => l.length));
    for (let i = 0; i < count - 39; i++)
      values[i] = lists[k]![Math.floor(Math.floor(i * stride) / below) % lists[k]!.length]!;
    return { type, shape: [count], values };
  });
}
