import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as parseHcl } from "@cdktf/hcl2json";
import { App } from "cdktf";
import { parseEnvironments } from "../../stacks/environments";
import { SupportAppStack } from "../../stacks/support-app-stack";

/** Both notations that CDKTF writes. */
export type Notation = "json" | "hcl";

/** The synthesized files' texts, by environment. */
export type Texts = Readonly<Record<string, string>>;

/** Runs `build` on an app whose files come to lie in a folder of their own, and reads them back. */
export function synthesizeApp(build: (app: App) => void, notation: Notation = "json"): Texts {
  const before = process.env.SYNTH_HCL_OUTPUT;
  process.env.SYNTH_HCL_OUTPUT = String(notation === "hcl");
  const outdir = mkdtempSync(join(tmpdir(), "support-app-"));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
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
    if (before === undefined) delete process.env.SYNTH_HCL_OUTPUT;
    else process.env.SYNTH_HCL_OUTPUT = before;
  }
}

/** Synthesizes an environment file, given as its text. */
export function synthesize(environmentsYaml: string, notation: Notation = "json"): Texts {
  const environments = parseEnvironments(environmentsYaml, "environments.yaml");
  return synthesizeApp((app) => {
    for (const environment of environments) new SupportAppStack(app, environment);
  }, notation);
}

/** Terraform configuration as one nested value, the same for both notations. */
export type Terraform = Record<string, Record<string, Record<string, Record<string, unknown>>>>;

/** Parses a synthesized file. */
export async function parseTerraform(text: string, notation: Notation): Promise<Terraform> {
  return normalize(notation === "json" ? JSON.parse(text) : await parseHcl("cdk.tf", text)) as Terraform;
}

/** Takes away what only the notations differ in: CDKTF's comments, lists around a single block, quoted references. */
function normalize(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    const [only] = value;
    const isBlock = value.length === 1 && typeof only === "object";
    return isBlock ? normalize(only) : value.map((item) => normalize(item));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([name]) => name !== "//");
    return Object.fromEntries(entries.map(([name, inside]) => [name, normalize(inside, name)]));
  }
  return key === "to" && typeof value === "string" ? value.replace(/^\$\{(.*)\}$/, "$1") : value;
}
