// Starts `spotter lsp` and lets the editor speak to it; everything else is the server's.
const { execFile } = require("node:child_process");
const { commands, env, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const SETTING = "spotter.command";
const OPEN_SETTING = "Open the setting";

// What an author writes. Not the old side of a comparison: it has lost the files beside it, and every name would be wrong.
const WRITTEN = ["file", "untitled"].map((scheme) => ({ scheme, language: "spotter" }));

let client;
let lastChange = Promise.resolve();

exports.activate = (context) => {
  const watcher = workspace.createFileSystemWatcher("**/*.rules");
  const restartWhenSet = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(SETTING)) restart(watcher);
  });
  const startWhenTrusted = workspace.onDidGrantWorkspaceTrust(() => restart(watcher));
  context.subscriptions.push(watcher, restartWhenSet, startWhenTrusted);
  return restart(watcher);
};

exports.deactivate = () => stop();

function restart(watcher) {
  lastChange = lastChange.then(stop).then(() => start(watcher));
  return lastChange;
}

async function start(watcher) {
  if (!workspace.isTrusted) return;
  const command = workspace.getConfiguration().get(SETTING);
  const failure = await failureOf(command);
  if (failure) {
    tell(command, failure);
    return;
  }
  client = new LanguageClient(
    "spotter",
    "Spotter rules",
    { command, args: ["lsp"] },
    { documentSelector: WRITTEN, synchronize: { fileEvents: watcher } },
  );
  await client.start().catch(() => undefined); // the client has said why
}

async function stop() {
  const running = client;
  client = undefined;
  if (running?.isRunning()) await running.stop();
}

function failureOf(command) {
  return new Promise((resolve) => execFile(command, ["--version"], resolve)).catch((error) => error);
}

async function tell(command, failure) {
  const what = failure.code === "ENOENT" ? "was not found" : "does not run";
  const message = `\`${command}\` ${what}, so rules are coloured but not checked. Enter the full path of the Spotter command.`;
  const chosen = await window.showErrorMessage(message, OPEN_SETTING);
  const settings = env.remoteName ? "openRemoteSettings" : "openSettings"; // a path is a matter of the machine it is on
  if (chosen) await commands.executeCommand(`workbench.action.${settings}`, { query: SETTING });
}
