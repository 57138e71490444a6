// Locations of all kinds, some through aliases that only the end of the file defines.
#file = loc("early.py":1:1)
module {
  %0 = "sample.a"() : () -> i32 loc("a.py":10:5)
  "sample.b"(%0) : (i32) -> () loc(#loc1)
  "sample.c"(%0) ({
  ^bb0(%x: i32 loc(#loc2), %y: i32 loc(unknown)):
    "sample.d"(%x) : (i32) -> () loc(callsite("callee" at #file))
    "sample.e"() : () -> () loc(fused["part", "file.py":1:2])
    "sample.f"() : () -> () loc(fused<"pass">["part"])
    "sample.g"() : () -> () loc("named"("file.py":3:4))
    "sample.h"() : () -> () loc("only a name")
  }) : (i32) -> () loc(unknown)
} loc(#loc3)
#loc1 = loc("b.py":2:2)
#loc2 = loc("c.py":3:3)
#loc3 = loc(callsite(#loc1 at #loc2))
