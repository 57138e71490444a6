// cf.br, cf.cond_br and cf.switch.

import { Interpretable } from '@budflow/interpreter';
import {
  AnyType,
  type Attribute,
  AttrNames,
  AttrSizedOperandSegments,
  attr,
  type Block,
  BranchOp as BranchInterface,
  type CustomAssembly,
  DenseArrayAttr,
  DenseElementsAttr,
  defineOp,
  definePattern,
  denseElement,
  I1,
  IntegerType,
  MemoryEffects,
  Operation,
  optionalAttr,
  type RewritePattern,
  Terminator,
  type Type,
  typeConstraint,
  type Value,
  variadic,
} from '@budflow/ir';
import { constantOperand, integerOf, isInteger } from '../support/constants.js';
import { conditionKnownAfterBranch, passThrough, sameTargetSelects } from './branch-patterns.js';

const effectFree = MemoryEffects.implement({ effects: () => [] });

export const BranchOp = defineOp({
  name: 'cf.br',
  summary: 'Continues at a block.',
  description: 'The operands become the arguments of the block.',
  example: `func.func @example(%a: i32) -> i32 {
  cf.br ^bb1(%a : i32)
^bb1(%b: i32):
  return %b : i32
}`,
  operands: { destOperands: variadic(AnyType) },
  successors: ['dest'],
  traits: [Terminator],
  interfaces: [
    effectFree,
    BranchInterface.implement({
      successorOperands: (op) => ({ start: 0, end: op.operandCount }),
      setSuccessorOperands: (op, _index, values) => op.setOperands(values),
      successorFor: (op) => op.successors[0],
    }),
    Interpretable.implement({
      compile(op, c) {
        const branch = c.branch(op, 0, op.operands);
        return () => branch;
      },
    }),
  ],
  assembly: {
    canPrint: (op) => op.successors.length === 1 && op.resultCount === 0,
    parse(parser, state) {
      const { block, operands } = parser.successorAndOperands();
      state.successors.push(block);
      state.operands.push(...operands);
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      printer.space();
      printer.successor(op.successors[0]!, op.operands);
      printer.attrDict(op);
    },
  },
  patterns: [passThrough('cf.br')],
});

function segments(op: Operation): number[] {
  const sizes = op.attr(AttrNames.operandSegmentSizes);
  return sizes instanceof DenseArrayAttr ? sizes.values.map(Number) : [];
}

function segmentSizes(op: Operation, sizes: readonly number[]): Attribute {
  return op.context.denseArray(op.context.i32, sizes);
}

/** Operands forwarded to the true and the false successor. */
function forwarded(op: Operation): [Value[], Value[]] {
  const [, yes = 0] = segments(op);
  const { operands } = op;
  return [operands.slice(1, 1 + yes), operands.slice(1 + yes)];
}

const conditionalAssembly: CustomAssembly = {
  canPrint: (op) => op.successors.length === 2 && segments(op).length === 3,
  parse(parser, state) {
    const condition = parser.operand();
    parser.punctuation(',');
    const yes = parser.successorAndOperands();
    parser.punctuation(',');
    const no = parser.successorAndOperands();
    parser.optionalAttrDict(state.attributes);
    const { context } = parser;
    state.operands.push(parser.resolve(condition, context.i1), ...yes.operands, ...no.operands);
    state.successors.push(yes.block, no.block);
    state.attributes.set(
      AttrNames.operandSegmentSizes,
      context.denseArray(context.i32, [1, yes.operands.length, no.operands.length]),
    );
  },
  print(printer, op) {
    const [yes, no] = forwarded(op);
    printer.space();
    printer.value(op.operand(0));
    printer.text(', ');
    printer.successor(op.successors[0]!, yes);
    printer.text(', ');
    printer.successor(op.successors[1]!, no);
    printer.attrDict(op, [AttrNames.operandSegmentSizes]);
  },
};

const sameTargets: RewritePattern = definePattern({
  name: 'cond-br-same-target',
  equation: 'cond_br c, ^a(x), ^a(x) == br ^a(x)',
  root: 'cf.cond_br',
  generates: ['cf.br'],
  rewrite(op, rewriter) {
    const [yes, no] = forwarded(op);
    if (op.successors[0] !== op.successors[1] || yes.some((v, i) => v !== no[i])) return false;
    BranchOp.create(rewriter, op.loc, { destOperands: yes, successors: [op.successors[0]!] });
    rewriter.eraseOp(op);
    return true;
  },
});

const constantCondition: RewritePattern = definePattern({
  name: 'cond-br-constant',
  equation: 'cond_br true, ^a, ^b == br ^a',
  root: 'cf.cond_br',
  generates: ['cf.br'],
  rewrite(op, rewriter) {
    const condition = constantOperand(op.operand(0));
    if (integerOf(condition) === null) return false;
    const side = isInteger(condition, 0) ? 1 : 0;
    BranchOp.create(rewriter, op.loc, { destOperands: forwarded(op)[side], successors: [op.successors[side]!] });
    rewriter.eraseOp(op);
    return true;
  },
});

export const CondBranchOp = defineOp({
  name: 'cf.cond_br',
  summary: 'Continues at one of two blocks.',
  description:
    'The first block when the condition is true, the second otherwise. Each gets operands of its own as arguments.',
  example: `func.func @example(%c: i1, %a: i32, %b: i32) -> i32 {
  cf.cond_br %c, ^bb1(%a : i32), ^bb1(%b : i32)
^bb1(%r: i32):
  return %r : i32
}`,
  operands: { condition: I1, trueDestOperands: variadic(AnyType), falseDestOperands: variadic(AnyType) },
  successors: ['trueDest', 'falseDest'],
  traits: [Terminator, AttrSizedOperandSegments],
  interfaces: [
    effectFree,
    BranchInterface.implement({
      successorOperands(op, index) {
        const [, yes = 0] = segments(op);
        return index === 0 ? { start: 1, end: 1 + yes } : { start: 1 + yes, end: op.operandCount };
      },
      setSuccessorOperands(op, index, values) {
        const lists = forwarded(op) as (readonly Value[])[];
        lists[index] = values;
        op.setOperands([op.operand(0), ...lists.flat()]);
        op.setAttr(AttrNames.operandSegmentSizes, segmentSizes(op, [1, ...lists.map((l) => l.length)]));
      },
      successorFor(op, operands) {
        const condition = integerOf(operands[0]);
        return condition === null ? undefined : op.successors[condition ? 0 : 1];
      },
    }),
    Interpretable.implement({
      compile(op, c) {
        const [yes, no] = forwarded(op);
        const condition = c.slot(op.operand(0));
        const taken = c.branch(op, 0, yes);
        const other = c.branch(op, 1, no);
        return (frame) => (frame.values[condition] ? taken : other);
      },
    }),
  ],
  assembly: conditionalAssembly,
  patterns: [constantCondition, sameTargets, passThrough('cf.cond_br'), sameTargetSelects, conditionKnownAfterBranch],
});

/** Values of the cases, in order. */
export function caseValues(op: Operation): (number | bigint)[] {
  const values = op.attr('case_values');
  if (!(values instanceof DenseElementsAttr)) return [];
  const n = values.type.shape[0] ?? 0;
  return Array.from({ length: n }, (_, i) => denseElement(values, i));
}

/** Operands of the default successor, then of each case. */
function switchOperands(op: Operation): Value[][] {
  const [, fallback = 0] = segments(op);
  const sizes = op.attr('case_operand_segments');
  const counts = sizes instanceof DenseArrayAttr ? sizes.values.map(Number) : [];
  const { operands } = op;
  const lists: Value[][] = [];
  let start = 1;
  for (const n of [fallback, ...counts]) {
    lists.push(operands.slice(start, start + n));
    start += n;
  }
  return lists;
}

const switchAssembly: CustomAssembly = {
  canPrint: (op) =>
    op.successors.length >= 1 && segments(op).length === 3 && op.successors.length === 1 + caseValues(op).length,
  parse(parser, state) {
    const { context } = parser;
    const flag = parser.operand();
    parser.punctuation(':');
    const offset = parser.offset();
    const type = parser.type();
    if (!(type instanceof IntegerType))
      return parser.error(`expected an integer type for the flag, got ${type}`, offset);
    parser.punctuation(',');
    parser.punctuation('[');
    parser.keyword('default');
    parser.punctuation(':');
    const fallback = parser.successorAndOperands();
    const cases: { value: Attribute; operands: Value[]; block: Block }[] = [];
    while (parser.optionalPunctuation(',')) {
      const value = parser.attribute(type);
      parser.punctuation(':');
      cases.push({ value, ...parser.successorAndOperands() });
    }
    parser.punctuation(']');
    parser.optionalAttrDict(state.attributes);
    state.operands.push(parser.resolve(flag, type), ...fallback.operands, ...cases.flatMap((c) => c.operands));
    state.successors.push(fallback.block, ...cases.map((c) => c.block));
    setCases(
      state.attributes,
      type,
      cases.map((c) => integerOf(c.value) ?? 0),
      cases.map((c) => c.operands.length),
      fallback.operands.length,
      context,
    );
  },
  print(printer, op) {
    const [fallback, ...cases] = switchOperands(op);
    printer.space();
    printer.value(op.operand(0));
    printer.text(' : ');
    printer.type(op.operand(0).type);
    printer.text(', [');
    printer.indent();
    printer.newline();
    printer.text('default: ');
    printer.successor(op.successors[0]!, fallback!);
    caseValues(op).forEach((value, i) => {
      printer.text(',');
      printer.newline();
      printer.text(`${value}: `);
      printer.successor(op.successors[i + 1]!, cases[i]!);
    });
    printer.dedent();
    printer.newline();
    printer.text(']');
    printer.attrDict(op, ['case_values', 'case_operand_segments', AttrNames.operandSegmentSizes]);
  },
};

function setCases(
  attributes: Map<string, Attribute>,
  type: IntegerType,
  values: readonly (number | bigint)[],
  counts: readonly number[],
  fallback: number,
  context: Operation['context'],
): void {
  if (values.length > 0) {
    const width = type.width <= 8 ? 1 : type.width <= 16 ? 2 : type.width <= 32 ? 4 : 8;
    const bytes = new Uint8Array(values.length * width);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      const bits = BigInt.asUintN(64, BigInt(value));
      for (let b = 0; b < width; b++) view.setUint8(i * width + b, Number((bits >> BigInt(8 * b)) & 255n));
    });
    const equal = values.every((v) => v === values[0]);
    attributes.set(
      'case_values',
      context.denseElements(context.vector([values.length], type), equal ? bytes.slice(0, width) : bytes, {
        splat: equal,
      }),
    );
  }
  attributes.set('case_operand_segments', context.denseArray(context.i32, counts));
  attributes.set(
    AttrNames.operandSegmentSizes,
    context.denseArray(context.i32, [1, fallback, counts.reduce((a, b) => a + b, 0)]),
  );
}

const AnyFlag = typeConstraint('integer', (t: Type) => t instanceof IntegerType);

export const SwitchOp = defineOp({
  name: 'cf.switch',
  summary: 'Continues at the block of the case that equals the flag, or at the default block.',
  description: 'Every case has operands of its own, which become the arguments of its block.',
  example: `func.func @example(%flag: i32, %a: i32, %b: i32) -> i32 {
  cf.switch %flag : i32, [
    default: ^bb1(%a : i32),
    42: ^bb1(%b : i32),
    7: ^bb2
  ]
^bb1(%r: i32):
  return %r : i32
^bb2:
  return %b : i32
}`,
  operands: { flag: AnyFlag, defaultOperands: variadic(AnyType), caseOperands: variadic(AnyType) },
  attributes: { case_values: optionalAttr(attr.elements), case_operand_segments: attr.i32Array },
  successors: 'variadic',
  traits: [Terminator, AttrSizedOperandSegments],
  interfaces: [
    effectFree,
    BranchInterface.implement({
      successorOperands(op, index) {
        const lists = switchOperands(op);
        let start = 1;
        for (let i = 0; i < index; i++) start += lists[i]!.length;
        return { start, end: start + lists[index]!.length };
      },
      setSuccessorOperands(op, index, values) {
        const lists = switchOperands(op) as (readonly Value[])[];
        lists[index] = values;
        const [fallback, ...cases] = lists.map((l) => l.length);
        op.setOperands([op.operand(0), ...lists.flat()]);
        op.setAttr('case_operand_segments', segmentSizes(op, cases));
        const total = cases.reduce((a, b) => a + b, 0);
        op.setAttr(AttrNames.operandSegmentSizes, segmentSizes(op, [1, fallback!, total]));
      },
      successorFor: (op, operands) => {
        const flag = integerOf(operands[0]);
        return flag === null ? undefined : op.successors[caseIndex(op, flag)];
      },
    }),
    Interpretable.implement({
      compile(op, c) {
        const flag = c.slot(op.operand(0));
        const branches = switchOperands(op).map((operands, i) => c.branch(op, i, operands));
        const table = new Map<number | bigint, number>();
        caseValues(op).forEach((value, i) => {
          if (!table.has(value)) table.set(value, i + 1);
        });
        return (frame) => branches[table.get(frame.values[flag] as number | bigint) ?? 0];
      },
    }),
  ],
  assembly: switchAssembly,
  verify(op) {
    const values = op.attr('case_values');
    const flag = op.operand(0).type;
    if (values instanceof DenseElementsAttr && values.type.element !== flag)
      op.emitError('cf.switch-values', `'flag' type (${flag}) should match case value type (${values.type.element})`);
    const cases = caseValues(op).length;
    if (cases !== op.successors.length - 1)
      op.emitError(
        'cf.switch-cases',
        `number of case values (${cases}) should match number of case destinations (${op.successors.length - 1})`,
      );
  },
  patterns: [
    definePattern({
      name: 'switch-constant',
      equation: 'switch c [c: ^a] == br ^a',
      root: 'cf.switch',
      generates: ['cf.br'],
      rewrite(op, rewriter) {
        const flag = integerOf(constantOperand(op.operand(0)));
        if (flag === null && op.successors.length > 1) return false;
        const chosen = flag === null ? 0 : caseIndex(op, flag);
        BranchOp.create(rewriter, op.loc, {
          destOperands: switchOperands(op)[chosen]!,
          successors: [op.successors[chosen]!],
        });
        rewriter.eraseOp(op);
        return true;
      },
    }),
    definePattern({
      name: 'switch-drop-default-cases',
      equation: 'switch c [default: ^a(x), k: ^a(x), ..] == switch c [default: ^a(x), ..]',
      root: 'cf.switch',
      rewrite(op, rewriter) {
        const lists = switchOperands(op);
        const values = caseValues(op);
        const isDefault = (i: number) =>
          op.successors[i] === op.successors[0] && lists[i]!.every((v, k) => v === lists[0]![k]);
        // Of repeated values the first counts: a later one must not become the first.
        const isRepeated = (i: number) => values.indexOf(values[i - 1]!) !== values.lastIndexOf(values[i - 1]!);
        const keep = op.successors.map((_, i) => i === 0 || !isDefault(i) || isRepeated(i));
        if (keep.every(Boolean)) return false;
        const kept = <T>(list: readonly T[]): T[] => list.filter((_, i) => keep[i]);
        const attributes = new Map<string, Attribute>();
        const [fallback, ...cases] = kept(lists);
        setCases(
          attributes,
          op.operand(0).type as IntegerType,
          values.filter((_, i) => keep[i + 1]),
          cases.map((c) => c.length),
          fallback!.length,
          op.context,
        );
        const made = Operation.create(
          op.info,
          op.loc,
          [op.operand(0), ...fallback!, ...cases.flat()],
          [],
          op.context.dictionary([...attributes]),
          [],
          kept(op.successors),
        );
        rewriter.insert(made);
        rewriter.eraseOp(op);
        return true;
      },
    }),
    passThrough('cf.switch'),
  ],
});

function caseIndex(op: Operation, flag: number | bigint): number {
  const found = caseValues(op).findIndex((v) => BigInt(v) === BigInt(flag));
  return found + 1;
}
