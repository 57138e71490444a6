// What JAX leaves of Shardy in the programs it exports: meshes of devices, and shardings. They say where to compute, not
// what.
import {
  attr,
  type Dialect,
  type DialectAttrDefinition,
  defineAttribute,
  defineDialect,
  defineOp,
  SymbolTrait,
} from '@budflow/ir';
import { parseMesh, printMesh, type ShardyMeshParameters } from './sdy-mesh.js';
import { ShardingConstraintOp, ShardySharding } from './sdy-sharding.js';

export const ShardyMesh: DialectAttrDefinition<ShardyMeshParameters> = defineAttribute<ShardyMeshParameters>({
  name: 'sdy.mesh',
  summary: 'Devices along axes',
  parse: parseMesh,
  print: printMesh,
  bare: {
    description: 'a mesh such as <["x"=2]>',
    parse: parseMesh,
    parseOptional: (parser) => parseMesh(parser),
    print: printMesh,
  },
});

export const ShardyMeshOp = defineOp({
  name: 'sdy.mesh',
  summary: 'A mesh of devices, by name.',
  description: 'Shardings refer to it.',
  example: 'sdy.mesh @mesh = <["x"=2, "y"=4], device_ids=[1, 0, 2, 3, 4, 5, 6, 7]>',
  attributes: { sym_name: attr.string, mesh: attr.dialect(ShardyMesh) },
  traits: [SymbolTrait],
  assembly: {
    parse(parser, state) {
      state.attributes.set('sym_name', parser.context.stringAttr(parser.symbolName()));
      parser.punctuation('=');
      state.attributes.set('mesh', parser.context.dialectAttr(ShardyMesh, parseMesh(parser)));
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      printer.space();
      printer.symbolName(ShardyMeshOp.sym_name(op));
      printer.text(' = ');
      printMesh(printer, ShardyMeshOp.mesh(op));
      printer.attrDict(op, ['sym_name', 'mesh']);
    },
  },
});

export const sdyDialect: Dialect = defineDialect({
  name: 'sdy',
  summary: 'Where front ends want arrays to be: meshes and shardings',
  description: 'Attributes other than meshes and shardings are kept as text.',
  ops: [ShardyMeshOp, ShardingConstraintOp],
  attributes: [ShardyMesh, ShardySharding],
  keepsUnknownAttributes: true,
});
