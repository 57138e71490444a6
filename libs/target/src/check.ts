// A structural check of parsed JSON, driven by a schema. It reports every problem with the JSON pointer of its place.

import { nearest } from './nearest.js';
import type { Schema } from './schema.js';

/** One problem: where (a JSON pointer, empty for the whole) and what. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** All places where `value` departs from `schema`. */
export function checkStructure(value: unknown, schema: Schema): Issue[] {
  const issues: Issue[] = [];
  check(value, schema, '', issues);
  return issues;
}

function check(value: unknown, schema: Schema, path: string, issues: Issue[]): void {
  const problem = mismatch(value, schema);
  if (problem) {
    issues.push({ path, message: `expected ${problem}, got ${show(value)}` });
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => {
      if (schema.items) check(item, schema.items, `${path}/${i}`, issues);
    });
  } else if (typeof value === 'object' && value !== null) {
    checkProperties(value as Record<string, unknown>, schema, path, issues);
  }
}

function checkProperties(value: Record<string, unknown>, schema: Schema, path: string, issues: Issue[]): void {
  const properties = schema.properties ?? {};
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) issues.push({ path, message: `the property "${key}" is missing` });
  }
  for (const [key, item] of Object.entries(value)) {
    const place = `${path}/${escapePointer(key)}`;
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known) check(item, known, place, issues);
    else if (schema.additionalProperties) check(item, schema.additionalProperties, place, issues);
    else if (schema.additionalProperties === false)
      issues.push({ path: place, message: unknownProperty(key, properties) });
  }
}

function unknownProperty(key: string, properties: Readonly<Record<string, Schema>>): string {
  const meant = nearest(key, Object.keys(properties));
  const hint = meant ? `did you mean "${meant}"?` : `there are ${Object.keys(properties).join(', ')}`;
  return `there is no property "${key}"; ${hint}`;
}

/** What was expected if the value itself does not fit; its parts are not looked at. */
function mismatch(value: unknown, schema: Schema): string | undefined {
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object';
    case 'array': {
      const { minItems = 0 } = schema;
      if (Array.isArray(value) && value.length >= minItems) return undefined;
      return minItems > 0 ? `an array of at least ${minItems} items` : 'an array';
    }
    case 'string':
      if (schema.enum) {
        return schema.enum.includes(value as string) ? undefined : schema.enum.map((s) => `"${s}"`).join(' or ');
      }
      if (typeof value === 'string' && value.length >= (schema.minLength ?? 0)) return undefined;
      return schema.minLength ? 'a non-empty string' : 'a string';
    case 'integer':
    case 'number':
      return isNumber(value, schema) ? undefined : `${schema.type}${bound(schema)}`;
    default:
      return schema.type satisfies never;
  }
}

function isNumber(value: unknown, schema: Schema): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (schema.type === 'integer' && !Number.isInteger(value)) return false;
  if (schema.minimum !== undefined && value < schema.minimum) return false;
  return schema.exclusiveMinimum === undefined || value > schema.exclusiveMinimum;
}

function bound(schema: Schema): string {
  if (schema.minimum !== undefined) return ` >= ${schema.minimum}`;
  return schema.exclusiveMinimum !== undefined ? ` > ${schema.exclusiveMinimum}` : '';
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
