// bufferize: tensors become buffers and fusions become kernels, in one walk over each function.
//
//   func.func @main(%x: tensor<8xf32>) -> ..     func.func private @main_k0(%in: memref<8xf32>, %out: memref<8xf32>) {..}
//     %r = array.fusion(%a = %x : ..) {..}       func.func @main(%x: memref<8xf32>) -> memref<8xf32> {
//     return %r                             ->     %r = memory.alloc() : memref<8xf32>
//                                                  rt.call_kernel @main_k0 ins(%x : ..) outs(%r : ..)
//                                                  return %r
//
// Requires instruction-fusion: what computes is inside fusions. One-shot and destination-passing after MLIR: the caller
// allocates, results never alias arguments, and an intermediate that dies at a kernel which needs it point by point is
// overwritten. Loops and branches pass buffers by pointer. A kernel holds its fusion between memory.to_tensor and memory.materialize; array-to-loop takes it from there.
import { FuncOp } from '@budflow/dialect-core';
import { isKernel } from '@budflow/dialect-rt';
import { type Operation, symbolName, TensorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { type CallGraphNode, callGraph } from '../general/inlining/call-graph.js';
import { HostFunction, holdsTensors } from './bufferization/host.js';
import { KernelOutliner } from './bufferization/kernels.js';

export const bufferize = definePass({
  name: 'bufferize',
  summary: 'turn tensors into buffers and fusions into kernel functions',
  anchor: 'builtin.module',
  dependentDialects: ['memory', 'rt', 'func', 'arith'],
  statistics: {
    kernels: 'kernel calls',
    shared: 'kernels that are equal to an earlier one',
    buffers: 'buffers allocated',
    'in-place': 'results written over an input that dies',
    copies: 'values copied because they are arguments, constants or parts of others',
    swapped: 'carried values that change places with the memory they are computed into',
  },
  run(module, pass) {
    if (reportRecursion(module)) {
      pass.signalFailure();
      return;
    }
    const outliner = new KernelOutliner(module);
    for (const func of module.region(0).entry.ops) {
      if (!FuncOp.is(func) || isKernel(func)) continue;
      const type = FuncOp.function_type(func);
      if (func.region(0).isEmpty) {
        if ([...type.inputs, ...type.results].some((t) => t instanceof TensorType))
          func.emitError(
            'bufferize.declaration',
            'takes or returns tensors but has no body; only functions with a body can be compiled',
          );
        continue;
      }
      const host = new HostFunction(func, outliner);
      if (!host.run()) {
        pass.signalFailure();
        return;
      }
      const { kernels, buffers, inPlace, copies, swapped } = host.statistics;
      pass.statistic('kernels', kernels);
      pass.statistic('buffers', buffers);
      pass.statistic('in-place', inPlace);
      pass.statistic('copies', copies);
      pass.statistic('swapped', swapped);
    }
    pass.statistic('shared', outliner.shared);
  },
});

/** Programs have no stack: a function of arrays that calls itself, directly or through others, is an error. */
function reportRecursion(module: Operation): boolean {
  const nodes = callGraph(module).filter(({ callable }) => holdsTensors(callable));
  const name = ({ callable }: CallGraphNode) => `@${symbolName(callable)}`;
  for (const start of nodes) {
    // The shortest way back to where it starts.
    const ways = new Map<CallGraphNode, readonly CallGraphNode[]>([[start, [start]]]);
    for (const [node, way] of ways) {
      for (const { call, callee } of node.calls) {
        if (callee === null) continue;
        if (callee === start) {
          call.emitError(
            'bufferize.recursion',
            `closes a cycle of calls, ${[...way, start].map(name).join(' -> ')}: programs of arrays cannot be recursive; use loop.for or loop.while`,
          );
          return true;
        }
        if (!ways.has(callee)) ways.set(callee, [...way, callee]);
      }
    }
  }
  return false;
}
