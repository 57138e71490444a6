// Set-up of the tests under BUDFLOW_ABLATE=PASS (check-ablate.mjs): the pass of that name does nothing, whoever runs it.
import { vi } from 'vitest';

vi.mock('@budflow/pass', async (original) => {
  const pass = await original<typeof import('@budflow/pass')>();
  const definePass: typeof pass.definePass = (spec) =>
    pass.definePass(
      spec.name === process.env.BUDFLOW_ABLATE ? { ...spec, run: (_, { unchanged }) => unchanged() } : spec,
    );
  return { ...pass, definePass };
});
