// RUN: bud-opt %s --symbol-dce | bud-filecheck %s --implicit-check-not=@dead

// What is public stays, and what it calls; functions that only call themselves or each other go.
// CHECK-LABEL: func.func @main() {
// CHECK-NEXT:    call @live() : () -> ()
// CHECK-NEXT:    return
func.func @main() {
  call @live() : () -> ()
  return
}

// CHECK-LABEL: func.func private @live() {
// CHECK-NEXT:    return
func.func private @live() {
  return
}
func.func private @dead_alone() {
  call @dead_alone() : () -> ()
  return
}
func.func private @dead_pair_a() {
  call @dead_pair_b() : () -> ()
  return
}
func.func private @dead_pair_b() {
  call @dead_pair_a() : () -> ()
  return
}
