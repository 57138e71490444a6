// The coverage table as data, for the page in docs/reference.
export { ELEMENT_TYPES, type ElementType } from './numbers.js';
export { ENTRIES, WITHOUT_ELEMENTS } from './table.js';
