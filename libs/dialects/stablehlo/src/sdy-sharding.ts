// Where Shardy wants the parts of an array: an attribute, and the op that says it of a value in the middle of a program.
import {
  type AsmParser,
  type AsmPrinter,
  attr,
  type DialectAttrDefinition,
  defineAttribute,
  defineOp,
  Pure,
  type Type,
} from '@budflow/ir';
import { parseMesh, printMesh, type ShardyMeshParameters } from './sdy-mesh.js';
import { HloTensor } from './types.js';

/** An axis of a mesh, or a part of one: how many parts are before it, and its size. */
export interface ShardyAxis {
  readonly name: string;
  readonly part: readonly [number, number] | undefined;
}
/** The axes that one dimension of an array is spread over. */
export interface ShardyDimension {
  readonly axes: readonly ShardyAxis[];
  /** More axes may be added. */
  readonly open: boolean;
  /** `p0` is the first to be propagated. */
  readonly priority: string | undefined;
}
export interface ShardyShardingParameters {
  /** The name of a mesh, or one that is written there. */
  readonly mesh: string | ShardyMeshParameters;
  readonly dimensions: readonly ShardyDimension[];
  readonly replicated: readonly ShardyAxis[];
  readonly unreduced: readonly ShardyAxis[];
}

/** `{a, b}`, also empty. */
function inBraces(parser: AsmParser, item: () => void): void {
  parser.punctuation('{');
  if (parser.optionalPunctuation('}')) return;
  do item();
  while (parser.optionalPunctuation(','));
  parser.punctuation('}');
}

/** `"x"`, `"x":(1)2` */
function parseAxis(parser: AsmParser): ShardyAxis {
  const name = parser.string();
  if (!parser.optionalPunctuation(':')) return { name, part: undefined };
  parser.punctuation('(');
  const before = parser.integer();
  parser.punctuation(')');
  return { name, part: [before, parser.integer()] };
}
function printAxes(printer: AsmPrinter, axes: readonly ShardyAxis[], more: readonly string[] = []): void {
  printer.text('{');
  axes.forEach(({ name, part }, i) => {
    if (i > 0) printer.text(', ');
    printer.string(name);
    if (part !== undefined) printer.text(`:(${part[0]})${part[1]}`);
  });
  printer.text(`${axes.length > 0 && more.length > 0 ? ', ' : ''}${more.join(', ')}}`);
}

/** `{"x", "y", ?}p1` */
function parseDimension(parser: AsmParser): ShardyDimension {
  let open = false;
  const axes: ShardyAxis[] = [];
  inBraces(parser, () => {
    if (open) parser.error("expected '}' behind '?'");
    if (parser.optionalPunctuation('?')) open = true;
    else axes.push(parseAxis(parser));
  });
  const at = parser.offset();
  const priority = parser.optionalAnyKeyword();
  if (priority !== undefined && !/^p\d+$/.test(priority))
    parser.error(`expected a priority such as p0, got '${priority}'`, at);
  return { axes, open, priority };
}

/** `<@mesh, [{"x"}, {?}], replicated={"y"}, unreduced={"z"}>` */
function parseSharding(parser: AsmParser): ShardyShardingParameters {
  parser.punctuation('<');
  const mesh = parser.optionalKeyword('mesh') ? parseMesh(parser) : parser.symbolName();
  parser.punctuation(',');
  const dimensions = parser.commaSeparated('square', () => parseDimension(parser));
  const lists: Record<string, ShardyAxis[]> = {};
  while (parser.optionalPunctuation(',')) {
    const at = parser.offset();
    const key = parser.anyKeyword("'replicated' or 'unreduced'");
    if ((key !== 'replicated' && key !== 'unreduced') || lists[key] !== undefined)
      parser.error(`expected 'replicated' or 'unreduced', each once, got '${key}'`, at);
    parser.punctuation('=');
    const axes: ShardyAxis[] = [];
    inBraces(parser, () => axes.push(parseAxis(parser)));
    lists[key] = axes;
  }
  parser.punctuation('>');
  return { mesh, dimensions, replicated: lists.replicated ?? [], unreduced: lists.unreduced ?? [] };
}
function printSharding(printer: AsmPrinter, parameters: ShardyShardingParameters): void {
  printer.text('<');
  if (typeof parameters.mesh === 'string') printer.symbolName(parameters.mesh);
  else {
    printer.text('mesh');
    printMesh(printer, parameters.mesh);
  }
  printer.text(', [');
  parameters.dimensions.forEach(({ axes, open, priority }, i) => {
    if (i > 0) printer.text(', ');
    printAxes(printer, axes, open ? ['?'] : []);
    printer.text(priority ?? '');
  });
  printer.text(']');
  for (const key of ['replicated', 'unreduced'] as const) {
    if (parameters[key].length === 0) continue;
    printer.text(`, ${key}=`);
    printAxes(printer, parameters[key]);
  }
  printer.text('>');
}

export const ShardySharding: DialectAttrDefinition<ShardyShardingParameters> =
  defineAttribute<ShardyShardingParameters>({
    name: 'sdy.sharding',
    summary: 'The axes of a mesh that the dimensions of an array are spread over',
    parse: parseSharding,
    print: printSharding,
    bare: {
      description: 'a sharding such as <@mesh, [{"x"}, {}]>',
      parse: parseSharding,
      parseOptional: (parser) => parseSharding(parser),
      print: printSharding,
    },
  });

export const ShardingConstraintOp = defineOp({
  name: 'sdy.sharding_constraint',
  summary: 'Its operand, spread over devices as it says.',
  description: 'Says where a value is to be, not what it is. JAX writes one behind keys of random numbers.',
  example: `sdy.mesh @mesh = <["x"=2]>
func.func @f(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = sdy.sharding_constraint %x <@mesh, [{"x"}, {?}], replicated={"y":(1)2}> : tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}`,
  operands: { input: HloTensor },
  attributes: { sharding: attr.dialect(ShardySharding) },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: '$input $sharding attr-dict `:` type($input)',
  inferTypes: (_, { operands }): Type[] => operands.map((v) => v.type),
});
