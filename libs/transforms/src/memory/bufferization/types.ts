// Buffer types of tensors.
import { type Context, IntegerType, type MemRefType, TensorType, type Type } from '@budflow/ir';

/** Elements in buffers are signless: the ops know how to read them. */
function bufferElement(context: Context, element: Type): Type {
  return element instanceof IntegerType ? context.integer(element.width) : element;
}

export function bufferType(context: Context, tensor: TensorType): MemRefType {
  return context.memref(tensor.shape, bufferElement(context, tensor.element));
}

/** Tensor types become buffer types, others stay. */
export function bufferized(context: Context, type: Type): Type {
  return type instanceof TensorType ? bufferType(context, type) : type;
}
