// RUN: bud-opt %s --apply-schedule | bud-filecheck %s
// RUN: not bud-opt %s --apply-schedule=strict 2>&1 | bud-filecheck %s --check-prefix=STRICT

// STRICT: error: 'func.func' op has a schedule that cannot be applied: step 0 (vectorize of loop "neg.d0"): {{.*}}split it first


// Split by four, the inner loop as four lanes, and a loop for what is left over.
// CHECK-LABEL: func.func @vectorized(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?xf32>, %[[ARG1:.*]]: index) attributes {loop.schedule_applied = "[{\22primitive\22:\22split\22,\22loop\22:\22neg.d0\22,\22factor\22:4},{\22primitive\22:\22vectorize\22,\22loop\22:\22neg.d0.i\22}]"} {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to affine_map<()[s0] -> (s0 floordiv 4)>()[%[[ARG1]]] name "neg.d0.o" {
// CHECK-NEXT:      %[[AT:.*]] = loop.apply affine_map<(d0) -> (d0 * 4)>(%[[I]])
// CHECK-NEXT:      %[[VAL_0:.*]] = simd.load %[[ARG0]][%[[AT]]] : memref<?xf32>, vector<4xf32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.negf %[[VAL_0]] : vector<4xf32>
// CHECK-NEXT:      %[[AT_0:.*]] = loop.apply affine_map<(d0) -> (d0 * 4)>(%[[I]])
// CHECK-NEXT:      simd.store %[[VAL_1]], %[[ARG0]][%[[AT_0]]] : memref<?xf32>, vector<4xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    loop.for %[[I:.*]] = max affine_map<()[s0] -> (0, (s0 floordiv 4) * 4)>()[%[[ARG1]]] to %[[ARG1]] name "neg.d0~1" {
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I]]] : memref<?xf32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.negf %[[VAL_0]] : f32
// CHECK-NEXT:      memory.store %[[VAL_1]], %[[ARG0]][%[[I]]] : memref<?xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @vectorized(%a: memref<?xf32>, %n: index) attributes {
    loop.schedule = "[{\"primitive\":\"split\",\"loop\":\"neg.d0\",\"factor\":4},{\"primitive\":\"vectorize\",\"loop\":\"neg.d0.i\"}]"} {
  loop.for %i = 0 to %n name "neg.d0" {
    %0 = memory.load %a[%i] : memref<?xf32>
    %1 = arith.negf %0 : f32
    memory.store %1, %a[%i] : memref<?xf32>
  }
  return
}

// Interchanged.
// CHECK-LABEL: func.func @reordered(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8x16xf32>, %[[ARG1:.*]]: memref<8x16xf32>) attributes {loop.schedule_applied = "[{\22primitive\22:\22reorder\22,\22loops\22:[\22c.d1\22,\22c.d0\22]}]"} {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 16 name "c.d1" {
// CHECK-NEXT:      loop.for %[[I_0:.*]] = 0 to 8 name "c.d0" {
// CHECK-NEXT:        %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I_0]], %[[I]]] : memref<8x16xf32>
// CHECK-NEXT:        memory.store %[[VAL_0]], %[[ARG1]][%[[I_0]], %[[I]]] : memref<8x16xf32>
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @reordered(%a: memref<8x16xf32>, %b: memref<8x16xf32>) attributes {
    loop.schedule = "[{\"primitive\":\"reorder\",\"loops\":[\"c.d1\",\"c.d0\"]}]"} {
  loop.for %i = 0 to 8 name "c.d0" {
    loop.for %j = 0 to 16 name "c.d1" {
      %0 = memory.load %a[%i, %j] : memref<8x16xf32>
      memory.store %0, %b[%i, %j] : memref<8x16xf32>
    }
  }
  return
}

// Unrolled, with the copies next to each other.
// CHECK-LABEL: func.func @unrolled(
// CHECK-SAME:  %[[ARG0:.*]]: memref<2xf32>, %[[ARG1:.*]]: memref<2xf32>) attributes {loop.schedule_applied = "[{\22primitive\22:\22unroll_and_jam\22,\22loop\22:\22c.d0\22}]"} {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[C1:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[C0]]] : memref<2xf32>
// CHECK-NEXT:    %[[VAL_1:.*]] = memory.load %[[ARG0]][%[[C1]]] : memref<2xf32>
// CHECK-NEXT:    memory.store %[[VAL_0]], %[[ARG1]][%[[C0]]] : memref<2xf32>
// CHECK-NEXT:    memory.store %[[VAL_1]], %[[ARG1]][%[[C1]]] : memref<2xf32>
// CHECK-NEXT:    return
func.func @unrolled(%a: memref<2xf32>, %b: memref<2xf32>) attributes {
    loop.schedule = "[{\"primitive\":\"unroll_and_jam\",\"loop\":\"c.d0\"}]"} {
  loop.for %i = 0 to 2 name "c.d0" {
    %0 = memory.load %a[%i] : memref<2xf32>
    memory.store %0, %b[%i] : memref<2xf32>
  }
  return
}

// The number of iterations is not known: the step is refused, and the loop stays as it is.
// CHECK-LABEL: func.func @refused(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?xf32>, %[[ARG1:.*]]: index) attributes {loop.schedule_applied = "[]"} {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to %[[ARG1]] name "neg.d0" {
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I]]] : memref<?xf32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.negf %[[VAL_0]] : f32
// CHECK-NEXT:      memory.store %[[VAL_1]], %[[ARG0]][%[[I]]] : memref<?xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @refused(%a: memref<?xf32>, %n: index) attributes {
    loop.schedule = "[{\"primitive\":\"vectorize\",\"loop\":\"neg.d0\"}]"} {
  loop.for %i = 0 to %n name "neg.d0" {
    %0 = memory.load %a[%i] : memref<?xf32>
    %1 = arith.negf %0 : f32
    memory.store %1, %a[%i] : memref<?xf32>
  }
  return
}
