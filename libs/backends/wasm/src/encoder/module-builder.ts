// Collects the parts of a module and writes its sections in order. A pure byte layer: it knows the binary format and
// nothing of compilers. Imports come first, since function indices count them.

import { ByteBuffer } from './byte-buffer.js';
import { EncoderError } from './errors.js';
import { FunctionBuilder } from './function-builder.js';
import { Op } from './opcodes.js';
import type { FunctionOptions, GlobalOptions, MemoryLimits } from './types.js';
import { ValueType, valueTypeName } from './types.js';

const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
  data: 11,
} as const;
const KIND = { function: 0, memory: 2, global: 3 } as const;
const NAME_SUBSECTION = { module: 0, function: 1, local: 2 } as const;
const MAX_PAGES = 65536;

interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}
interface Import {
  readonly module: string;
  readonly field: string;
  readonly typeIndex: number;
}
interface MemoryDefinition extends MemoryLimits {
  /** Where it is imported from; defined here if absent. */
  readonly from?: { readonly module: string; readonly field: string };
}
interface Export {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** What to write beside the code. */
export interface BuildOptions {
  /** Write the name section (default: if anything has a name). */
  readonly names?: boolean;
}

/** Builder of one module. `build` may be called again after further additions. */
export class ModuleBuilder {
  readonly #name: string | undefined;
  readonly #types: FunctionType[] = [];
  readonly #typeIndices = new Map<string, number>();
  readonly #imports: Import[] = [];
  readonly #importNames: string[] = [];
  readonly #functions: FunctionBuilder[] = [];
  readonly #globals: GlobalOptions[] = [];
  readonly #exports: Export[] = [];
  readonly #exportNames = new Set<string>();
  readonly #data: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  #memory: MemoryDefinition | null = null;

  constructor(options: { readonly name?: string } = {}) {
    this.#name = options.name;
  }

  /** Index of a function type; equal types share one. */
  type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}:${results.join()}`;
    let index = this.#typeIndices.get(key);
    if (index === undefined) {
      index = this.#types.push({ params: [...params], results: [...results] }) - 1;
      this.#typeIndices.set(key, index);
    }
    return index;
  }

  /** Imports a function and returns its index. All imports come before the first function. */
  importFunction(
    module: string,
    field: string,
    params: readonly ValueType[],
    results: readonly ValueType[] = [],
  ): number {
    if (this.#functions.length > 0) {
      throw new EncoderError(
        `import ${module}.${field}: imports come before functions, and ${this.#functions.length} are already there`,
      );
    }
    this.#importNames.push(`${module}.${field}`);
    return this.#imports.push({ module, field, typeIndex: this.type(params, results) }) - 1;
  }

  /** Imports the memory. A module has one memory, imported or its own. */
  importMemory(module: string, field: string, limits: MemoryLimits): void {
    this.#setMemory({ ...limits, from: { module, field } });
  }

  /** Gives the module a memory of its own, exported if named. */
  memory(limits: MemoryLimits, options: { readonly export?: string } = {}): void {
    this.#setMemory(limits);
    if (options.export !== undefined) this.exportMemory(options.export);
  }

  #setMemory(memory: MemoryDefinition): void {
    if (this.#memory) throw new EncoderError('the module already has a memory');
    const { min, max, shared } = memory;
    if (!(min >= 0 && min <= MAX_PAGES)) {
      throw new EncoderError(`memory: a minimum of ${min} pages is not in 0..${MAX_PAGES}`);
    }
    if (max !== undefined && !(max >= min && max <= MAX_PAGES)) {
      throw new EncoderError(`memory: a maximum of ${max} pages is not in ${min}..${MAX_PAGES}`);
    }
    if (shared && max === undefined) throw new EncoderError('memory: a shared memory needs a maximum');
    this.#memory = memory;
  }

  /** Adds a function; fill it through the builder. */
  function(options: FunctionOptions = {}): FunctionBuilder {
    const typeIndex = this.type(options.params ?? [], options.results ?? []);
    const f = new FunctionBuilder(this.#imports.length + this.#functions.length, typeIndex, options);
    this.#functions.push(f);
    if (options.export !== undefined) this.exportFunction(options.export, f.index);
    return f;
  }

  /** Adds a global and returns its index. */
  global(options: GlobalOptions): number {
    const index = this.#globals.push(options) - 1;
    if (options.export !== undefined) this.#export(options.export, KIND.global, index);
    return index;
  }

  exportFunction(name: string, functionIndex: number): void {
    const count = this.#imports.length + this.#functions.length;
    if (!(functionIndex >= 0 && functionIndex < count)) {
      throw new EncoderError(`export ${name}: there is no function ${functionIndex}`);
    }
    this.#export(name, KIND.function, functionIndex);
  }

  exportMemory(name: string): void {
    if (!this.#memory) throw new EncoderError(`export ${name}: the module has no memory yet`);
    this.#export(name, KIND.memory, 0);
  }

  #export(name: string, kind: number, index: number): void {
    if (this.#exportNames.has(name)) throw new EncoderError(`export ${name}: the name is already taken`);
    this.#exportNames.add(name);
    this.#exports.push({ name, kind, index });
  }

  /** Bytes copied to the constant address `offset` of the memory at instantiation. */
  data(offset: number, bytes: Uint8Array): void {
    this.#data.push({ offset, bytes });
  }

  /** Writes the module. */
  build(options: BuildOptions = {}): Uint8Array<ArrayBuffer> {
    let capacity = 1024;
    for (const f of this.#functions) capacity += f.codeLength + 64;
    for (const segment of this.#data) capacity += segment.bytes.length + 16;
    const out = new ByteBuffer(capacity);
    out.u32(0x6d736100);
    out.u32(1);
    this.#writeTypes(out);
    this.#writeImports(out);
    this.#writeFunctions(out);
    this.#writeMemory(out);
    this.#writeGlobals(out);
    this.#writeExports(out);
    this.#writeCode(out);
    this.#writeData(out);
    if (options.names !== false) this.#writeNames(out);
    return out.toBytes();
  }

  #writeTypes(out: ByteBuffer): void {
    if (this.#types.length === 0) return;
    const start = beginSection(out, SECTION.type);
    out.uleb32(this.#types.length);
    for (const type of this.#types) {
      out.byte(0x60);
      out.uleb32(type.params.length);
      out.bytes(type.params);
      out.uleb32(type.results.length);
      out.bytes(type.results);
    }
    out.endSized(start);
  }

  #writeImports(out: ByteBuffer): void {
    const memory = this.#memory;
    const count = this.#imports.length + (memory?.from ? 1 : 0);
    if (count === 0) return;
    const start = beginSection(out, SECTION.import);
    out.uleb32(count);
    for (const entry of this.#imports) {
      out.utf8(entry.module);
      out.utf8(entry.field);
      out.byte(KIND.function);
      out.uleb32(entry.typeIndex);
    }
    if (memory?.from) {
      out.utf8(memory.from.module);
      out.utf8(memory.from.field);
      out.byte(KIND.memory);
      writeLimits(out, memory);
    }
    out.endSized(start);
  }

  #writeFunctions(out: ByteBuffer): void {
    if (this.#functions.length === 0) return;
    const start = beginSection(out, SECTION.function);
    out.uleb32(this.#functions.length);
    for (const f of this.#functions) out.uleb32(f.typeIndex);
    out.endSized(start);
  }

  #writeMemory(out: ByteBuffer): void {
    if (!this.#memory || this.#memory.from) return;
    const start = beginSection(out, SECTION.memory);
    out.uleb32(1);
    writeLimits(out, this.#memory);
    out.endSized(start);
  }

  #writeGlobals(out: ByteBuffer): void {
    if (this.#globals.length === 0) return;
    const start = beginSection(out, SECTION.global);
    out.uleb32(this.#globals.length);
    for (const global of this.#globals) {
      out.byte(global.type);
      out.byte(global.mutable ? 1 : 0);
      writeConstant(out, global);
      out.byte(Op.end);
    }
    out.endSized(start);
  }

  #writeExports(out: ByteBuffer): void {
    if (this.#exports.length === 0) return;
    const start = beginSection(out, SECTION.export);
    out.uleb32(this.#exports.length);
    for (const entry of this.#exports) {
      out.utf8(entry.name);
      out.byte(entry.kind);
      out.uleb32(entry.index);
    }
    out.endSized(start);
  }

  #writeCode(out: ByteBuffer): void {
    if (this.#functions.length === 0) return;
    const start = beginSection(out, SECTION.code);
    out.uleb32(this.#functions.length);
    for (const f of this.#functions) f.writeTo(out);
    out.endSized(start);
  }

  #writeData(out: ByteBuffer): void {
    if (this.#data.length === 0) return;
    if (!this.#memory) throw new EncoderError('data segments need a memory');
    const start = beginSection(out, SECTION.data);
    out.uleb32(this.#data.length);
    for (const segment of this.#data) {
      out.byte(0);
      out.byte(Op.i32_const);
      out.sleb32(segment.offset);
      out.byte(Op.end);
      out.uleb32(segment.bytes.length);
      out.bytes(segment.bytes);
    }
    out.endSized(start);
  }

  #writeNames(out: ByteBuffer): void {
    const named = this.#functions.filter((f) => f.name !== undefined);
    const withLocals = this.#functions.filter((f) => f.localNames !== null);
    if (this.#name === undefined && named.length === 0 && withLocals.length === 0) return;
    const start = beginSection(out, SECTION.custom);
    out.utf8('name');
    if (this.#name !== undefined) {
      out.byte(NAME_SUBSECTION.module);
      const size = out.beginSized();
      out.utf8(this.#name);
      out.endSized(size);
    }
    if (named.length + this.#importNames.length > 0) {
      out.byte(NAME_SUBSECTION.function);
      const size = out.beginSized();
      out.uleb32(named.length + this.#importNames.length);
      this.#importNames.forEach((name, index) => {
        out.uleb32(index);
        out.utf8(name);
      });
      for (const f of named) {
        out.uleb32(f.index);
        out.utf8(f.name ?? '');
      }
      out.endSized(size);
    }
    if (withLocals.length > 0) {
      out.byte(NAME_SUBSECTION.local);
      const size = out.beginSized();
      out.uleb32(withLocals.length);
      for (const f of withLocals) writeLocalNames(out, f);
      out.endSized(size);
    }
    out.endSized(start);
  }
}

function beginSection(out: ByteBuffer, id: number): number {
  out.byte(id);
  return out.beginSized();
}

function writeLimits(out: ByteBuffer, limits: MemoryLimits): void {
  out.byte((limits.max !== undefined ? 1 : 0) | (limits.shared ? 2 : 0));
  out.uleb32(limits.min);
  if (limits.max !== undefined) out.uleb32(limits.max);
}

function writeLocalNames(out: ByteBuffer, f: FunctionBuilder): void {
  const names = f.localNames ?? [];
  let count = 0;
  for (const name of names) if (name !== undefined) count++;
  out.uleb32(f.index);
  out.uleb32(count);
  names.forEach((name, local) => {
    if (name === undefined) return;
    out.uleb32(local);
    out.utf8(name);
  });
}

function writeConstant(out: ByteBuffer, { type, initial }: GlobalOptions): void {
  if (type === ValueType.v128 && initial instanceof Uint8Array && initial.length === 16) {
    out.byte(Op.v128_const >>> 16);
    out.uleb32(Op.v128_const & 0xffff);
    out.bytes(initial);
  } else if (type === ValueType.i64 && !(initial instanceof Uint8Array)) {
    out.byte(Op.i64_const);
    out.sleb64(initial);
  } else if (type === ValueType.i32 && typeof initial === 'number') {
    out.byte(Op.i32_const);
    out.sleb32(initial);
  } else if (type === ValueType.f32 && typeof initial === 'number') {
    out.byte(Op.f32_const);
    out.f32(initial);
  } else if (type === ValueType.f64 && typeof initial === 'number') {
    out.byte(Op.f64_const);
    out.f64(initial);
  } else {
    throw new EncoderError(`global: ${String(initial)} is not a constant of ${valueTypeName(type)}`);
  }
}
