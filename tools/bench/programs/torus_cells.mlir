// Cells of a grid on a torus, by remainders that are not negative, of a number that is no power of two and one that is.
func.func @main(%x: tensor<{{N}}xi32>, %y: tensor<{{N}}xi32>) -> (tensor<{{N}}xi32>) {
  %zero = array.constant dense<0> : tensor<{{N}}xi32>
  %w = array.constant dense<640> : tensor<{{N}}xi32>
  %h = array.constant dense<480> : tensor<{{N}}xi32>
  %b = array.constant dense<64> : tensor<{{N}}xi32>
  %pm = array.rem %x, %w : tensor<{{N}}xi32>
  %pa = array.cmp lt, %pm, %zero : tensor<{{N}}xi32>
  %pl = array.add %pm, %w : tensor<{{N}}xi32>
  %i = array.select %pa, %pl, %pm : tensor<{{N}}xi32>
  %qm = array.rem %y, %h : tensor<{{N}}xi32>
  %qa = array.cmp lt, %qm, %zero : tensor<{{N}}xi32>
  %ql = array.add %qm, %h : tensor<{{N}}xi32>
  %j = array.select %qa, %ql, %qm : tensor<{{N}}xi32>
  %r = array.mul %j, %w : tensor<{{N}}xi32>
  %c = array.add %r, %i : tensor<{{N}}xi32>
  %t = array.sub %c, %y : tensor<{{N}}xi32>
  %vm = array.rem %t, %b : tensor<{{N}}xi32>
  %va = array.cmp lt, %vm, %zero : tensor<{{N}}xi32>
  %vl = array.add %vm, %b : tensor<{{N}}xi32>
  %u = array.select %va, %vl, %vm : tensor<{{N}}xi32>
  %o = array.xor %c, %u : tensor<{{N}}xi32>
  return %o : tensor<{{N}}xi32>
}
