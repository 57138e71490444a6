// `npm run docs`: writes docs/reference.
import { writeReference } from './write.js';

const { written, removed, unchanged, missing } = writeReference();
for (const path of written) console.log(`wrote docs/reference/${path}`);
for (const path of removed) console.log(`removed docs/reference/${path}`);
for (const name of missing) console.log(`no page for ${name}: '${name} --help' does not run`);
console.log(`${written.length} written, ${removed.length} removed, ${unchanged} unchanged`);
