import { noTerraform, terraformBinary, terraformEnv, withSignalListener } from "../../../cli/terraform/binary";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each([
  [undefined, "terraform"],
  ["", "terraform"],
  ["/opt/tofu", "/opt/tofu"],
])("where TERRAFORM_BINARY_NAME is %p, %s is run", (name, binary) => {
  delete process.env.TERRAFORM_BINARY_NAME;
  if (name !== undefined) process.env.TERRAFORM_BINARY_NAME = name;
  expect(terraformBinary()).toBe(binary);
});

test("Terraform inherits the variables, doesn't look for a newer version of itself, and gives no advice unless it is asked to", () => {
  process.env = { AWS_PROFILE: "payments", CHECKPOINT_DISABLE: "" };
  expect(terraformEnv()).toEqual({ AWS_PROFILE: "payments", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" });
  process.env.TF_IN_AUTOMATION = "";
  expect(terraformEnv().TF_IN_AUTOMATION).toBe("");
});

test("a Terraform that can't be run is an error", () => {
  expect(noTerraform("/opt/tofu", "spawn /opt/tofu EACCES").message).toBe(
    `Can't run Terraform as "/opt/tofu" (spawn /opt/tofu EACCES). Nothing was changed. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary.`,
  );
});

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));

test("signals are passed to a listener while something runs, without npm's copies, and end this process again afterwards", async () => {
  const [listener, otherListeners] = [jest.fn(), listeners()];
  let now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => now);
  const result = await withSignalListener(listener, async () => {
    for (const signal of SIGNALS) {
      process.emit(signal, signal);
      now += 999;
      process.emit(signal, signal);
      now += 1;
    }
    return "done";
  });
  expect(result).toBe("done");
  expect(listener.mock.calls.map(([signal]) => signal)).toEqual(SIGNALS);
  expect(listeners()).toEqual(otherListeners);
  await expect(withSignalListener(listener, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(listeners()).toEqual(otherListeners);
});
