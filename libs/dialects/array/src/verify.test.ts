import { defineDialect, defineOp, OpPattern, OpPatternKind, Pure, Terminator } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { messagesOf, newContext } from './testing/harness.js';

/** Messages for one op in a function of the given parameters; the op's text does not name its results. */
function messages(parameters: string, op: string): string[] {
  return messagesOf(`func.func @f(${parameters}) {\n${op}\nreturn\n}`);
}

/** [what is wrong, parameters, op, the message or its beginning]. Generic forms say what the custom ones cannot. */
const cases: [string, string, string, string][] = [
  [
    'a scalar operand',
    '%x: f32',
    '%r = array.neg %x : f32',
    "'array.neg' op operand #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'f32'",
  ],
  [
    'an element of more than one',
    '%x: tensor<4xf32>',
    '%r = array.extract %x : tensor<4xf32> -> f32',
    "'array.extract' op takes or makes a tensor of rank 0, got tensor<4xf32>; slice and reshape it before",
  ],
  [
    'an element of another type',
    '%x: f64',
    '%r = array.from_scalar %x : f64 -> tensor<f32>',
    "'array.from_scalar' op requires the element type of tensor<f32> as the type of the scalar, got f64",
  ],
  [
    'truth values as numbers',
    '%x: tensor<4xi1>',
    '%r = array.add %x, %x : tensor<4xi1>',
    "'array.add' op operand #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values",
  ],
  [
    'a map that makes nothing',
    '%x: tensor<4xf32>',
    '"array.map"(%x) ({\n^bb0(%a: f32):\n  array.yield\n}) : (tensor<4xf32>) -> ()',
    "'array.map' op requires at least one result, got none",
  ],
  [
    'an order of complex numbers',
    '%x: tensor<4xcomplex<f32>>',
    '%r = array.cmp lt, %x, %x : tensor<4xcomplex<f32>>',
    "'array.cmp' op requires eq or ne for complex numbers, which have no order, got 'lt'; compare array.real, array.imag or array.abs of them",
  ],
  [
    'limits of complex numbers',
    '%x: tensor<4xcomplex<f32>>',
    '%r = array.clamp %x, %x, %x : tensor<4xcomplex<f32>>',
    "'array.clamp' op operand #0 must be ranked tensor of floating-point, integer (not i1) or index values",
  ],
  [
    'complex numbers made real by a cast',
    '%x: tensor<4xcomplex<f32>>',
    '%r = array.cast %x : tensor<4xcomplex<f32>> to tensor<4xf32>',
    "'array.cast' op requires complex elements as the result of tensor<4xcomplex<f32>>, got tensor<4xf32>; take array.real, array.imag or array.abs",
  ],
  [
    'the maximum of complex numbers',
    '%x: tensor<4xcomplex<f32>>, %z: tensor<complex<f32>>',
    '%r = array.reduce max %x init %z dims = [0] : tensor<4xcomplex<f32>>, tensor<complex<f32>> to tensor<complex<f32>>',
    "'array.reduce' op requires add or mul for complex numbers, got 'max'",
  ],
  [
    'the minimum of complex numbers in windows',
    '%x: tensor<4xcomplex<f32>>, %z: tensor<complex<f32>>',
    '%r = array.reduce_window min %x init %z window = [2] : tensor<4xcomplex<f32>>, tensor<complex<f32>> to tensor<3xcomplex<f32>>',
    "'array.reduce_window' op requires add or mul for complex numbers, got 'min'",
  ],
  [
    'parts of real numbers',
    '%x: tensor<4xf32>',
    '%r = "array.real"(%x) : (tensor<4xf32>) -> tensor<4xf32>',
    "'array.real' op operand #0 must be ranked tensor of complex<f32> or complex<f64> values",
  ],
  [
    'a complex value for real elements',
    '',
    '%r = array.full [1.0 : f32, 2.0 : f32], tensor<4xf32>',
    "'array.full' op requires a result with elements of type complex<f32>, got tensor<4xf32>",
  ],
  [
    'floats where bits are meant',
    '%x: tensor<4xf32>',
    '%r = array.xor %x, %x : tensor<4xf32>',
    "'array.xor' op operand #0 must be ranked tensor of integer or index values",
  ],
  [
    'integers for a float function',
    '%x: tensor<4xi32>',
    '%r = array.exp %x : tensor<4xi32>',
    "'array.exp' op operand #0 must be ranked tensor of floating-point or complex values",
  ],
  [
    'operands of two types',
    '%x: tensor<4xf32>, %y: tensor<5xf32>',
    '%r = "array.add"(%x, %y) : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>',
    "'array.add' op requires all operands to have one type, got tensor<4xf32> and tensor<5xf32> (operand #1)",
  ],
  [
    'a result of another type',
    '%x: tensor<4xf32>',
    '%r = "array.neg"(%x) : (tensor<4xf32>) -> tensor<5xf32>',
    "'array.neg' op requires result of type tensor<4xf32>, got tensor<5xf32>",
  ],
  [
    'an unknown predicate',
    '%x: tensor<4xf32>',
    '%r = array.cmp slt, %x, %x : tensor<4xf32>',
    "expected one of eq, ne, lt, le, gt, ge, got 'slt'",
  ],
  [
    'a comparison that does not give i1',
    '%x: tensor<4xf32>',
    '%r = "array.cmp"(%x, %x) {predicate = "lt"} : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xi1>',
    "'array.cmp' op requires result of type tensor<4xi1>, got tensor<5xi1>",
  ],
  [
    'a condition of another shape',
    '%c: tensor<5xi1>, %x: tensor<4xf32>',
    '%r = "array.select"(%c, %x, %x) : (tensor<5xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
    "'array.select' op requires a condition of type tensor<4xi1> for values of type tensor<4xf32>, got tensor<5xi1>",
  ],
  [
    'values of two types',
    '%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf64>',
    '%r = "array.select"(%c, %x, %y) : (tensor<4xi1>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>',
    "'array.select' op requires both values to have one type, got tensor<4xf32> and tensor<4xf64>",
  ],
  [
    'a cast to another shape',
    '%x: tensor<4xf32>',
    '%r = array.cast %x : tensor<4xf32> to tensor<5xi32>',
    "'array.cast' op requires operand and result of one shape, got tensor<4xf32> and tensor<5xi32>",
  ],
  [
    'a kind fma does not know',
    '%x: tensor<4xf32>',
    '%r = array.fma %x, %x, %x {kind = "fast"} : tensor<4xf32>',
    "'array.fma' op attribute 'kind'",
  ],
  [
    'a constant of another type than its value',
    '',
    '%r = "array.constant"() {value = dense<1.0> : tensor<4xf32>} : () -> tensor<5xf32>',
    "'array.constant' op requires the type of its value, tensor<4xf32>, as its result type, got tensor<5xf32>",
  ],
  [
    'a constant that is no tensor',
    '',
    '%r = array.constant 1.0 : f32',
    "expected a dense constant of a tensor type, got '1.000000e+00 : f32'",
  ],
  [
    'a missing size',
    '',
    '%r = array.full 1.0 : f32, tensor<4x?xf32>',
    "'array.full' op requires 1 size operand (one for each dynamic dimension of the result), got 0",
  ],
  [
    'a size too many',
    '%n: index',
    '%r = array.iota dim = 0 : tensor<4xi32> (%n)',
    "'array.iota' op requires 0 size operands (one for each dynamic dimension of the result), got 1",
  ],
  [
    'a value of another type',
    '',
    '%r = array.full 1.0 : f64, tensor<4xf32>',
    "'array.full' op requires a result with elements of type f64, got tensor<4xf32>",
  ],
  [
    'a value without a type',
    '',
    '%r = array.full "one", tensor<4xf32>',
    "expected a scalar constant with its type, such as '0.0 : f32', got '\"one\"'",
  ],
  [
    'an iota along no dimension',
    '',
    '%r = array.iota dim = 1 : tensor<4xi32>',
    "'array.iota' op requires 'dim' to name dimensions of the result tensor<4xi32> (0 to 0), got 1",
  ],
  [
    'a dimension that is not there',
    '%x: tensor<4xf32>',
    '%r = array.dim %x, 2 : tensor<4xf32>',
    "'array.dim' op requires 'dimension' to name dimensions of the operand tensor<4xf32> (0 to 0), got 2",
  ],
  [
    'a dimension of a scalar',
    '%x: tensor<f32>',
    '%r = array.dim %x, 0 : tensor<f32>',
    "'array.dim' op requires 'dimension' to name dimensions of the operand tensor<f32> (which has none), got 0",
  ],
  [
    'too few dimensions to broadcast',
    '%x: tensor<4xf32>',
    '%r = array.broadcast %x dims = [] : tensor<4xf32> to tensor<4xf32>',
    "'array.broadcast' op requires 'dims' with one entry for each dimension of the operand tensor<4xf32>, got 0",
  ],
  [
    'a dimension broadcast to twice',
    '%x: tensor<4x4xf32>',
    '%r = array.broadcast %x dims = [0, 0] : tensor<4x4xf32> to tensor<4x4xf32>',
    "'array.broadcast' op requires 'dims' to name each dimension once, got 0 twice",
  ],
  [
    'a broadcast that does not fit',
    '%x: tensor<4xf32>',
    '%r = array.broadcast %x dims = [1] : tensor<4xf32> to tensor<4x5xf32>',
    "'array.broadcast' op requires dimension 0 of the operand tensor<4xf32> to be 1 or equal to dimension 1 of the result tensor<4x5xf32>",
  ],
  [
    'a broadcast of a dynamic dimension to a static one',
    '%x: tensor<?xf32>',
    '%r = array.broadcast %x dims = [0] : tensor<?xf32> to tensor<5xf32>',
    "'array.broadcast' op requires dimension 0 of the operand tensor<?xf32> to be 1 or equal to dimension 0",
  ],
  [
    'a new dynamic dimension without a size',
    '%x: tensor<4xf32>',
    '%r = array.broadcast %x dims = [1] : tensor<4xf32> to tensor<?x4xf32>',
    "'array.broadcast' op requires 1 size operand (one for each dynamic result dimension that is new or repeated), got 0",
  ],
  [
    'a broadcast to other elements',
    '%x: tensor<4xf32>',
    '%r = array.broadcast %x dims = [0] : tensor<4xf32> to tensor<4xf64>',
    "'array.broadcast' op requires a result with elements of type f32, got tensor<4xf64>",
  ],
  [
    'a reshape to another number of elements',
    '%x: tensor<4x8xf32>',
    '%r = array.reshape %x : tensor<4x8xf32> to tensor<31xf32>',
    "'array.reshape' op requires equal numbers of elements, got tensor<4x8xf32> (32) and tensor<31xf32> (31)",
  ],
  [
    'a reshape that cannot divide',
    '%x: tensor<?x8xf32>',
    '%r = array.reshape %x : tensor<?x8xf32> to tensor<12xf32>',
    "'array.reshape' op requires equal numbers of elements, got tensor<?x8xf32> (a multiple of 8) and tensor<12xf32> (12)",
  ],
  [
    'two unknown dimensions',
    '%x: tensor<?xf32>',
    '%r = array.reshape %x : tensor<?xf32> to tensor<?x?xf32>',
    "'array.reshape' op requires 2 size operands (one for each dynamic dimension of the result), got 0",
  ],
  [
    'an unknown dimension among no elements',
    '%x: tensor<?x0xf32>',
    '%r = array.reshape %x : tensor<?x0xf32> to tensor<?x0xf32>',
    "'array.reshape' op requires a size operand for the dynamic dimension of tensor<?x0xf32>: with no elements, nothing else tells it",
  ],
  [
    'too short a permutation',
    '%x: tensor<4x8xf32>',
    '%r = array.transpose %x perm = [0] : tensor<4x8xf32> to tensor<4x8xf32>',
    "'array.transpose' op requires 'perm' with one entry for each dimension of the operand tensor<4x8xf32>, got 1",
  ],
  [
    'no permutation',
    '%x: tensor<4x8xf32>',
    '%r = array.transpose %x perm = [0, 0] : tensor<4x8xf32> to tensor<4x4xf32>',
    "'array.transpose' op requires 'perm' to name each dimension once, got 0 twice",
  ],
  [
    'a transposed type that is not',
    '%x: tensor<4x8xf32>',
    '%r = array.transpose %x perm = [1, 0] : tensor<4x8xf32> to tensor<4x8xf32>',
    "'array.transpose' op requires result of type tensor<8x4xf32>, got tensor<4x8xf32>",
  ],
  [
    'a slice of too few dimensions',
    '%x: tensor<4x8xf32>',
    '%r = array.slice %x [0:4:1] : tensor<4x8xf32> to tensor<4xf32>',
    "'array.slice' op requires 'starts' with one entry for each dimension of the operand tensor<4x8xf32>, got 1",
  ],
  [
    'a stride of zero',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [0:4:0] : tensor<4xf32> to tensor<4xf32>',
    "'array.slice' op requires a stride of at least 1 in dimension 0 of tensor<4xf32>, got 0:4:0",
  ],
  [
    'a negative start',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [-1:4:1] : tensor<4xf32> to tensor<5xf32>',
    "'array.slice' op requires a start of at least 0 in dimension 0 of tensor<4xf32>, got -1:4:1",
  ],
  [
    'a limit beyond the end',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [0:5:1] : tensor<4xf32> to tensor<5xf32>',
    "'array.slice' op requires a limit of at most 4 in dimension 0 of tensor<4xf32>, got 0:5:1",
  ],
  [
    'a limit before the start',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [3:2:1] : tensor<4xf32> to tensor<0xf32>',
    "'array.slice' op requires a limit not below the start in dimension 0 of tensor<4xf32>, got 3:2:1",
  ],
  [
    'an open limit of a static dimension',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [0:?:1] : tensor<4xf32> to tensor<?xf32>',
    "'array.slice' op requires the limit 4 instead of ? in dimension 0 of tensor<4xf32>, got 0:?:1",
  ],
  [
    'a sliced type that is not',
    '%x: tensor<4xf32>',
    '%r = array.slice %x [0:4:3] : tensor<4xf32> to tensor<1xf32>',
    "'array.slice' op requires result of type tensor<2xf32>, got tensor<1xf32>",
  ],
  [
    'a border of too few dimensions',
    '%x: tensor<4x8xf32>',
    '%r = array.pad %x low = [1] high = [1, 1] value 0.0 : f32 : tensor<4x8xf32> to tensor<6x10xf32>',
    "'array.pad' op requires 'low' with one entry for each dimension of the operand tensor<4x8xf32>, got 1",
  ],
  [
    'a negative border',
    '%x: tensor<4xf32>',
    '%r = array.pad %x low = [0] high = [-1] value 0.0 : f32 : tensor<4xf32> to tensor<3xf32>',
    "'array.pad' op requires 'high' of at least 0, got -1 in dimension 0 (array.slice cuts)",
  ],
  [
    'a border of another type',
    '%x: tensor<4xf32>',
    '%r = array.pad %x low = [1] high = [1] value 0 : i32 : tensor<4xf32> to tensor<6xf32>',
    "'array.pad' op requires an operand with elements of type i32, got tensor<4xf32>",
  ],
  [
    'a padded type that is not',
    '%x: tensor<4xf32>',
    '%r = array.pad %x low = [1] high = [1] value 0.0 : f32 : tensor<4xf32> to tensor<5xf32>',
    "'array.pad' op requires result of type tensor<6xf32>, got tensor<5xf32>",
  ],
  [
    'an unknown combiner',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce mean %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "expected one of add, mul, min, max, and, or, xor, or operands, got 'mean'",
  ],
  [
    'an init of another type',
    '%x: tensor<4xf32>, %z: tensor<f64>',
    '%r = array.reduce add %x init %z dims = [0] : tensor<4xf32>, tensor<f64> to tensor<f32>',
    "'array.reduce' op requires an init of type tensor<f32> for the operand tensor<4xf32>, got tensor<f64>",
  ],
  [
    'a reduced dimension that stays',
    '%x: tensor<4x8xf32>, %z: tensor<f32>',
    '%r = array.reduce add %x init %z dims = [0] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>',
    "'array.reduce' op requires result of type tensor<8xf32>, got tensor<4xf32>",
  ],
  [
    'dimensions that are not there',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce add %x init %z dims = [1] : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "'array.reduce' op requires 'dims' to name dimensions of the operand tensor<4xf32> (0 to 0), got 1",
  ],
  [
    'bits of floats',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce and %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "'array.reduce' op requires integers for the kind 'and', got elements of type f32",
  ],
  [
    'a sum of truth values',
    '%x: tensor<4xi1>, %z: tensor<i1>',
    '%r = array.reduce add %x init %z dims = [0] : tensor<4xi1>, tensor<i1> to tensor<i1>',
    "'array.reduce' op requires and, or, xor for elements of type i1, got 'add'",
  ],
  [
    'neither kind nor region',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "'array.reduce' op requires a kind or one region, got 0 regions",
  ],
  [
    'a kind of two operands',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r:2 = array.reduce add %x, %x init %z, %z dims = [0] : tensor<4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32> to tensor<f32>, tensor<f32>',
    "'array.reduce' op requires one operand for the kind 'add', got 2; give a region instead",
  ],
  [
    'operands of two shapes',
    '%x: tensor<4xf32>, %y: tensor<5xf32>, %z: tensor<f32>',
    '%r:2 = array.reduce %x, %y init %z, %z dims = [0] : tensor<4xf32>, tensor<5xf32>, tensor<f32>, tensor<f32> to tensor<f32>, tensor<f32> body(%a: f32, %b: f32, %c: f32, %d: f32) {\narray.yield %a, %b : f32, f32\n}',
    "'array.reduce' op requires all operands to have one shape, got tensor<4xf32> and tensor<5xf32> (operand #1)",
  ],
  [
    'an init too few',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x, %x init %z dims = [0] : tensor<4xf32>, tensor<4xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\narray.yield %a : f32\n}',
    "'array.reduce' op requires as many inits and results as operands (at least one), got 2 operands, 1 inits, 1 results",
  ],
  [
    'a region of other arguments',
    '%x: tensor<4xui8>, %z: tensor<ui8>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xui8>, tensor<ui8> to tensor<ui8> body(%a: ui8, %b: ui8) {\narray.yield %a : ui8\n}',
    "'array.reduce' op requires region arguments of types (i8, i8), got (ui8, ui8)",
  ],
  [
    'a region that yields too much',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\narray.yield %a, %b : f32, f32\n}',
    "'array.reduce' op requires a yield of types (f32), got (f32, f32)",
  ],
  [
    'a region that touches memory',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\n%t = arith.constant true\ncf.assert %t, "no"\narray.yield %a : f32\n}',
    "'array.reduce' op requires a region of pure scalar operations, got 'cf.assert'",
  ],
  [
    'a region that ends otherwise',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\n"cf.br"()[^bb1] : () -> ()\n^bb1:\narray.yield %a : f32\n}',
    "'array.reduce' op",
  ],
  [
    'contraction of a maximum',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce max %x init %z dims = [0] {contract = "exact"} : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "'array.reduce' op requires kind 'add' on floats for contract = \"exact\", got 'max' on tensor<4xf32>",
  ],
  [
    'an unknown order',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce add %x init %z dims = [0] {order = #array.order<random>} : tensor<4xf32>, tensor<f32> to tensor<f32>',
    "expected a reduction order: canonical, lanes, outer, sequential or free, got 'random'",
  ],
  [
    'an order of three lanes',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce add %x init %z dims = [0] {order = #array.order<lanes = 3, accumulators = 1, block = 1024>} : tensor<4xf32>, tensor<f32> to tensor<f32>',
    'lanes must be a power of two, got 3',
  ],
  [
    'a block of too few elements',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce add %x init %z dims = [0] {order = #array.order<lanes = 8, accumulators = 2, block = 8>} : tensor<4xf32>, tensor<f32> to tensor<f32>',
    'block must be a multiple of lanes * accumulators, got 8 and 8 * 2',
  ],
  [
    'a dot of two element types',
    '%x: tensor<4xf32>, %y: tensor<4xf64>',
    '%r = array.dot_general %x, %y contract = [0] x [0] : tensor<4xf32>, tensor<4xf64> -> tensor<f64>',
    "'array.dot_general' op requires operands of one element type, got tensor<4xf32> and tensor<4xf64>",
  ],
  [
    'a dot that narrows',
    '%x: tensor<4xf64>',
    '%r = array.dot_general %x, %x contract = [0] x [0] : tensor<4xf64>, tensor<4xf64> -> tensor<f32>',
    "'array.dot_general' op requires a result of elements f64 or a wider type of their kind, got tensor<f32>",
  ],
  [
    'a dot from integers to floats',
    '%x: tensor<4xi8>',
    '%r = array.dot_general %x, %x contract = [0] x [0] : tensor<4xi8>, tensor<4xi8> -> tensor<f32>',
    "'array.dot_general' op requires a result of elements i8 or a wider type of their kind, got tensor<f32>",
  ],
  [
    'contracted dimensions of one side',
    '%x: tensor<4x4xf32>',
    '%r = array.dot_general %x, %x contract = [0, 1] x [0] : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4xf32>',
    "'array.dot_general' op requires as many 'contract' dimensions of lhs as of rhs, got [0, 1] x [0]",
  ],
  [
    'a dimension both batch and contracted',
    '%x: tensor<4x4xf32>',
    '%r = array.dot_general %x, %x batch = [0] x [0] contract = [0] x [1] : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4xf32>',
    "'array.dot_general' op requires 'lhs batch and contract' to name each dimension once, got 0 twice",
  ],
  [
    'contracted sizes that differ',
    '%x: tensor<4x8xf32>',
    '%r = array.dot_general %x, %x contract = [1] x [0] : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>',
    "'array.dot_general' op requires equal sizes of the 'contract' dimensions, got dimension 1 of tensor<4x8xf32> and dimension 0 of tensor<4x8xf32>",
  ],
  [
    'a dot of another shape',
    '%x: tensor<4x8xf32>',
    '%r = array.dot_general %x, %x contract = [1] x [1] : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4xf32>',
    "'array.dot_general' op requires a result of type tensor<4x4xf32>, got tensor<4xf32>",
  ],
  [
    'a dot in lanes',
    '%x: tensor<8xf32>',
    '%r = array.dot_general %x, %x contract = [0] x [0] {order = #array.order<canonical>} : tensor<8xf32>, tensor<8xf32> -> tensor<f32>',
    "'array.dot_general' op requires the order sequential or free, got #array.order<canonical>",
  ],
  [
    'contracted integers',
    '%x: tensor<8xi32>',
    '%r = array.dot_general %x, %x contract = [0] x [0] {contract = "exact"} : tensor<8xi32>, tensor<8xi32> -> tensor<i32>',
    '\'array.dot_general\' op requires floats for contract = "exact", got tensor<i32>',
  ],
  [
    'a fusion in a fusion',
    '%x: tensor<4xf32>',
    'array.fusion(%a = %x : tensor<4xf32>) {\narray.fusion(%b = %a : tensor<4xf32>) {\narray.yield\n}\narray.yield\n}',
    "'array.fusion' op cannot be in another array.fusion",
  ],
  [
    'another dialect in a fusion',
    '%x: f32',
    'array.fusion(%a = %x : f32) {\n%r = arith.addf %a, %a : f32\narray.yield\n}',
    "'array.fusion' op requires whole-tensor operations in its body, got 'arith.addf', which has neither an OpPattern nor a structured form",
  ],
  [
    'a fusion that yields another type',
    '%x: tensor<4xf32>',
    '%r = array.fusion(%a = %x : tensor<4xf32>) -> tensor<5xf32> {\narray.yield %a : tensor<4xf32>\n}',
    "'array.fusion' op requires a yield of the result types (tensor<5xf32>), got (tensor<4xf32>)",
  ],
  [
    'a fusion without its arguments',
    '%x: tensor<4xf32>',
    '"array.fusion"(%x) ({\n"array.yield"() : () -> ()\n}) : (tensor<4xf32>) -> ()',
    "'array.fusion' op requires block arguments of the operands' types (tensor<4xf32>), got ()",
  ],
];

describe('the verifier explains', () => {
  for (const [name, parameters, op, expected] of cases) {
    test(name, () => {
      const found = messages(parameters, op);
      expect(
        found.some((m) => m.startsWith(expected)),
        `${found.join('\n')}\n  should include\n${expected}`,
      ).toBe(true);
    });
  }

  test('a yield elsewhere', () => {
    expect(messagesOf('func.func @f() {\n"array.yield"() : () -> ()\n}')).toContain(
      "'array.yield' op requires one of array.fusion, array.reduce, array.map, array.scatter, array.reduce_window, array.select_and_scatter, array.scan, array.sort around it, got 'func.func'",
    );
  });

  test('a fusion that ends in a foreign terminator', () => {
    const context = newContext();
    const End = defineOp({
      name: 'foreign.end',
      summary: 'Ends a block',
      traits: [Pure, Terminator],
      interfaces: [OpPattern.implement({ pattern: () => OpPatternKind.tuple })],
    });
    context.registerDialect(defineDialect({ name: 'foreign', summary: 'Of the test', ops: [End] }));
    expect(messagesOf('"array.fusion"() ({\n"foreign.end"() : () -> ()\n}) : () -> ()', context)).toContain(
      "'array.fusion' op requires a body that ends in array.yield, got 'foreign.end'",
    );
  });

  test('nothing about half formats and wide integers: they parse and verify', () => {
    for (const element of ['f16', 'bf16', 'i4', 'i128', 'ui64', 'f8E4M3FN']) {
      expect(messages(`%x: tensor<4x${element}>`, `%r = array.add %x, %x : tensor<4x${element}>`)).toEqual([]);
    }
  });
});
