import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Variables that would choose something other than what is in the project. */
const FOREIGN = ["TERRAFORM_BINARY_NAME", "SUPPORT_APP_ENVIRONMENTS", "CDKTF_OUTDIR", "TF_PLUGIN_CACHE_DIR"];

/** A project in which a script stands in for Terraform, and what is told and learned by files in the folder `OUT`. */
export interface StandIn {
  readonly folder: string;
  readonly out: string;
  /** Writes a file for the script. */
  tell(file: string, text?: string | number): void;
  /** The lines of a file that a script has written; none where it isn't there. */
  seen(file: string): string[];
}

/** Gives each test a project of its own, in which it runs. Its app is `sh app.sh`. */
export function standInForTerraform(script: string): StandIn {
  const root = process.cwd();
  const before = { ...process.env };
  let folder = "";
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-stand-in-")));
    mkdirSync(join(folder, "seen"));
    writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: "sh app.sh" }));
    writeFileSync(join(folder, "terraform"), script);
    chmodSync(join(folder, "terraform"), 0o755);
    for (const part of ["cli", "stacks", "modules", "node_modules", "package.json", "tsconfig.json"]) {
      symlinkSync(join(root, part), join(folder, part));
    }
    process.chdir(folder);
    process.env = { ...before, OUT: join(folder, "seen"), PATH: `${folder}:${before.PATH}` };
    for (const name of FOREIGN) delete process.env[name];
  });
  afterEach(() => {
    process.chdir(root);
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    get out() {
      return join(folder, "seen");
    },
    tell: (file, text = "") => writeFileSync(join(folder, "seen", file), String(text)),
    seen: (file) => {
      const path = join(folder, "seen", file);
      return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
    },
  };
}
