/*
 * Stands in for actions/download-artifact 8: several matches of a pattern are extracted into a folder each, a single one into
 * the path itself, as one that is named by its name or ID; none is no failure. Without any of them, it downloads all.
 */
const { cpSync, readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const { env } = process;
const store = env.WORKFLOW_ARTIFACTS;
const { INPUT_NAME: name = "", INPUT_PATTERN: pattern = "*", INPUT_PATH: path, "INPUT_ARTIFACT-IDS": ids = "" } = env;
const artifacts = readdirSync(store)
  .filter((id) => !id.startsWith("."))
  .map((id) => ({ id, name: readFileSync(join(store, id, "name"), "utf8") }));
const matchesPattern = (artifact) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(artifact.name);
const isSelected = (artifact) =>
  name !== "" ? artifact.name === name : ids !== "" ? ids.split(",").includes(artifact.id) : matchesPattern(artifact);
const selected = artifacts.filter(isSelected);
if (selected.length === 0 && (name !== "" || ids !== "")) throw new Error(`Artifact not found: ${name || ids}`);
if (env["INPUT_MERGE-MULTIPLE"] === "true")
  throw new Error("Received merge-multiple: one artifact could overwrite another's files.");
for (const artifact of selected) {
  const target = selected.length === 1 ? path : join(path, artifact.name);
  cpSync(join(store, artifact.id, "files"), target, { recursive: true });
}
console.log(`Total of ${selected.length} artifact(s) downloaded`);
