import { runTerraform } from "../../../../cli/commands/lock/terraform";
import { CommandError } from "../../../../cli/terminal/command-error";
import { printedInTests } from "../../../support/printed";
import { spawnedInTests } from "../../../support/spawned";

const printed = printedInTests();
const spawned = spawnedInTests();
const before = { ...process.env };
beforeEach(() => {
  process.env = { TERRAFORM_BINARY_NAME: "tofu" };
});
afterEach(() => {
  process.env = { ...before };
});

const start = () => runTerraform(["providers", "lock"], "/folder", "Try a mirror.");

test("Terraform runs in the folder, without input, and shows how far it is", async () => {
  const run = start();
  expect(spawned).toMatchObject([
    {
      command: "tofu",
      args: ["providers", "lock"],
      options: { cwd: "/folder", env: { CHECKPOINT_DISABLE: "1" }, stdio: ["ignore", "pipe", "pipe"] },
    },
  ]);
  spawned[0]?.stdout.write("- Fetching hashicorp/aws 6.0.0\n\nSuccess!\n -x\n- Retrieved hashicorp/aws 6.0.0\n");
  await new Promise(setImmediate);
  spawned[0]?.ends(0);
  await expect(run).resolves.toBeUndefined();
  expect(printed).toEqual(["- Fetching hashicorp/aws 6.0.0", "- Retrieved hashicorp/aws 6.0.0"]);
});

test.each([
  [1, "the exit status 1"],
  [null, "no exit status"],
])("a Terraform that ends with %p is an error, with what it says, without empty lines", async (status, received) => {
  const run = start();
  spawned[0]?.stderr.write("\nError: no such host  \r\n   \n  on main.tf.json\n");
  spawned[0]?.ends(status);
  await expect(run).rejects.toThrow(
    new CommandError([
      `Can't lock the providers: "tofu" ended with ${received}. Nothing was written. Try a mirror. Terraform says:`,
      "Error: no such host",
      "  on main.tf.json",
    ]),
  );
});

test("a Terraform that can't be run is an error", async () => {
  const run = start();
  spawned[0]?.fails(new Error("spawn tofu ENOENT"));
  await expect(run).rejects.toThrow(
    new CommandError(
      'Can\'t run Terraform as "tofu" (spawn tofu ENOENT). Nothing was written. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary.',
    ),
  );
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s interrupts Terraform, which is waited for, and is the error, however Terraform ends",
  async (signal) => {
    const run = start();
    process.emit(signal, signal);
    expect(spawned[0]?.signals).toEqual(["SIGINT"]);
    spawned[0]?.ends(0);
    await expect(run).rejects.toThrow(
      new CommandError(
        `Received ${signal}, expected no signal before everything is locked. Nothing was written. Run lock again.`,
      ),
    );
  },
);
