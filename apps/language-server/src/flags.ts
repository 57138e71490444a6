// The flags of bud-lsp.

export interface LspFlag {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
  readonly repeat?: true;
  readonly help: string;
}

export const LSP_FLAGS: readonly LspFlag[] = [
  { name: 'stdio', help: 'Speak over standard input and output. There is no other way; editors may say so.' },
  {
    name: 'allow-unregistered-dialect',
    help: 'Accept ops, types and attributes of unknown dialects in every file. A RUN line with this flag does so for its file.',
  },
  {
    name: 'load',
    value: 'MODULE',
    repeat: true,
    help: 'Know the dialects and passes of a plug-in: a file or an installed package. May be repeated.',
  },
  {
    name: 'project-plugins',
    help: 'Load the plug-ins that `budflow.plugins` in the package.json of the workspace names. It runs code of the project: only for projects that are trusted.',
  },
  {
    name: 'clientProcessId',
    value: 'PID',
    help: 'Some editors give it; the server ends when this process does.',
  },
  { name: 'help', short: 'h', help: 'This text.' },
  { name: 'version', help: 'The version.' },
];

export function lspHelp(): string {
  const lines = LSP_FLAGS.map((flag) => {
    const head = `  ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}${flag.value ? `=${flag.value}` : ''}`;
    return `${head.padEnd(34)}${flag.help}\n`;
  });
  return `bud-lsp is a language server for MLIR text and pipeline configs.

Usage: bud-lsp [FLAGS]

${lines.join('')}
An editor starts it and speaks to it in the Language Server Protocol; its README says how to set up
VS Code, Neovim, Emacs and Helix.

Exit codes: 0 fine, 1 ended without a shutdown, 2 a wrong command line.
`;
}
