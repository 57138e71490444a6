// Calls out of the program and ops made of others: custom_call, composite; tuples.
import {
  attr,
  DictionaryAttr,
  defaultAttr,
  defineOp,
  type Effect,
  lookupSymbol,
  MemoryEffects,
  type Operation,
  optionalAttr,
  Pure,
  StringAttr,
  TensorType,
  TupleType,
  type Type,
  variadic,
} from '@budflow/ir';
import { OutputOperandAlias } from '../attributes/other.js';
import { apiVersion, layouts } from '../attributes/specs.js';
import { example } from '../example.js';
import { expectResult, typesAgree } from '../shapes.js';
import { HloCustomCallValue, HloTensorOrTokenOrTuple, HloTuple } from '../types.js';

export const CustomCallOp = defineOp({
  name: 'stablehlo.custom_call',
  summary: 'Calls what the platform knows by a name.',
  description: `The configuration is a string, or a dictionary from API version 4 on. Layouts list the dimensions of each operand and result from minor
to major. A call without side effects may be moved, merged and left out.`,
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.custom_call @my_kernel(%x) {api_version = 4 : i32, backend_config = {size = 4 : i32}, has_side_effect = true} : (tensor<4xf32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { inputs: variadic(HloCustomCallValue) },
  results: { results: variadic(HloCustomCallValue) },
  attributes: {
    call_target_name: attr.string,
    has_side_effect: defaultAttr(attr.bool, false),
    backend_config: optionalAttr(attr.any),
    api_version: defaultAttr(apiVersion, 'API_VERSION_ORIGINAL'),
    called_computations: optionalAttr(attr.array(attr.symbol)),
    operand_layouts: optionalAttr(layouts),
    result_layouts: optionalAttr(layouts),
    output_operand_aliases: optionalAttr(attr.array(attr.dialect(OutputOperandAlias))),
  },
  interfaces: [
    MemoryEffects.implement({
      effects: (op): readonly Effect[] => (CustomCallOp.has_side_effect(op) ? [{ kind: 'write', value: null }] : []),
    }),
  ],
  assembly:
    'custom<CustomCallTarget>($call_target_name) `` `(` $inputs `)` attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const config = CustomCallOp.backend_config(op);
    const typed = CustomCallOp.api_version(op) === 'API_VERSION_TYPED_FFI';
    if (config !== undefined && (typed ? !(config instanceof DictionaryAttr) : !(config instanceof StringAttr))) {
      op.emitError(
        'stablehlo.custom-call-config',
        `backend_config must be ${typed ? 'a dictionary with api_version 4' : 'a string with api_version 0 to 3'}, got ${config}`,
      );
      return;
    }
    verifyLayouts(op);
  },
  verifyReads: 'signature',
});

function verifyLayouts(op: Operation): void {
  const operands = CustomCallOp.operand_layouts(op);
  const results = CustomCallOp.result_layouts(op);
  if ((operands === undefined) !== (results === undefined)) {
    op.emitError('stablehlo.custom-call-layouts', 'requires layouts of both operands and results, or of neither');
    return;
  }
  const [only] = op.resultTypes;
  const resultTypes = op.resultCount === 1 && only instanceof TupleType ? only.elements : op.resultTypes;
  for (const [what, list, types] of [
    ['operand_layouts', operands, op.operands.map((v) => v.type)],
    ['result_layouts', results, resultTypes],
  ] as const) {
    if (list === undefined) continue;
    const fits =
      list.length === types.length &&
      list.every((layout, i) => {
        const type = types[i];
        if (!(type instanceof TensorType)) return layout.length === 0;
        return layout.length === type.rank && [...layout].sort((a, b) => a - b).every((d, k) => d === k);
      });
    if (fits) continue;
    op.emitError(
      'stablehlo.custom-call-layout',
      `${what} must be a permutation of the dimensions for each of (${types.join(', ')}), got (${list.map((l) => `[${l.join(', ')}]`).join(', ')})`,
    );
    return;
  }
}

export const CompositeOp = defineOp({
  name: 'stablehlo.composite',
  summary: 'An op made of others, by name, with a function that says what it does.',
  description: 'What does not know the name uses the function.',
  example: `func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = stablehlo.composite "my.twice" %x {composite_attributes = {exact = true}, decomposition = @twice, version = 1 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}`,
  operands: { inputs: variadic(HloTensorOrTokenOrTuple) },
  results: { results: variadic(HloTensorOrTokenOrTuple) },
  attributes: {
    name: attr.string,
    composite_attributes: optionalAttr(attr.dictionary),
    decomposition: attr.symbol,
    version: defaultAttr(attr.i32, 0),
  },
  regions: { composite_regions: { blocks: 'any', variadic: true } },
  assembly: {
    canPrint: (op) => op.regions.length === 0,
    parse(parser, state) {
      state.attributes.set('name', parser.context.stringAttr(parser.string()));
      const inputs = parser.operandList();
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const { inputs: types, results } = parser.functionType();
      state.operands.push(...parser.resolveAll(inputs, types));
      state.resultTypes.push(...results);
    },
    print(printer, op) {
      printer.space();
      printer.string(CompositeOp.name(op));
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op, ['name']);
      printer.text(' : ');
      printer.functionType(
        op.operands.map((v) => v.type),
        op.resultTypes,
      );
    },
  },
  verify(op) {
    const name = CompositeOp.name(op);
    if (!/^[A-Za-z]\w*(\.[A-Za-z_]\w*)+$/.test(name)) {
      op.emitError('stablehlo.composite-name', `requires a name such as "my_namespace.my_op", got "${name}"`);
      return;
    }
    const callee = op.parentOp && lookupSymbol(op.parentOp, CompositeOp.decomposition(op));
    const type = callee?.attr('function_type');
    if (callee === undefined || callee === null || type === undefined) {
      op.emitError(
        'stablehlo.composite-decomposition',
        `decomposition @${CompositeOp.decomposition(op)} is no function of the module`,
      );
      return;
    }
    const { inputs, results } = attr.functionType.read(type);
    const agree = (a: readonly Type[], b: readonly Type[]) =>
      a.length === b.length && a.every((t, i) => typesAgree(t, b[i]!));
    if (
      !agree(
        inputs,
        op.operands.map((v) => v.type),
      ) ||
      !agree(results, op.resultTypes)
    )
      op.emitError(
        'stablehlo.composite-types',
        `requires the types of decomposition @${CompositeOp.decomposition(op)}, ${attr.functionType.read(type)}`,
      ).note('it is defined here', callee.loc);
  },
});

export const TupleOp = defineOp({
  name: 'stablehlo.tuple',
  summary: 'Values together as one.',
  description: 'The elements of the result are the operands.',
  example: example(
    '%x: tensor<4xf32>, %y: tensor<i32>',
    '%r = stablehlo.tuple %x, %y : tuple<tensor<4xf32>, tensor<i32>>',
    'tuple<tensor<4xf32>, tensor<i32>>',
  ),
  operands: { val: variadic(HloTensorOrTokenOrTuple) },
  results: { result: HloTuple },
  traits: [Pure],
  assembly: '$val attr-dict `:` custom<TupleOpType>(type($val), type($result))',
  inferTypes: (context, { operands }): Type[] => [context.tuple(operands.map((v) => v.type))],
  verify(op) {
    const wanted = op.context.tuple(op.operands.map((v) => v.type));
    const { type } = op.result(0);
    const { elements } = type as TupleType;
    if (elements.length !== wanted.elements.length || !elements.every((t, i) => typesAgree(t, wanted.elements[i]!)))
      op.emitError('stablehlo.tuple-type', `requires a result of type ${wanted}, got ${type}`);
  },
  verifyReads: 'signature',
});

export const GetTupleElementOp = defineOp({
  name: 'stablehlo.get_tuple_element',
  summary: 'One of the values that a tuple holds.',
  description: 'Counted from zero.',
  example: example(
    '%x: tuple<tensor<4xf32>, tensor<i32>>',
    '%r = stablehlo.get_tuple_element %x[1] : (tuple<tensor<4xf32>, tensor<i32>>) -> tensor<i32>',
    'tensor<i32>',
  ),
  operands: { operand: HloTuple },
  results: { result: HloTensorOrTokenOrTuple },
  attributes: { index: attr.i32 },
  traits: [Pure],
  assembly: '$operand `[` $index `]` attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const { elements } = op.operand(0).type as TupleType;
    const index = GetTupleElementOp.index(op);
    if (index < 0 || index >= elements.length)
      op.emitError('stablehlo.tuple-index', `${op.operand(0).type} has no element ${index}`);
    else expectResult(op, elements[index]!);
  },
  verifyReads: 'signature',
});
