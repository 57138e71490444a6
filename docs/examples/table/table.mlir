// The pixels of a photograph as a table: counted, sorted, evened out; README.md defines every column.
func.func @main(%image: tensor<400x600x3xui8>) -> (tensor<400x600xui8>, tensor<256xi32>, tensor<240000xi32>, tensor<240000xi32>, tensor<100xi32>) {
  %zero = array.constant dense<0> : tensor<i32>
  %one = array.full 1 : i32, tensor<240000xi32>
  %empty = array.full 0 : i32, tensor<256xi32>
  // Brightness in ten thousandths of a level, exactly.
  %weights = array.constant dense<[2126, 7152, 722]> : tensor<3xi32>
  %table = array.reshape %image : tensor<400x600x3xui8> to tensor<240000x3xui8>
  %colours = array.cast %table : tensor<240000x3xui8> to tensor<240000x3xi32>
  %w = array.broadcast %weights dims = [1] : tensor<3xi32> to tensor<240000x3xi32>
  %weighted = array.mul %colours, %w : tensor<240000x3xi32>
  %brightness = array.reduce add %weighted init %zero dims = [1] : tensor<240000x3xi32>, tensor<i32> to tensor<240000xi32>
  // Histogram of the levels.
  %unit = array.full 10000 : i32, tensor<240000xi32>
  %level = array.div %brightness, %unit : tensor<240000xi32>
  %histogram = array.scatter %empty at %level updates %one collapsed = [0] map = [0] vector = 1 : tensor<256xi32>, tensor<240000xi32>, tensor<240000xi32> body(%a: i32, %b: i32) {
    %sum = arith.addi %a, %b : i32
    array.yield %sum : i32
  }
  // Each level becomes the share of pixels up to it.
  %up_to = array.scan add %histogram init %zero dim = 0 : tensor<256xi32>, tensor<i32>
  %most = array.full 255 : i32, tensor<256xi32>
  %count = array.full 240000 : i32, tensor<256xi32>
  %scaled = array.mul %up_to, %most : tensor<256xi32>
  %curve = array.div %scaled, %count : tensor<256xi32>
  %bytes = array.cast %curve : tensor<256xi32> to tensor<256xui8>
  %even = array.gather %bytes, %level window = [] collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<256xui8>, tensor<240000xi32> to tensor<240000xui8>
  %picture = array.reshape %even : tensor<240000xui8> to tensor<400x600xui8>
  // Rows by brightness, and each hundredth of them.
  %rows = array.iota dim = 0 : tensor<240000xi32>
  %sorted:2 = array.sort %brightness, %rows dim = 0 stable ascending : tensor<240000xi32>, tensor<240000xi32>
  %quantiles = array.slice %sorted#0 [0:240000:2400] : tensor<240000xi32> to tensor<100xi32>
  return %picture, %histogram, %sorted#0, %sorted#1, %quantiles : tensor<400x600xui8>, tensor<256xi32>, tensor<240000xi32>, tensor<240000xi32>, tensor<100xi32>
}
