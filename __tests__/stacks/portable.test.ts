import { readdirSync } from "node:fs";
import { parseEnvironments } from "../../stacks/environments";
import { portableEnvironment } from "../../stacks/portable";

test("what isn't written needs no folder, neither a temporary one nor one of this project", () => {
  const { TMPDIR } = process.env;
  const yaml = 'environments: { one: { account: "111122223333", region: us-east-1, read-only: {} } }';
  const found = readdirSync(".");
  process.env.TMPDIR = "/dev/null";
  const [terraform] = parseEnvironments(yaml, "environments.yaml").map(portableEnvironment);
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  expect(Object.keys(terraform ?? {})).toContain("resource");
  expect(readdirSync(".")).toEqual(found);
});
