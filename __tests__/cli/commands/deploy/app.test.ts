import { rmSync, writeFileSync } from "node:fs";
import { runApp } from "../../../../cli/commands/deploy/app";
import { CommandError } from "../../../../cli/terminal/command-error";
import { type ChildResult, type Children, Interrupted } from "../../../../cli/terraform/children";
import { folderInTests } from "../../../support/folder";

const before = { ...process.env };
let run: jest.MockedFunction<Children["run"]>;
let stop: AbortController;
folderInTests({ isWorkingDirectory: true });
beforeEach(() => {
  writeFileSync("cdktf.json", '{ "app": "npm run synth" }');
  stop = new AbortController();
  run = jest.fn<Promise<ChildResult>, Parameters<Children["run"]>>(async () => ({ status: 0, stdout: "" }));
});
afterEach(() => {
  process.env = { ...before };
});

const app = (...only: string[]) => runApp({ run, stop: stop.signal }, only);

test("the app runs in a shell, for all environments, without secrets that it doesn't need", async () => {
  process.env = { AWS_PROFILE: "payments", TF_VAR_token: "t", SLACK_BOT_TOKEN: "xoxb-1", SLACK_BOT_TOKENS: "a" };
  expect(await app()).toBe("cdktf.out");
  const env = { AWS_PROFILE: "payments", SLACK_BOT_TOKENS: "a", CDKTF_OUTDIR: "cdktf.out" };
  expect(run.mock.calls).toEqual([["npm run synth", [], { shell: true, env }]]);
});

test("the app writes into the folder that cdktf.json names, only the environments that are needed", async () => {
  writeFileSync("cdktf.json", '{ "app": "npm run synth", "output": "out/terraform" }');
  expect(await app("staging", "production")).toBe("out/terraform");
  expect(run.mock.calls[0]?.[2].env).toMatchObject({
    CDKTF_OUTDIR: "out/terraform",
    SUPPORT_APP_ONLY: "staging,production",
  });
});

test.each([
  [3, "the exit status 3"],
  [null, "no exit status"],
])("an app that ends with %p is an error", async (status, received) => {
  run.mockResolvedValue({ status, stdout: "" });
  await expect(app()).rejects.toThrow(
    new CommandError(
      `The app in cdktf.json ("npm run synth") ended with ${received}. Nothing was changed. Fix the error above.`,
    ),
  );
});

test("a signal while the app runs is no failure of the app", async () => {
  run.mockImplementation(async () => {
    stop.abort("SIGTERM");
    return { status: 1, stdout: "" };
  });
  await expect(app()).rejects.toThrow(new Interrupted("Received SIGTERM while synthesizing. Nothing was changed."));
});

test.each([
  ["{}", "Received cdktf.json in another form"],
  ["[]", "Received cdktf.json in another form"],
  ['{ "app": "" }', "Received cdktf.json in another form"],
  ['{ "app": "a", "output": 1 }', "Received cdktf.json in another form"],
  [undefined, "Can't read cdktf.json: there is no such file or folder. Fix it"],
])("cdktf.json with %s is an error, and nothing is run", async (text, message) => {
  if (text === undefined) rmSync("cdktf.json");
  else writeFileSync("cdktf.json", text);
  await expect(app()).rejects.toThrow(message);
  expect(run).not.toHaveBeenCalled();
});
