import { readdirSync } from "node:fs";
import { parseEnvironments } from "../../stacks/environments/environments";
import { withoutRemarks } from "../../stacks/output/stack-digest";
import { writtenStack } from "../../stacks/written-stack";
import { folderInTests } from "../support/folder";
import { synthesizeEnvironments } from "../support/synthesize";

const ENVIRONMENTS = parseEnvironments(
  `environments:
  local: { account: "111122223333", region: us-east-1, full: { channels: [{ name: a, workspace: T1, channel: C1 }] } }
  shared: { account: "222233334444", region: us-east-1, read-only: {}, backend: { type: cloud, organization: acme } }
  retired: { account: "444455556666", region: us-east-1, full: {}, retired: true }`,
  "environments.yaml",
);
const scratch = folderInTests();

test("the written stack is the synthesized one, without its digest and CDKTF's remarks", () => {
  const texts = synthesizeEnvironments(ENVIRONMENTS);
  for (const environment of ENVIRONMENTS) {
    const { output, ...rest } = withoutRemarks(JSON.parse(texts[environment.name] ?? ""));
    const { support_app_digest: digest, ...outputs } = output as Record<string, unknown>;
    expect(digest).toBeDefined();
    const path = (rest as { terraform: { backend?: { local?: { path?: string } } } }).terraform.backend?.local?.path;
    const terraform = writtenStack({ environment, statePath: path });
    expect(terraform).toEqual(Object.keys(outputs).length > 0 ? { ...rest, output: outputs } : rest);
  }
});

test("writing a stack in memory writes no files", () => {
  const folder = process.cwd();
  try {
    process.chdir(scratch());
    for (const environment of ENVIRONMENTS) writtenStack({ environment });
  } finally {
    process.chdir(folder);
  }
  expect(readdirSync(scratch())).toEqual([]);
});

test("an environment that breaks a rule of the constructs isn't written", () => {
  const [environment] = ENVIRONMENTS;
  if (!environment) throw new Error("Received no environment, expected one.");
  const accesses = (["read-only", "full"] as const).map((access) => ({ access, roleName: "same" }));
  expect(() => writtenStack({ environment: { ...environment, accesses } })).toThrow(
    'received "same", expected a unique name',
  );
});
