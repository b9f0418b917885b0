import { readdirSync } from "node:fs";
import os from "node:os";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { portableEnvironment } from "../../../stacks/portable/portable";

afterEach(() => jest.restoreAllMocks());

test("what isn't written needs no folder, neither a temporary one nor one of this project", () => {
  const yaml = 'environments: { one: { account: "111122223333", region: us-east-1, read-only: {} } }';
  const found = readdirSync(".");
  jest.spyOn(os, "tmpdir").mockReturnValue("/dev/null");
  const [terraform] = parseEnvironments(yaml, "environments.yaml").map(portableEnvironment);
  expect(Object.keys(terraform ?? {})).toContain("resource");
  expect(Object.keys(terraform?.terraform ?? {})).toEqual(["required_version", "required_providers"]); // no backend
  expect(readdirSync(".")).toEqual(found);
});
