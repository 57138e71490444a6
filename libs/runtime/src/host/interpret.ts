// Host programs where code from strings is forbidden (content-security policies): the same steps, one by one.
import { evaluateScalar, type HostExpression, type HostNumber } from './expression.js';
import { COLD_CALLS, LATER_CALLS } from './generate.js';
import {
  allSteps,
  customCallValues,
  type HostArray,
  type HostAssignment,
  type HostBlock,
  type HostCall,
  type HostEnvironment,
  type HostFunction,
  type HostProgram,
  type HostResults,
  type HostStep,
  type HostWord,
  holdsFor,
  isFixedWord,
  siteOffsets,
} from './program.js';

/** A runnable program by interpretation; does exactly what the generated code does. */
export function interpretHost(program: HostProgram, environment: HostEnvironment): HostFunction {
  const { offsets } = siteOffsets(program);
  const written = new Map<HostCall, HostWord[]>();
  for (const step of allSteps(program.steps))
    if (step.kind === 'call')
      written.set(
        step,
        step.words.filter((word) => !isFixedWord(program, word)),
      );
  const calls = program.sites.map(() => 0);

  type Slots = HostNumber[];
  const scalar = (e: HostExpression, slots: Slots): HostNumber => evaluateScalar(e, slots, environment.scalars);
  const evaluateExpression = (e: HostExpression, slots: Slots): number => scalar(e, slots) as number;
  const assign = (list: readonly HostAssignment[], slots: Slots): void => {
    const values = list.map(({ value }) => scalar(value, slots));
    list.forEach(({ slot }, i) => {
      slots[slot] = values[i]!;
    });
  };

  function call(step: HostCall, slots: Slots): void {
    const view = environment.words();
    const words = new DataView(view.buffer, view.byteOffset, view.byteLength);
    const { site } = step;
    for (const { word, value, kind } of written.get(step)!) {
      const at = offsets[site]! + word * 8;
      const v = scalar(value, slots) as number;
      if (kind === 'f32') words.setFloat32(at, v, true);
      else if (kind === 'f64') words.setFloat64(at, v, true);
      else words.setBigInt64(at, BigInt(v), true);
    }
    const end = evaluateExpression(step.chunks, slots);
    if (end > 1 && environment.parallel && program.sites[site]!.parallel) {
      environment.parallel(site, end);
      return;
    }
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

  interface Frame {
    readonly slots: Slots;
    readonly blocks: Map<number, HostBlock>;
    readonly owners: (HostBlock | null)[];
  }

  function run(steps: readonly HostStep[], frame: Frame): void {
    const { slots, blocks, owners } = frame;
    for (const step of steps) {
      switch (step.kind) {
        case 'let':
          slots[step.slot] = scalar(step.value, slots);
          break;
        case 'allocate': {
          const destination =
            step.result === undefined ? 0 : (slots[program.results[step.result]!.destination] as number);
          if (destination !== 0) {
            slots[step.slot] = destination;
            break;
          }
          const block = environment.allocate(evaluateExpression(step.bytes, slots), step.at);
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
          break;
        case 'load':
          slots[step.slot] = environment.load(step.dtype, evaluateExpression(step.address, slots));
          break;
        case 'store':
          environment.store(step.dtype, evaluateExpression(step.address, slots), scalar(step.value, slots));
          break;
        case 'expect': {
          const array = ({ address, sizes }: HostArray) =>
            [evaluateExpression(address, slots), sizes.map((size) => evaluateExpression(size, slots))] as const;
          environment.expect(step, ...array(step.actual), ...array(step.expected));
          break;
        }
        case 'assert':
          if (!scalar(step.condition, slots))
            environment.assertionTrap(step.message, step.at, step.trap ?? 'CheckFailed');
          break;
        case 'custom':
          environment.custom(
            step.number,
            customCallValues(step).map((e) => evaluateExpression(e, slots)),
          );
          break;
        case 'invoke': {
          const made = environment.invoke(
            step.function,
            step.parameters.map((e) => scalar(e, slots)),
          );
          step.results.forEach((slot, i) => {
            blocks.set(slot, made.blocks[i]!);
            slots[slot] = made.blocks[i]!.address;
          });
          step.sizes.forEach((slot, i) => {
            slots[slot] = made.sizes[i]!;
          });
          break;
        }
        case 'if': {
          const holds = scalar(step.condition, slots);
          run(holds ? step.taken : step.otherwise, frame);
          assign(holds ? step.thenYields : step.otherwiseYields, slots);
          break;
        }
        case 'for': {
          assign(step.inits, slots);
          const end = evaluateExpression(step.to, slots);
          for (let i = evaluateExpression(step.from, slots); i < end; i += step.step) {
            slots[step.slot] = i;
            run(step.body, frame);
            assign(step.yields, slots);
          }
          break;
        }
        case 'while':
          assign(step.inits, slots);
          for (;;) {
            run(step.before, frame);
            const goesOn = scalar(step.condition, slots);
            assign(step.passed, slots);
            if (!goesOn) break;
            run(step.after, frame);
            assign(step.yields, slots);
          }
      }
    }
  }

  return (parameters: ArrayLike<HostNumber>, results: HostResults) => {
    const slots = new Array<HostNumber>(program.slotCount).fill(0);
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
      run(program.steps, { slots, blocks, owners });
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
