// What reads the files: each reader says in a word what became of one, and throws where it must not.
import { loadIrdl } from '@budflow/dialect-core';
import { DiagnosticEngine, parseModule, printModule, renderDiagnostic, verify } from '@budflow/ir';
import { parsePipeline, readPipelineConfig } from '@budflow/pass';
import { decodeNpy, RuntimeTrap } from '@budflow/runtime';
import { createContext, createPassRegistry } from 'budflow';

export type Reader = (bytes: Uint8Array) => string | Promise<string>;

const registry = createPassRegistry();

function failed(what: string, diagnostics: readonly { readonly id: string }[]): string {
  const first = diagnostics[0];
  if (!first) throw new Error(`${what}: refused without a diagnostic`);
  if (first.id === 'parse.hook-failed') throw new Error(`${what}: an exception became a diagnostic`);
  return first.id;
}

/** Reads, verifies and prints; what is accepted is read again and prints the same. */
const mlir: Reader = (bytes) => {
  const context = createContext();
  context.allowUnregistered = true;
  const { result: module, diagnostics } = context.diagnostics.collect(() => {
    const parsed = parseModule(bytes, context, { file: 'a.mlir' });
    return parsed && verify(parsed) ? parsed : undefined;
  });
  for (const diagnostic of diagnostics) renderDiagnostic(context, diagnostic);
  if (!module) return failed('mlir', diagnostics);
  const printed = printModule(module);
  const again = context.diagnostics.collect(() => parseModule(printed, context));
  if (!again.result)
    throw new Error(`what was printed is not read again: ${again.diagnostics[0]?.message}\n${printed}`);
  if (printModule(again.result) !== printed) throw new Error(`prints in another way when read again:\n${printed}`);
  return 'accepted';
};

const irdl: Reader = (bytes) => {
  const context = createContext();
  context.allowUnregistered = true;
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(bytes, context);
    return module !== undefined && verify(module) && loadIrdl(module, context);
  });
  for (const diagnostic of diagnostics) renderDiagnostic(context, diagnostic);
  return result ? 'accepted' : failed('irdl', diagnostics);
};

const pipeline: Reader = (bytes) => {
  const diagnostics = new DiagnosticEngine();
  const text = new TextDecoder().decode(bytes);
  return parsePipeline(text, { registry, diagnostics }) ? 'accepted' : failed('pipeline', diagnostics.unhandled);
};

const config: Reader = async (bytes) => {
  const diagnostics = new DiagnosticEngine();
  const text = new TextDecoder().decode(bytes);
  const read = await readPipelineConfig(text, { registry, diagnostics });
  return read ? 'accepted' : failed('config', diagnostics.unhandled);
};

const npy: Reader = (bytes) => {
  try {
    decodeNpy(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof RuntimeTrap && error.kind === 'BadArgument') return error.message.replace(/\d+/g, 'n');
    throw error;
  }
};

export const READERS = { mlir, irdl, pipeline, config, npy } as const;
export type Format = keyof typeof READERS;
