// For tests: small programs that touch every kind of op, with the sizes of their dynamic dimensions to try.

export interface TestCase {
  readonly text: string;
  /** One list of sizes for each run. */
  readonly sizes: readonly (readonly number[])[];
}

const ODD = [[0], [1], [3], [16], [67], [1000]] as const;

export const CASES: Readonly<Record<string, TestCase>> = {
  chain: {
    text: `func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
      %0 = array.mul %x, %y : tensor<?xf32>
      %1 = array.add %0, %y : tensor<?xf32>
      %2 = array.exp %1 : tensor<?xf32>
      %3 = array.sub %2, %x : tensor<?xf32>
      return %3 : tensor<?xf32>
    }`,
    sizes: [0, 1, 2, 5, 16, 63, 64, 65, 1000].map((n) => [n, n]),
  },
  doubles: {
    text: `func.func @main(%x: tensor<?xf64>, %y: tensor<?xf64>) -> tensor<?xf64> {
      %0 = array.div %x, %y : tensor<?xf64>
      %1 = array.sqrt %0 : tensor<?xf64>
      %2 = array.tanh %1 : tensor<?xf64>
      return %2 : tensor<?xf64>
    }`,
    sizes: [1, 3, 17].map((n) => [n, n]),
  },
  integers: {
    text: `func.func @main(%x: tensor<?xi32>, %y: tensor<?xi32>) -> (tensor<?xi32>, tensor<?xi1>) {
      %0 = array.mul %x, %y : tensor<?xi32>
      %1 = array.div %0, %y : tensor<?xi32>
      %2 = array.rem %x, %y : tensor<?xi32>
      %3 = array.max %1, %2 : tensor<?xi32>
      %4 = array.cmp lt, %1, %2 : tensor<?xi32>
      return %3, %4 : tensor<?xi32>, tensor<?xi1>
    }`,
    sizes: [1, 9, 33].map((n) => [n, n]),
  },
  wide: {
    text: `func.func @main(%x: tensor<?xi64>, %y: tensor<?xui8>) -> (tensor<?xi64>, tensor<?xui8>) {
      %0 = array.add %x, %x : tensor<?xi64>
      %1 = array.add %y, %y : tensor<?xui8>
      %2 = array.max %1, %y : tensor<?xui8>
      return %0, %2 : tensor<?xi64>, tensor<?xui8>
    }`,
    sizes: [[5, 21]],
  },
  select: {
    text: `func.func @main(%c: tensor<?xi1>, %x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
      %0 = array.cmp ge, %x, %y : tensor<?xf32>
      %1 = array.and %0, %c : tensor<?xi1>
      %2 = array.select %1, %x, %y : tensor<?xf32>
      return %2 : tensor<?xf32>
    }`,
    sizes: [1, 7, 40].map((n) => [n, n, n]),
  },
  bytes: {
    text: `func.func @main(%x: tensor<?x3xui8>) -> tensor<?x3xui8> {
      %0 = array.cast %x : tensor<?x3xui8> to tensor<?x3xf32>
      %1 = array.sqrt %0 : tensor<?x3xf32>
      %2 = array.mul %1, %1 : tensor<?x3xf32>
      %3 = array.cast %2 : tensor<?x3xf32> to tensor<?x3xui8>
      return %3 : tensor<?x3xui8>
    }`,
    sizes: [[1], [5], [50]],
  },
  sum: {
    text: `func.func @main(%x: tensor<?xf32>) -> tensor<f32> {
      %zero = array.constant dense<0.0> : tensor<f32>
      %0 = array.reduce add %x init %zero dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32>
      return %0 : tensor<f32>
    }`,
    sizes: [[0], [1], [15], [1000], [1025], [5000], [300_000]],
  },
  'large sum': {
    text: `func.func @main(%x: tensor<600x1000xf32>) -> tensor<f32> {
      %zero = array.constant dense<1.5> : tensor<f32>
      %sq = array.mul %x, %x : tensor<600x1000xf32>
      %0 = array.reduce add %sq init %zero dims = [0, 1] : tensor<600x1000xf32>, tensor<f32> to tensor<f32>
      return %0 : tensor<f32>
    }`,
    sizes: [[]],
  },
  columns: {
    text: `func.func @main(%x: tensor<?x21xf32>) -> (tensor<21xf32>, tensor<?xf32>) {
      %zero = array.constant dense<0.0> : tensor<f32>
      %low = array.constant dense<0xFF800000> : tensor<f32>
      %0 = array.reduce add %x init %zero dims = [0] : tensor<?x21xf32>, tensor<f32> to tensor<21xf32>
      %1 = array.reduce max %x init %low dims = [1] : tensor<?x21xf32>, tensor<f32> to tensor<?xf32>
      return %0, %1 : tensor<21xf32>, tensor<?xf32>
    }`,
    sizes: [[0], [1], [33], [1100]],
  },
  softmax: {
    text: `func.func @main(%x: tensor<?x33xf32>) -> tensor<?x33xf32> {
      %low = array.constant dense<0xFF800000> : tensor<f32>
      %zero = array.constant dense<0.0> : tensor<f32>
      %max = array.reduce max %x init %low dims = [1] : tensor<?x33xf32>, tensor<f32> to tensor<?xf32>
      %maxb = array.broadcast %max dims = [0] : tensor<?xf32> to tensor<?x33xf32>
      %d = array.sub %x, %maxb : tensor<?x33xf32>
      %e = array.exp %d : tensor<?x33xf32>
      %sum = array.reduce add %e init %zero dims = [1] : tensor<?x33xf32>, tensor<f32> to tensor<?xf32>
      %sumb = array.broadcast %sum dims = [0] : tensor<?xf32> to tensor<?x33xf32>
      %r = array.div %e, %sumb : tensor<?x33xf32>
      return %r : tensor<?x33xf32>
    }`,
    sizes: [[0], [1], [7], [70]],
  },
  layer: {
    text: `func.func @main(%x: tensor<?x19xf32>, %w: tensor<19x30xf32>, %b: tensor<30xf32>) -> tensor<?x30xf32> {
      %p = array.dot_general %x, %w contract = [1] x [0] : tensor<?x19xf32>, tensor<19x30xf32> -> tensor<?x30xf32>
      %n = array.dim %x, 0 : tensor<?x19xf32>
      %c = array.broadcast %b dims = [1] sizes(%n) : tensor<30xf32> to tensor<?x30xf32>
      %s = array.add %p, %c : tensor<?x30xf32>
      %z = array.full 0.0 : f32, tensor<?x30xf32> (%n)
      %r = array.max %s, %z : tensor<?x30xf32>
      return %r : tensor<?x30xf32>
    }`,
    sizes: [[0], [1], [5], [70]],
  },
  'open product': {
    text: `func.func @main(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<?x?xf32> {
      %p = array.dot_general %a, %b contract = [1] x [0] : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
      return %p : tensor<?x?xf32>
    }`,
    sizes: [
      [1, 1, 1, 1],
      [3, 5, 5, 7],
      [17, 9, 9, 33],
      [4, 0, 0, 3],
      [65, 33, 33, 70],
    ],
  },
  'vector product': {
    text: `func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<f32> {
      %p = array.dot_general %a, %b contract = [0] x [0] : tensor<?xf32>, tensor<?xf32> -> tensor<f32>
      return %p : tensor<f32>
    }`,
    sizes: [1, 50, 1500].map((n) => [n, n]),
  },
  batches: {
    text: `func.func @main(%a: tensor<3x4x5xf32>, %b: tensor<3x5x6xf32>) -> tensor<3x4x6xf32> {
      %p = array.dot_general %a, %b batch = [0] x [0] contract = [2] x [1] : tensor<3x4x5xf32>, tensor<3x5x6xf32> -> tensor<3x4x6xf32>
      return %p : tensor<3x4x6xf32>
    }`,
    sizes: [[]],
  },
  movement: {
    text: `func.func @main(%x: tensor<6x?xf32>) -> (tensor<?x6xf32>, tensor<3x?xf32>, tensor<8x?xf32>, tensor<?xf32>) {
      %t = array.transpose %x perm = [1, 0] : tensor<6x?xf32> to tensor<?x6xf32>
      %s = array.slice %x [1:6:2, 2:?:3] : tensor<6x?xf32> to tensor<3x?xf32>
      %p = array.pad %x low = [1, 2] high = [1, 0] value 0.5 : f32 : tensor<6x?xf32> to tensor<8x?xf32>
      %f = array.reshape %x : tensor<6x?xf32> to tensor<?xf32>
      return %t, %s, %p, %f : tensor<?x6xf32>, tensor<3x?xf32>, tensor<8x?xf32>, tensor<?xf32>
    }`,
    sizes: [[2], [3], [19], [64]],
  },
  stencil: {
    text: `func.func @main(%x: tensor<40x50xf32>) -> tensor<40x50xf32> {
      %p = array.pad %x low = [1, 0] high = [1, 0] value 0.0 : f32 : tensor<40x50xf32> to tensor<42x50xf32>
      %k = array.full 2.5e-01 : f32, tensor<40x50xf32>
      %a = array.slice %p [0:40:1, 0:50:1] : tensor<42x50xf32> to tensor<40x50xf32>
      %b = array.slice %p [1:41:1, 0:50:1] : tensor<42x50xf32> to tensor<40x50xf32>
      %c = array.slice %p [2:42:1, 0:50:1] : tensor<42x50xf32> to tensor<40x50xf32>
      %0 = array.add %a, %b : tensor<40x50xf32>
      %1 = array.add %0, %c : tensor<40x50xf32>
      %2 = array.mul %1, %k : tensor<40x50xf32>
      return %2 : tensor<40x50xf32>
    }`,
    sizes: [[]],
  },
  'arguments and constants': {
    text: `func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<3xf32>, tensor<20xi32>, tensor<?xf32>) {
      %c = array.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
      %big = array.constant dense<7> : tensor<20xi32>
      return %x, %c, %big, %x : tensor<?xf32>, tensor<3xf32>, tensor<20xi32>, tensor<?xf32>
    }`,
    sizes: [[4]],
  },
  'large constant': {
    text: `func.func @main(%x: tensor<20xf32>) -> tensor<20xf32> {
      %c = array.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0]> : tensor<20xf32>
      %r = array.mul %x, %c : tensor<20xf32>
      return %r : tensor<20xf32>
    }`,
    sizes: [[]],
  },
  shared: {
    text: `func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
      %0 = array.exp %x : tensor<?xf32>
      %1 = array.add %0, %x : tensor<?xf32>
      %2 = array.mul %0, %x : tensor<?xf32>
      return %0, %1, %2 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
    }`,
    sizes: ODD,
  },
  counting: {
    text: `func.func @main(%x: tensor<?x12xi32>) -> tensor<?x12xi32> {
      %n = array.dim %x, 0 : tensor<?x12xi32>
      %i = array.iota dim = 1 : tensor<?x12xi32> (%n)
      %r = array.add %x, %i : tensor<?x12xi32>
      return %r : tensor<?x12xi32>
    }`,
    sizes: ODD.slice(0, 4),
  },
};
