// `!stablehlo.token` and `!stablehlo.future<...>`: what orders effects, and what an asynchronous operation promises.
import { type DialectTypeDefinition, defineType, param, TensorType, type Type } from '@budflow/ir';

/** Orders operations with effects among each other. */
export const TokenType: DialectTypeDefinition<Record<never, never>> = defineType({
  name: 'stablehlo.token',
  summary: 'A value that orders operations with effects',
  parse: () => ({}),
  print: () => {},
});

export interface FutureParameters {
  readonly types: readonly Type[];
}

/** The results of an operation that is under way. */
export const FutureType: DialectTypeDefinition<FutureParameters> = defineType<FutureParameters>({
  name: 'stablehlo.future',
  summary: 'The results of an asynchronous operation that is under way',
  parse: (parser) => ({ types: parser.commaSeparated('angle', () => param.type.parse(parser)) }),
  print(printer, { types }) {
    printer.text('<');
    printer.types(types);
    printer.text('>');
  },
  verify: ({ types }) => (types.every((t) => t instanceof TensorType) ? undefined : 'a future is of ranked tensors'),
});
