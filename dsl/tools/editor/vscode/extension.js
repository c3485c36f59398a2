// Starts `spotter lsp` and lets the editor speak to it; everything else is the server's.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("spotter").get("command");
  const watcher = workspace.createFileSystemWatcher("**/*.rules");
  client = new LanguageClient(
    "spotter",
    "Spotter rules",
    { command, args: ["lsp"] },
    { documentSelector: [{ language: "spotter" }], synchronize: { fileEvents: watcher } },
  );
  return client.start();
};

exports.deactivate = () => client?.stop();
