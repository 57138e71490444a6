// Meshes of devices, and groups of replicas as axes of one.
import {
  ArrayAttr,
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  type AttrSpec,
  DenseElementsAttr,
  DialectAttr,
  defineAttribute,
  type Parameter,
  param,
  SymbolRefAttr,
} from '@budflow/ir';
import { integerRows } from './specs.js';

/** A part of an axis that is split: how many parts there are before it, and how many it has. */
export interface SubAxis {
  readonly preSize: number;
  readonly size: number;
}

/** `(1)2` */
const subAxis: Parameter<SubAxis> & { readonly optional: false } = {
  description: 'a part of an axis such as (1)2',
  optional: false,
  parse(parser: AsmParser) {
    parser.punctuation('(');
    const preSize = parser.integer();
    parser.punctuation(')');
    return { preSize, size: parser.integer() };
  },
  print: (printer: AsmPrinter, { preSize, size }) => printer.text(`(${preSize})${size}`),
  key: ({ preSize, size }) => `(${preSize})${size}`,
  problem: ({ preSize, size }) =>
    preSize >= 1 && size >= 2
      ? undefined
      : `must have a first part of at least 1 and a size of at least 2, got (${preSize})${size}`,
};

export const AxisRef = defineAttribute({
  name: 'stablehlo.axis_ref',
  summary: 'An axis of a mesh by name, or a part of it',
  parameters: { name: param.string, sub_axis_info: param.optional(subAxis) },
  assembly: '`<` struct(params) `>`',
});
export const MeshAxis = defineAttribute({
  name: 'stablehlo.mesh_axis',
  summary: 'An axis of a mesh: name and size',
  parameters: { name: param.string, size: param.integer },
  assembly: '`<` struct(params) `>`',
});
/** An axis, written in full or as `<name = "x", size = 2>`. */
const meshAxis: Parameter<ReturnType<typeof MeshAxis.parse>> & { readonly optional: false } = {
  description: 'an axis of a mesh',
  optional: false,
  parse(parser: AsmParser) {
    const at = parser.offset();
    const full = parser.optionalAttribute();
    if (full === undefined) return MeshAxis.parse(parser);
    return MeshAxis.is(full) ? full.parameters : parser.error(`expected an axis of a mesh, got ${full}`, at);
  },
  print: (printer: AsmPrinter, value) => MeshAxis.print(printer, value),
  key: ({ name, size }) => `${JSON.stringify(name)}:${size}`,
  problem: ({ size }) => (size >= 1 ? undefined : `must have a positive size, got ${size}`),
};

export const Mesh = defineAttribute({
  name: 'stablehlo.mesh',
  summary: 'Devices along axes',
  parameters: { axes: param.array(meshAxis), device_ids: param.optional(param.attribute) },
  assembly: '`<` struct(params) `>`',
  verify: ({ device_ids: ids }) =>
    ids === undefined || ids instanceof DenseElementsAttr
      ? undefined
      : `devices of a mesh are elements such as dense<[1, 0]> : tensor<2xi64>, got ${ids}`,
});
export const ReplicaGroupMeshAxes = defineAttribute({
  name: 'stablehlo.replica_group_mesh_axes',
  summary: 'Groups of replicas: those that differ along axes of a mesh only',
  parameters: { mesh: param.attribute, axes: param.attribute },
  assembly: '`<` struct(params) `>`',
  verify({ mesh, axes }) {
    const known =
      mesh instanceof SymbolRefAttr || (mesh instanceof DialectAttr && mesh.definition === (Mesh as unknown));
    if (!known) return 'a mesh is a symbol or #stablehlo.mesh';
    return isListOf(axes, AxisRef) ? undefined : 'axes of replica groups are a list of #stablehlo.axis_ref';
  },
});

function isListOf(list: Attribute, definition: unknown): boolean {
  return (
    list instanceof ArrayAttr && list.elements.every((e) => e instanceof DialectAttr && e.definition === definition)
  );
}

/** Rows of replica numbers, or the attribute that gives axes of a mesh. */
export type ReplicaGroups = readonly (readonly number[])[] | DialectAttr;

export const replicaGroups: AttrSpec<ReplicaGroups> = {
  description: '64-bit integer elements of two dimensions or #stablehlo.replica_group_mesh_axes',
  optional: false,
  check: (a) => integerRows.check(a) || isMeshAxes(a),
  read: (a) => (isMeshAxes(a) ? a : integerRows.read(a)),
  make: (c, v) => (v instanceof DialectAttr ? v : integerRows.make(c, v)),
};
function isMeshAxes(a: Attribute): a is DialectAttr {
  return a instanceof DialectAttr && a.definition === (ReplicaGroupMeshAxes as unknown);
}
