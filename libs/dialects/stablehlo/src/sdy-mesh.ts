// The text of Shardy's meshes.
import type { AsmParser, AsmPrinter } from '@budflow/ir';

export interface ShardyMeshParameters {
  /** Names and sizes. */
  readonly axes: readonly (readonly [string, number])[];
  /** Undefined: in order. */
  readonly deviceIds: readonly number[] | undefined;
}

/** `<["x"=2, "y"=4], device_ids=[1, 0]>` */
export function parseMesh(parser: AsmParser): ShardyMeshParameters {
  parser.punctuation('<');
  const axes = parser.commaSeparated('square', () => {
    const name = parser.string();
    parser.punctuation('=');
    return [name, parser.integer()] as const;
  });
  let deviceIds: number[] | undefined;
  if (parser.optionalPunctuation(',')) {
    parser.keyword('device_ids');
    parser.punctuation('=');
    deviceIds = parser.commaSeparated('square', () => parser.integer());
  }
  parser.punctuation('>');
  return { axes, deviceIds };
}
export function printMesh(printer: AsmPrinter, { axes, deviceIds }: ShardyMeshParameters): void {
  printer.text('<[');
  axes.forEach(([name, size], i) => {
    if (i > 0) printer.text(', ');
    printer.string(name);
    printer.text(`=${size}`);
  });
  printer.text(`]${deviceIds === undefined ? '' : `, device_ids=[${deviceIds.join(', ')}]`}>`);
}
