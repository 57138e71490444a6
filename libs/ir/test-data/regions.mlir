// Regions, blocks, successors, forward references, results.
module @outer attributes {sample.version = 3} {
  %c:2, %d = "sample.source"() : () -> (i32, f32, index)
  "sample.use"(%d, %c#1, %c) : (index, f32, i32) -> ()
  "sample.early"(%late, %group#1) : (i32, i64) -> ()
  %late = "sample.late"() : () -> i32
  %group:2 = "sample.group"() : () -> (i32, i64)
  "sample.empty_regions"() ({}, {}) : () -> ()
  %r = "sample.cfg"(%late) ({
    %x = "sample.first"(%late) : (i32) -> i1
    "sample.cond_br"(%x)[^then, ^bb-else.1] {weights = array<i32: 1, 2>} : (i1) -> ()
  ^then(%a: i32 loc("arg.py":1:1), %b: f32):
    %y = "sample.inner"(%a, %b) ({
      ^bb0(%a_1: i32):
        "sample.yield"(%a_1, %a) : (i32, i32) -> ()
    }) : (i32, f32) -> i32
    "sample.br"(%y)[^exit] : (i32) -> ()
  ^bb-else.1:
    "sample.br"(%late)[^exit] : (i32) -> ()
  ^exit(%z: i32):
    "sample.return"(%z) : (i32) -> ()
  }, {
    "sample.return"() : () -> ()
  }) {name = "cfg"} : (i32) -> i32
  // The same names again: the regions above are closed.
  %x = "sample.x"() : () -> i32
  %y = "sample.y"(%x, %r) : (i32, i32) -> i32
  "sample.graph"() ({
    %p = "sample.p"(%q) : (i32) -> i32
    %q = "sample.q"(%p) : (i32) -> i32
    "sample.end"() : () -> ()
  }) : () -> ()
  "builtin.module"() ({
    %x2 = "sample.isolated"() : () -> i32
    "sample.use"(%x2) : (i32) -> ()
  }) {sym_name = "inner"} : () -> ()
  module {
  }
}
