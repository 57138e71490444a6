// Tokens, which order effects, and data from and to elsewhere: infeed, outfeed, send, recv.
import {
  ArrayAttr,
  type Attribute,
  type AttrSpec,
  attr,
  defaultAttr,
  defineOp,
  type Operation,
  optionalAttr,
  Pure,
  type Type,
  variadic,
} from '@budflow/ir';
import { ChannelHandle } from '../attributes/other.js';
import { integerRows } from '../attributes/specs.js';
import { example } from '../example.js';
import { HloAnyQuantizedTensor, HloTensorOrToken, HloToken, isTokenType } from '../types.js';

export const CreateTokenOp = defineOp({
  name: 'stablehlo.create_token',
  summary: 'A token that waits for nothing.',
  description: 'The same as stablehlo.after_all of nothing.',
  example: example('', '%r = stablehlo.create_token : !stablehlo.token', '!stablehlo.token'),
  results: { output: HloToken },
  traits: [Pure],
  assembly: 'attr-dict `:` type($output)',
});

export const AfterAllOp = defineOp({
  name: 'stablehlo.after_all',
  summary: 'A token that waits for all of some tokens.',
  description: 'What depends on it runs after what made its operands.',
  example: example(
    '%a: !stablehlo.token, %b: !stablehlo.token',
    '%r = stablehlo.after_all %a, %b : !stablehlo.token',
    '!stablehlo.token',
  ),
  operands: { inputs: variadic(HloToken) },
  results: { result: HloToken },
  traits: [Pure],
  assembly:
    '$inputs attr-dict `:` custom<VariadicSameOperandsAndResultType>(ref($inputs), type($inputs), type($result))',
});

/** Results of an op that receives: tensors, then a token. */
function expectTokenLast(op: Operation): boolean {
  const types: readonly Type[] = op.resultTypes;
  if (types.length > 0 && isTokenType(types.at(-1)!) && types.slice(0, -1).every((t) => !isTokenType(t))) return true;
  op.emitError('stablehlo.token-result', `requires results that are tensors, then a token, got (${types.join(', ')})`);
  return false;
}

const layoutList: AttrSpec<readonly Attribute[]> = {
  description: 'array of lists of dimensions',
  optional: false,
  check: (a) => a instanceof ArrayAttr,
  read: (a) => (a as ArrayAttr).elements,
  make: (c, v) => c.arrayAttr(v),
};

export const InfeedOp = defineOp({
  name: 'stablehlo.infeed',
  summary: 'Reads tensors from the infeed.',
  description: 'The last result is a token.',
  example: example(
    '%t: !stablehlo.token',
    '%r, %0 = "stablehlo.infeed"(%t) {infeed_config = "queue", layout = [[0, 1]]} : (!stablehlo.token) -> (tensor<3x4xi32>, !stablehlo.token)',
    'tensor<3x4xi32>',
  ),
  operands: { token: HloToken },
  results: { results: variadic(HloTensorOrToken) },
  attributes: { infeed_config: defaultAttr(attr.string, ''), layout: optionalAttr(layoutList) },
  verify(op) {
    const layout = InfeedOp.layout(op);
    if (!expectTokenLast(op) || layout === undefined || layout.length === op.resultCount - 1) return;
    op.emitError(
      'stablehlo.infeed-layout',
      `requires a layout for each of ${op.resultCount - 1} tensors, got ${layout.length}`,
    );
  },
  verifyReads: 'signature',
});

export const OutfeedOp = defineOp({
  name: 'stablehlo.outfeed',
  summary: 'Writes tensors to the outfeed.',
  description: 'The result is a token.',
  example: example(
    '%x: tensor<4xf32>, %t: !stablehlo.token',
    '%r = "stablehlo.outfeed"(%x, %t) {outfeed_config = "queue"} : (tensor<4xf32>, !stablehlo.token) -> !stablehlo.token',
    '!stablehlo.token',
  ),
  operands: { inputs: variadic(HloAnyQuantizedTensor), token: HloToken },
  results: { result: HloToken },
  attributes: { outfeed_config: defaultAttr(attr.string, '') },
});

const channelAttributes = {
  channel_handle: attr.dialect(ChannelHandle),
  is_host_transfer: defaultAttr(attr.bool, false),
  source_target_pairs: optionalAttr(integerRows),
} as const;

export const SendOp = defineOp({
  name: 'stablehlo.send',
  summary: 'Sends tensors over a channel.',
  description: 'To the host where is_host_transfer says so, to another device otherwise.',
  example: example(
    '%x: tensor<4xf32>, %t: !stablehlo.token',
    '%r = "stablehlo.send"(%x, %t) {channel_handle = #stablehlo.channel_handle<handle = 5, type = 2>, is_host_transfer = true} : (tensor<4xf32>, !stablehlo.token) -> !stablehlo.token',
    '!stablehlo.token',
  ),
  operands: { inputs: variadic(HloAnyQuantizedTensor), token: HloToken },
  results: { result: HloToken },
  attributes: channelAttributes,
  verify(op) {
    const { type } = SendOp.channel_handle(op);
    const wanted = SendOp.is_host_transfer(op) ? 2 : 1;
    if (type !== wanted)
      op.emitError(
        'stablehlo.send-channel',
        `requires a channel of type ${wanted} ${wanted === 2 ? 'to the host' : 'between devices'}, got ${type}`,
      );
  },
  verifyReads: 'signature',
});

export const RecvOp = defineOp({
  name: 'stablehlo.recv',
  summary: 'Receives tensors over a channel.',
  description: 'The last result is a token.',
  example: example(
    '%t: !stablehlo.token',
    '%r, %0 = "stablehlo.recv"(%t) {channel_handle = #stablehlo.channel_handle<handle = 5, type = 3>, is_host_transfer = true} : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)',
    'tensor<4xf32>',
  ),
  operands: { token: HloToken },
  results: { results: variadic(HloTensorOrToken) },
  attributes: channelAttributes,
  verify(op) {
    if (!expectTokenLast(op)) return;
    const { type } = RecvOp.channel_handle(op);
    const wanted = RecvOp.is_host_transfer(op) ? 3 : 1;
    if (type !== wanted)
      op.emitError(
        'stablehlo.recv-channel',
        `requires a channel of type ${wanted} ${wanted === 3 ? 'from the host' : 'between devices'}, got ${type}`,
      );
  },
  verifyReads: 'signature',
});
