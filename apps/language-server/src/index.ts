// Public face of the language server: to start it in process, and its flags for the reference.
export { LSP_FLAGS, type LspFlag, lspHelp } from './flags.js';
export { type ServerOptions, serve } from './server.js';
export { Workspace, type WorkspaceOptions } from './workspace.js';
