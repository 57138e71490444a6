// Starts the language server. `vscode` is there in every extension; `vscode-languageclient` comes with `npm install` in
// this folder.
const { workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = () => {
  const settings = workspace.getConfiguration('budflow');
  const server = settings.get('server');
  const given = settings.get('serverArguments');
  const isScript = server.endsWith('.js');
  const run = {
    command: isScript ? process.execPath : server,
    args: [...(isScript ? [server] : []), '--stdio', ...given],
    options: isScript ? { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } } : {},
  };
  client = new LanguageClient(
    'budflow',
    'Budflow',
    { run, debug: run },
    {
      documentSelector: [{ language: 'mlir' }, { language: 'json', pattern: '**/*.pipeline.json' }],
    },
  );
  return client.start();
};
exports.deactivate = () => client?.stop();
