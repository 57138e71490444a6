// The names by which IRDL (`irdl.base "!builtin.integer"`) and its messages call kinds of types and attributes.
import {
  AffineMapAttr,
  ArrayAttr,
  type Attribute,
  CallSiteLoc,
  ComplexType,
  DenseArrayAttr,
  DenseElementsAttr,
  DenseResourceAttr,
  DenseStringElementsAttr,
  DialectAttr,
  DialectType,
  DictionaryAttr,
  DistinctAttr,
  FileLineColLoc,
  FloatAttr,
  FloatType,
  FunctionType,
  FusedLoc,
  IndexType,
  IntegerAttr,
  IntegerSetAttr,
  IntegerType,
  MemRefType,
  NameLoc,
  NoneType,
  OpaqueAttr,
  OpaqueType,
  SparseElementsAttr,
  StridedLayoutAttr,
  StringAttr,
  SymbolRefAttr,
  TensorType,
  TupleType,
  type Type,
  TypeAttr,
  UnitAttr,
  UnknownLoc,
  UnrankedMemRefType,
  UnrankedTensorType,
  VectorType,
} from '@budflow/ir';

// biome-ignore lint/suspicious/noExplicitAny: constructors of any parameters
type Class = abstract new (...args: any[]) => object;

const TYPES: readonly (readonly [Class, string])[] = [
  [IntegerType, 'integer'],
  [IndexType, 'index'],
  [NoneType, 'none'],
  [ComplexType, 'complex'],
  [FunctionType, 'function'],
  [TupleType, 'tuple'],
  [TensorType, 'tensor'],
  [UnrankedTensorType, 'unranked_tensor'],
  [VectorType, 'vector'],
  [MemRefType, 'memref'],
  [UnrankedMemRefType, 'unranked_memref'],
  [OpaqueType, 'opaque'],
];
const ATTRIBUTES: readonly (readonly [Class, string])[] = [
  [IntegerAttr, 'integer'],
  [FloatAttr, 'float'],
  [StringAttr, 'string'],
  [ArrayAttr, 'array'],
  [DictionaryAttr, 'dictionary'],
  [TypeAttr, 'type'],
  [UnitAttr, 'unit'],
  [SymbolRefAttr, 'symbol_ref'],
  [AffineMapAttr, 'affine_map'],
  [IntegerSetAttr, 'integer_set'],
  [StridedLayoutAttr, 'strided_layout'],
  [DenseArrayAttr, 'dense_array'],
  [DenseElementsAttr, 'dense_intorfp_elements'],
  [DenseStringElementsAttr, 'dense_string_elements'],
  [DenseResourceAttr, 'dense_resource_elements'],
  [SparseElementsAttr, 'sparse_elements'],
  [DistinctAttr, 'distinct'],
  [OpaqueAttr, 'opaque'],
  [UnknownLoc, 'unknown_loc'],
  [FileLineColLoc, 'file_line_loc'],
  [NameLoc, 'name_loc'],
  [CallSiteLoc, 'call_site_loc'],
  [FusedLoc, 'fused_loc'],
];

function nameIn(table: readonly (readonly [Class, string])[], value: object): string {
  const found = table.find(([kind]) => value instanceof kind);
  return `builtin.${found ? found[1] : 'unknown'}`;
}

/** `builtin.integer`, `builtin.f32`, `cmath.complex` */
export function typeBaseName(type: Type): string {
  if (type instanceof DialectType) return type.definition.name;
  return type instanceof FloatType ? `builtin.${type.name}` : nameIn(TYPES, type);
}
export function attributeBaseName(attr: Attribute): string {
  return attr instanceof DialectAttr ? attr.definition.name : nameIn(ATTRIBUTES, attr);
}
