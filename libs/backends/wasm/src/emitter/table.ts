// All ops the emitter can write, by name.
import type { Operation, Type } from '@budflow/ir';
import { checkMap, emitMap } from './affine.js';
import { dimensionOf } from './buffers.js';
import { checkConstant } from './constants.js';
import type { FunctionEmitter } from './function-emitter.js';
import { mapOf } from './index-facts.js';
import type { Features, OpEntry, OpTable } from './op-table.js';
import { CONVERT_OPS } from './ops-convert.js';
import { FLOAT_OPS } from './ops-float.js';
import { INTEGER_OPS } from './ops-integer.js';
import { LANE_OPS } from './ops-lanes.js';
import { MEMORY_OPS } from './ops-memory.js';
import { checkTypes } from './ops-support.js';
import { representationOf } from './representation.js';

const nothing = (): void => {};

function affine(combine: 'min' | 'max'): OpEntry {
  return {
    kind: 'pure',
    check: (op) => checkMap(mapOf(op)),
    emit: (e: FunctionEmitter, op: Operation) => {
      emitMap(e, op, mapOf(op)!, 0, combine);
    },
  };
}

function checkRegions(op: Operation): string | null {
  for (const region of op.regions) {
    if (region.blocks.length > 1) return 'regions of several blocks are not supported';
    for (const argument of region.isEmpty ? [] : region.entry.arguments)
      if (representationOf(argument.type) === null) return `values of type ${argument.type} are not supported`;
  }
  return checkTypes(op);
}

const STRUCTURE: Readonly<Record<string, OpEntry>> = {
  'arith.constant': { kind: 'pure', check: checkConstant, emit: nothing },
  'memory.dim': { kind: 'pure', emit: (e, op) => e.emitExtent(op.operand(0), dimensionOf(op)) },
  'loop.apply': affine('min'),
  'loop.min': affine('min'),
  'loop.max': affine('max'),
  'memory.alloca': { kind: 'buffer', emit: nothing },
  'memory.view': { kind: 'buffer', emit: nothing },
  'memory.cast': { kind: 'buffer', emit: nothing },
  'memory.reshape': { kind: 'buffer', emit: nothing },
  'loop.for': {
    kind: 'control',
    check: (op) => checkRegions(op) ?? checkMap(mapOf(op, 'lowerBound')) ?? checkMap(mapOf(op, 'upperBound')),
    emit: nothing,
  },
  'loop.while': { kind: 'control', check: checkRegions, emit: nothing },
  'loop.if': { kind: 'control', check: checkRegions, emit: nothing },
  'loop.yield': { kind: 'terminator', emit: nothing },
  'loop.condition': { kind: 'terminator', emit: nothing },
  'func.return': { kind: 'terminator', emit: nothing },
};

const ENTRIES = new Map<string, OpEntry>();
for (const group of [STRUCTURE, INTEGER_OPS, FLOAT_OPS, CONVERT_OPS, LANE_OPS, MEMORY_OPS]) {
  for (const [name, entry] of Object.entries(group)) ENTRIES.set(name, entry);
}

/** The table for a target's features. */
export function opTable(features: Features): OpTable {
  return {
    features,
    find: (op: Operation) => ENTRIES.get(op.info.name),
    representation: (type: Type) => representationOf(type),
  };
}
