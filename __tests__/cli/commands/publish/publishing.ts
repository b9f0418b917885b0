import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { printedInTests } from "../../../support/printed";

/** The environments that are published, where a test doesn't say others. */
export const YAML = `environments:
  production:
    account: "444455556666"
    region: us-east-1
    account-alias: Payments
    read-only: { policy: aws-managed, channels: [{ name: support-watch, workspace: T01, channel: C01 }] }
    full:
      without: [resolve-cases]
      permissions-boundary: arn:aws:iam::444455556666:policy/boundary
      channels: [{ name: support-oncall, workspace: T01, channel: C02 }]
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

/** Runs `support-app publish`. */
export interface Publishing {
  /** Where it all is, until the tests have ended. */
  readonly scratch: string;
  /** Runs the command with those options, for that environments.yaml. */
  readonly publish: (yaml: string, ...args: string[]) => Promise<{ status: number; output: string }>;
  /** The path of a folder that isn't there yet. */
  readonly newFolder: () => string;
  /** A published folder. */
  readonly published: (yaml?: string, ...args: string[]) => Promise<string>;
}

/** To be called where tests are described. */
export function publishingInTests(): Publishing {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "support-app-publish-")));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const printed = printedInTests();
  afterEach(() => {
    delete process.env.SUPPORT_APP_ENVIRONMENTS;
    delete process.env.TZ;
  });
  let folders = 0;
  const publishing: Publishing = {
    scratch,
    publish: async (yaml, ...args) => {
      const file = join(scratch, "environments.yaml");
      writeFileSync(file, yaml);
      process.env.SUPPORT_APP_ENVIRONMENTS = file;
      const status = await runSupportApp(["publish", ...args]);
      return { status, output: printed.splice(0).join("\n") };
    },
    newFolder: () => join(scratch, `folder-${folders++}`),
    published: async (yaml = YAML, ...args) => {
      const folder = publishing.newFolder();
      expect(await publishing.publish(yaml, "--out", folder, "--version", "1.2.0", ...args)).toMatchObject({
        status: 0,
      });
      return folder;
    },
  };
  return publishing;
}

/** The files of a folder and of all folders in it, by their path. */
export function filesOf(folder: string, below = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true })
      .flatMap((entry) => {
        const path = join(below, entry.name);
        return entry.isDirectory()
          ? Object.entries(filesOf(folder, path))
          : [[path, readFileSync(join(folder, path), "utf8")]];
      })
      .sort(),
  );
}
