// Outlines fusions to kernel functions: views of the inputs, the fusion, stores of its results. Equal kernels are one.
import { IN_PLACE_ATTR } from '@budflow/analysis';
import { FuncOp, ReturnOp } from '@budflow/dialect-core';
import { MaterializeOp, ToTensorOp } from '@budflow/dialect-memory';
import { setKernelInfo } from '@budflow/dialect-rt';
import {
  Block,
  Builder,
  type Operation,
  Region,
  StringAttr,
  SymbolTable,
  symbolName,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { hashNested, sameOp } from '../../general/op-equality.js';
import { bufferized } from './types.js';

/** Output `output` of a kernel is stored over input `input`. */
export interface InPlace {
  readonly input: number;
  readonly output: number;
}

export interface KernelForm {
  readonly inPlace: readonly InPlace[];
  /** The output to which each result of the fusion is stored. */
  readonly destinations: readonly number[];
}

export class KernelOutliner {
  private readonly symbols: SymbolTable;
  /** Kernels by what ops they are made of. */
  private readonly known = new Map<number, Operation[]>();
  private readonly counters = new Map<string, number>();
  shared = 0;

  constructor(module: Operation) {
    this.symbols = new SymbolTable(module);
  }

  /** Moves a fusion into a kernel function before `host` and returns the kernel's name. The fusion op stays. */
  outline(fusion: Operation, host: Operation, { inPlace, destinations }: KernelForm): string {
    const { context } = fusion;
    const tensors = fusion.region(0).entry.arguments.map((v) => v.type);
    const inputs = tensors.map((t) => bufferized(context, t));
    const outputs: Type[] = [];
    fusion.results.forEach((v, i) => {
      outputs[destinations[i]!] = bufferized(context, v.type);
    });
    const types = [...inputs, ...outputs];

    // 1. The body.
    const region = new Region();
    const block = region.append(new Block());
    const args = types.map((type) => block.addArgument(type));
    const builder = Builder.atEnd(context, block);
    const mapping = new Map<Value, Value>();
    fusion.operands.forEach((operand, i) => {
      const type = tensors[i]!;
      const isTensor = type instanceof TensorType;
      mapping.set(
        operand,
        isTensor ? ToTensorOp.build(builder, fusion.loc, { memref: args[i]!, resultTypes: [type] }) : args[i]!,
      );
    });
    const copy = builder.insert(fusion.clone(mapping));
    // Of results that share a destination the first is what remains there.
    for (let i = copy.resultCount - 1; i >= 0; i--)
      MaterializeOp.create(builder, fusion.loc, {
        tensor: copy.result(i),
        memref: args[inputs.length + destinations[i]!]!,
      });
    ReturnOp.create(builder, fusion.loc, { operands: [] });

    // 2. The function.
    const kernel = FuncOp.create(new Builder(context), fusion.loc, {
      sym_name: 'kernel',
      sym_visibility: 'private',
      function_type: context.functionType(types, []),
      regions: [region],
    });
    setKernelInfo(kernel, { inputs: inputs.length, outputs: outputs.length });
    if (inPlace.length > 0) {
      const attributes = types.map(() => context.emptyDictionary);
      for (const { input, output } of inPlace)
        attributes[inputs.length + output] = context.dictionary([[IN_PLACE_ATTR, context.i64Attr(input)]]);
      kernel.setAttr('arg_attrs', context.arrayAttr(attributes));
    }

    // 3. One function for all equal ones.
    const hash = hashNested(kernel);
    const alike = this.known.get(hash) ?? [];
    for (const other of alike) {
      kernel.setAttr('sym_name', other.attr('sym_name') ?? null);
      if (!sameOp(other, kernel)) continue;
      kernel.destroy();
      this.shared++;
      return symbolName(other)!;
    }
    kernel.setAttr('sym_name', context.stringAttr(this.nextName(host)));
    const name = this.symbols.insert(kernel, host);
    this.known.set(hash, [...alike, kernel]);
    return name;
  }

  private nextName(host: Operation): string {
    const symbol = host.attr('sym_name');
    const name = symbol instanceof StringAttr ? symbol.value : 'main';
    const count = this.counters.get(name) ?? 0;
    this.counters.set(name, count + 1);
    return `${name}_k${count}`;
  }
}
