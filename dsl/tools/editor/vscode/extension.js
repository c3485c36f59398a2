// Starts `spotter lsp` and lets the editor speak to it; everything else is the server's.
const { execFile } = require("node:child_process");
const { commands, env, window, workspace } = require("vscode");

const SETTING = "spotter.command";

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
  const LanguageClient = failure ? tellOfCommand(command, failure) : installedClient();
  if (!LanguageClient) return;
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

// --- what can be missing: silence would look like rules without a fault ---

function failureOf(command) {
  return new Promise((resolve) => execFile(command, ["--version"], resolve)).catch((error) => error);
}

function tellOfCommand(command, failure) {
  const what = failure.code === "ENOENT" ? "was not found" : "does not run";
  const settings = env.remoteName ? "openRemoteSettings" : "openSettings"; // a path is a matter of the machine it is on
  const open = [`workbench.action.${settings}`, { query: SETTING }];
  tell(`\`${command}\` ${what}. Enter the full path of the Spotter command.`, "Open the setting", open);
}

function installedClient() {
  try {
    return require("vscode-languageclient/node").LanguageClient;
  } catch {
    tell(`run \`npm ci\` in ${__dirname}.`, "Reload the window", ["workbench.action.reloadWindow"]);
  }
}

async function tell(why, offer, command) {
  const chosen = await window.showErrorMessage(`Rules are coloured but not checked: ${why}`, offer);
  if (chosen) await commands.executeCommand(...command);
}
