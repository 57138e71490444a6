// Host programs where code from strings is forbidden (content-security policies): the same steps, one by one.
import { evaluateExpression } from './expression.js';
import { COLD_CALLS, LATER_CALLS } from './generate.js';
import {
  type HostBlock,
  type HostCall,
  type HostEnvironment,
  type HostFunction,
  type HostProgram,
  type HostResults,
  type HostWord,
  holdsFor,
  isFixedWord,
  siteOffsets,
} from './program.js';

/** A runnable program by interpretation; does exactly what the generated code does. */
export function interpretHost(program: HostProgram, environment: HostEnvironment): HostFunction {
  const { offsets } = siteOffsets(program);
  const written = new Map<HostCall, HostWord[]>();
  for (const step of program.steps)
    if (step.kind === 'call')
      written.set(
        step,
        step.words.filter((word) => !isFixedWord(program, word)),
      );
  const calls = program.sites.map(() => 0);

  function call(step: HostCall, slots: Float64Array): void {
    const view = environment.words();
    const words = new DataView(view.buffer, view.byteOffset, view.byteLength);
    const { site } = step;
    for (const { word, value, kind } of written.get(step)!) {
      const at = offsets[site]! + word * 8;
      const v = evaluateExpression(value, slots);
      if (kind === 'f32') words.setFloat32(at, v, true);
      else if (kind === 'f64') words.setFloat64(at, v, true);
      else words.setBigInt64(at, BigInt(v), true);
    }
    const end = evaluateExpression(step.chunks, slots);
    const stride = calls[site]! < COLD_CALLS ? 1 : Math.ceil(end / LATER_CALLS);
    const kernel = environment.kernels[site]!;
    const args = environment.blocks[site]!;
    for (let begin = 0; begin < end; ) {
      const next = kernel(args, begin, Math.min(begin + stride, end));
      if (next <= begin) environment.kernelTrap(site, begin, next);
      begin = next;
      calls[site]!++;
    }
  }

  return (parameters: ArrayLike<number>, results: HostResults) => {
    const slots = new Float64Array(program.slotCount);
    for (let i = 0; i < program.parameterCount; i++) slots[i] = parameters[i]!;
    program.constants.forEach(({ slot }, i) => {
      slots[slot] = environment.constants[i]!;
    });
    program.requirements.forEach((requirement, i) => {
      const l = evaluateExpression(requirement.left, slots);
      const r = evaluateExpression(requirement.right, slots);
      if (!holdsFor(requirement, l, r)) environment.requirementTrap(i, l, r);
    });
    const blocks = new Map<number, HostBlock>();
    const owners: (HostBlock | null)[] = program.results.map(() => null);
    try {
      for (const step of program.steps) {
        switch (step.kind) {
          case 'let':
            slots[step.slot] = evaluateExpression(step.value, slots);
            break;
          case 'allocate': {
            const destination = step.result === undefined ? 0 : slots[program.results[step.result]!.destination]!;
            if (destination !== 0) {
              slots[step.slot] = destination;
              break;
            }
            const block = environment.allocate(evaluateExpression(step.bytes, slots));
            blocks.set(step.slot, block);
            slots[step.slot] = block.address;
            if (step.result !== undefined) owners[step.result] = block;
            break;
          }
          case 'free':
            environment.free(blocks.get(step.slot)!);
            blocks.delete(step.slot);
            break;
          case 'copy':
            environment.copy(
              evaluateExpression(step.to, slots),
              evaluateExpression(step.from, slots),
              evaluateExpression(step.bytes, slots),
            );
            break;
          case 'call':
            call(step, slots);
        }
      }
    } catch (error) {
      for (const block of blocks.values()) environment.free(block);
      throw error;
    }
    let position = 0;
    program.results.forEach(({ sizes }, i) => {
      results.blocks[i] = owners[i]!;
      for (const size of sizes) results.sizes[position++] = evaluateExpression(size, slots);
    });
  };
}
