/* Stands in for actions/upload-artifact 7: each artifact has an ID, in WORKFLOW_ARTIFACTS, and a name that only `overwrite` gives again. */
const { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } =
  require("node:fs");
const { basename, dirname, join } = require("node:path");

const { env } = process;
const store = env.WORKFLOW_ARTIFACTS;
const { INPUT_NAME: name, INPUT_PATH: path } = env;
const folder = dirname(path);
const pattern = new RegExp(`^${basename(path).replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
const names = existsSync(folder) ? readdirSync(folder).filter((file) => pattern.test(file)) : [];
const only = names.length === 1 ? join(folder, names[0]) : undefined;
const isHidden = (file) => /^\.[^.]/.test(basename(file));
const filter = (file) => env["INPUT_INCLUDE-HIDDEN-FILES"] === "true" || !isHidden(file);

if (names.length === 0) {
  const reaction = env["INPUT_IF-NO-FILES-FOUND"] || "warn";
  console.log(`No files were found with the provided path: ${path}. No artifacts will be uploaded. (${reaction})`);
  process.exit(reaction === "error" ? 1 : 0);
}
const nameOf = (id) => readFileSync(join(store, id, "name"), "utf8");
for (const id of readdirSync(store).filter((artifact) => nameOf(artifact) === name)) {
  if (env.INPUT_OVERWRITE !== "true") throw new Error("Conflict: an artifact with this name already exists");
  rmSync(join(store, id), { recursive: true });
}
// Two jobs at once have different ones. GitHub's are larger, but act reads numbers of 32 bits.
const id = String(1 + (Date.now() % 2_000_000) * 1000 + (process.pid % 1000));
const content = join(store, `.${id}`);
mkdirSync(join(content, "files"), { recursive: true });
writeFileSync(join(content, "name"), name);
if (only !== undefined && statSync(only).isDirectory())
  cpSync(only, join(content, "files"), { recursive: true, filter });
else
  for (const file of names.filter(filter))
    cpSync(join(folder, file), join(content, "files", file), { recursive: true });
require("node:fs").renameSync(content, join(store, id));
appendFileSync(env.GITHUB_OUTPUT, `artifact-id=${id}\n`);
