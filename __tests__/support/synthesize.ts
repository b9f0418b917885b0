import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import type { RulesFile } from "../../stacks/environments/rules/rules-schema";
import { writeStacks } from "../../stacks/synthesize";

/** Both notations that CDKTF writes. */
export type Notation = "json" | "hcl";

/** The synthesized files' texts, by environment. */
export type Texts = Readonly<Record<string, string>>;

/** Synthesizes environments into a folder of their own, as CDKTF's command would ask for it, and reads the files back. */
export function synthesizeEnvironments(environments: readonly Environment[], notation: Notation = "json"): Texts {
  const outdir = mkdtempSync(join(tmpdir(), "support-app-"));
  try {
    synthesizeInto(outdir, environments, notation);
    const manifest: { stacks: Record<string, { synthesizedStackPath: string }> } = JSON.parse(
      readFileSync(join(outdir, "manifest.json"), "utf8"),
    );
    return Object.fromEntries(
      Object.entries(manifest.stacks).map(([name, stack]) => [
        name,
        readFileSync(join(outdir, stack.synthesizedStackPath), "utf8"),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Synthesizes environments into a folder, as CDKTF's command would ask for it, with the rules that hold for them. */
export function synthesizeInto(
  outdir: string,
  environments: readonly Environment[],
  notation: Notation = "json",
  rules?: RulesFile,
): void {
  const before = { ...process.env };
  try {
    process.env.SYNTH_HCL_OUTPUT = String(notation === "hcl");
    process.env.CDKTF_OUTDIR = outdir;
    writeStacks(environments, undefined, undefined, rules);
  } finally {
    process.env = before;
  }
}

/** Synthesizes an environment file, given as its text. */
export function synthesize(environmentsYaml: string, notation: Notation = "json"): Texts {
  return synthesizeEnvironments(parseEnvironments(environmentsYaml, "environments.yaml"), notation);
}

/** Terraform configuration as one nested value. */
export type Terraform = Record<string, Record<string, Record<string, Record<string, unknown>>>>;

/** Parses a synthesized file in JSON. */
export function parseTerraform(text: string): Terraform {
  return normalize(JSON.parse(text)) as Terraform;
}

/** Takes away CDKTF's comments, and lists around a single block. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only] = value;
    const isBlock = value.length === 1 && typeof only === "object";
    return isBlock ? normalize(only) : value.map(normalize);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name, child]) => name !== "//" || typeof child === "string");
  return Object.fromEntries(entries.map(([name, child]) => [name, normalize(child)]));
}
