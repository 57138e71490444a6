// The JSON schema of pipeline configs, composed from the option literals of the registered passes. It validates
// configs, gives editors completion, and documents the passes.
import type { PassDefinition } from './define-pass.js';
import type { PassRegistry } from './registry.js';

export type JsonSchema = { readonly [key: string]: unknown };

export const NUMERICS_MODES = ['strict', 'default', 'fast'] as const;
export type NumericsMode = (typeof NUMERICS_MODES)[number];

/** Draft-07 schema of `{ "$schema"?, "anchor"?, "pipeline": [...], "target"?, "numerics"? }`. */
export function composePipelineSchema(registry: PassRegistry): JsonSchema {
  const passes = registry.all;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Budflow pipeline',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      anchor: { type: 'string', default: 'builtin.module', description: 'Name of the op the pipeline runs on.' },
      pipeline: { $ref: '#/definitions/pipeline' },
      target: { type: 'string', description: 'Name of a target description, or path of its file.' },
      numerics: { type: 'string', enum: [...NUMERICS_MODES], description: 'What is promised about rounding.' },
    },
    required: ['pipeline'],
    additionalProperties: false,
    definitions: {
      pipeline: { type: 'array', items: { $ref: '#/definitions/item' }, description: 'Passes in order.' },
      item: {
        type: ['string', 'object'],
        if: { type: 'string' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
        then: { $ref: '#/definitions/passName' },
        else: {
          if: { required: ['anchor'] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
          then: { $ref: '#/definitions/nested' },
          else: { $ref: '#/definitions/passWithOptions' },
        },
      },
      passName: {
        enum: [...passes.map((pass) => pass.name), ...registry.pipelineNames],
        description: 'A pass with default options, or a named pipeline.',
        markdownEnumDescriptions: [
          ...passes.map((pass) => pass.summary),
          ...registry.pipelineNames.map((name) => `The pipeline ${name}`),
        ],
      },
      nested: {
        type: 'object',
        description: 'Passes that run on each op of one name.',
        properties: {
          anchor: { type: 'string', description: 'Name of the ops, or "any".' },
          pipeline: { $ref: '#/definitions/pipeline' },
        },
        required: ['anchor', 'pipeline'],
        additionalProperties: false,
      },
      passWithOptions: {
        type: 'object',
        properties: { pass: { $ref: '#/definitions/passName' }, options: { type: 'object' } },
        required: ['pass'],
        additionalProperties: false,
        allOf: passes.map((pass) => ({
          if: { required: ['pass'], properties: { pass: { const: pass.name } } },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
          then: { properties: { options: { $ref: `#/definitions/${optionsKey(pass.name)}` } } },
        })),
      },
      ...Object.fromEntries(passes.map((pass) => [optionsKey(pass.name), optionsSchema(pass)])),
    },
  };
}

function optionsKey(name: string): string {
  return `options-${name}`;
}

/** The options of one pass as a schema of their own. */
export function optionsSchema(pass: PassDefinition): JsonSchema {
  return {
    type: 'object',
    description: `Options of ${pass.name}: ${pass.summary}`,
    properties: pass.options,
    additionalProperties: false,
  };
}
