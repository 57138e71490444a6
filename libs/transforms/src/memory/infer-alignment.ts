// infer-alignment: writes on vector accesses what their addresses are multiples of.
//
//   loop.for %i = 0 to 64 {
//     %at = loop.apply affine_map<(d0) -> (d0 * 16 + 4)>(%i)
//     %v = simd.load %a[%at] : memref<?xf32>, vector<4xf32>     ->    %v = simd.load %a[%at] {alignment = 16 : i64}
//
// Buffers of the heap, of the program's arena and of the scratch arena begin at multiples of 64 bytes (backend-api,
// BLOCK_ALIGNMENT): what callers pass to public functions, allocations, and views by their offsets. A kernel's argument is
// aligned as that of all its calls. Back ends put it into the instruction: `align=16` of a Wasm v128.load. It is a promise
// to engines, no condition: an address that is none is read right, and WebAssembly engines of today produce the same code.
// Rows that begin anywhere in a cache line are reported, since vectors of theirs straddle two.
// Requires: scratch-assignment before, where kernels have private buffers. Preserves everything but attributes.
import { Alignments, argumentIndex, BUFFER_ALIGNMENT, gcd } from '@budflow/analysis';
import { CallKernelOp, calledKernel, isKernel } from '@budflow/dialect-rt';
import { byteWidth, MemRefType, type Operation, StringAttr, type Value, VectorType } from '@budflow/ir';
import { definePass, type PassRun } from '@budflow/pass';

const VECTOR_ACCESSES = new Set(['simd.load', 'simd.store', 'simd.masked_load', 'simd.masked_store']);

export const inferAlignment = definePass({
  name: 'infer-alignment',
  summary: 'tell vector loads and stores what their addresses are multiples of',
  anchor: 'builtin.module',
  statistics: {
    aligned: 'vector accesses known to be aligned to their size',
    partly: 'those known to be aligned to less, but more than an element',
    unaligned: 'those of which nothing is known',
  },
  run(module, pass) {
    const functions = module.region(0).entry.ops.filter((op) => op.name === 'func.func' && !op.region(0).isEmpty);

    // 1. What kernels are called with. Kernels do not call kernels: one round is enough.
    const arguments_ = new Map<Operation, number[]>();
    for (const host of functions) {
      if (isKernel(host)) continue;
      const alignments = new Alignments((v) => (isPublic(host) ? argumentOf(host, v, BUFFER_ALIGNMENT) : undefined));
      host.walk((op) => {
        const kernel = CallKernelOp.is(op) ? calledKernel(op) : null;
        if (kernel === null) return;
        const known = arguments_.get(kernel) ?? [];
        op.operands.forEach((value, i) => {
          if (value.type instanceof MemRefType) known[i] = gcd(known[i] ?? 0, alignments.ofBuffer(value));
        });
        arguments_.set(kernel, known);
      });
    }

    // 2. Accesses.
    let changed = false;
    for (const func of functions) {
      const known = arguments_.get(func);
      const isEntry = !isKernel(func) && isPublic(func);
      const alignments = new Alignments((v) =>
        known ? known[argumentIndex(func, v) ?? -1] : isEntry ? argumentOf(func, v, BUFFER_ALIGNMENT) : undefined,
      );
      func.walk((op) => {
        if (VECTOR_ACCESSES.has(op.name)) changed = annotate(op, alignments, pass) || changed;
      });
      reportRows(func, pass);
    }
    if (!changed) pass.unchanged();
  },
});

function isPublic(func: Operation): boolean {
  const visibility = func.attr('sym_visibility');
  return !(visibility instanceof StringAttr) || visibility.value === 'public';
}

function argumentOf(func: Operation, value: Value, alignment: number): number | undefined {
  return argumentIndex(func, value) === undefined ? undefined : alignment;
}

/** Sets the attribute; returns whether that says more than the access did. */
function annotate(op: Operation, alignments: Alignments, { statistic }: Pick<PassRun, 'statistic'>): boolean {
  const type = [...op.results, ...op.operands].find((v) => v.type instanceof VectorType)!.type as VectorType;
  const element = byteWidth(type.element) ?? 1;
  const bytes = element * type.lanes;
  const found = alignments.ofAccess(op) ?? element;
  // Powers of two, no more than a line.
  const alignment = Math.min(BUFFER_ALIGNMENT, found === 0 ? BUFFER_ALIGNMENT : found & -found);
  statistic(alignment >= bytes ? 'aligned' : alignment > element ? 'partly' : 'unaligned');
  const before = op.attr('alignment');
  if (alignment <= element || (before && 'number' in before && Number(before.number) >= alignment)) return false;
  op.setAttr('alignment', op.context.i64Attr(alignment));
  return true;
}

/** One remark for each argument whose rows do not begin at multiples of a vector. */
function reportRows(func: Operation, { remark }: Pick<PassRun, 'remark'>): void {
  if (!isKernel(func)) return;
  const seen = new Set<Value>();
  func.walk((op) => {
    if (op.name !== 'simd.load' && op.name !== 'simd.store') return;
    const memref = op.operand(op.name === 'simd.load' ? 0 : 1);
    const index = argumentIndex(func, memref);
    const type = memref.type as MemRefType;
    const vector = (op.name === 'simd.load' ? op.result(0) : op.operand(0)).type as VectorType;
    const row = (type.shape[type.rank - 1] ?? 0) * (byteWidth(type.element) ?? 1);
    const bytes = vector.lanes * (byteWidth(type.element) ?? 1);
    if (index === undefined || seen.has(memref) || type.rank < 2 || row <= bytes || row % bytes === 0) return;
    seen.add(memref);
    remark({
      kind: 'missed',
      name: 'unaligned-rows',
      message: `rows of arg${index} are ${row} bytes apart, no multiple of ${bytes}: vectors of theirs straddle cache lines`,
      at: op,
    });
  });
}
