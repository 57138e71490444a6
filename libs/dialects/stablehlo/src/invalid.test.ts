// What the verifiers report: the smallest wrong op for every kind of diagnostic.
import { expect, test } from 'vitest';
import { errorsOf, newContext } from './testing/harness.js';
import { CASES } from './testing/invalid.js';

test.each(CASES)('reports %s', (id, parameters, body, message) => {
  // A region may end with an op of another dialect.
  const context = newContext();
  context.allowUnregistered = true;
  const errors = errorsOf(
    `func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @f(${parameters}) {
${body}
return
}`,
    context,
  );
  expect(errors.map((e) => e.slice(0, e.indexOf(':')))).toEqual([id]);
  expect(errors[0]).toContain(message);
});
