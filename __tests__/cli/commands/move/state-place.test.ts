import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MovableBackend, statePlace } from "../../../../cli/commands/move/state-place";
import { withChildren } from "../../../../cli/terraform/children";
import { printedInTests } from "../../../support/printed";
import { stateResource, statesInTests, stateWith } from "../../../support/terraform-states";

const printed = printedInTests();
const states = statesInTests();
const S3: MovableBackend = { type: "s3", bucket: "states", region: "eu-west-1", "kms-key": "alias/states" };

const inPlace = <T>(backend: MovableBackend, act: (place: ReturnType<typeof statePlace>) => Promise<T>) =>
  withChildren((children) =>
    act(statePlace({ name: "one", profile: "ops" }, backend, join(process.cwd(), "one"), children)),
  );

test("Terraform reads a local state where a deploy in this folder writes it", async () => {
  const file = join(process.cwd(), "state/one.tfstate");
  states.places.set(file, JSON.stringify(stateWith([stateResource("a")])));
  const state = await inPlace({ type: "local" }, (place) => {
    expect(place.where).toBe("state/one.tfstate");
    return place.pull("Nothing was changed.");
  });
  expect(states.backend).toEqual({ local: { path: file } });
  expect(state?.resources).toHaveLength(1); // though init fails without the provider
  expect(states.calls).toEqual(["one: init", "one: state pull"]);
  expect(states.env).toMatchObject({ CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" });
  expect(printed).toEqual([]);
});

test("Terraform reads a state in S3 with the settings of a deploy", async () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "CI"]) delete process.env[name];
  const state = await inPlace(S3, (place) => {
    expect(place.where).toBe("s3://states/support-app/one.tfstate");
    return place.pull("Nothing was changed.");
  });
  expect(state).toBeUndefined();
  const settings = {
    bucket: "states",
    key: "support-app/one.tfstate",
    region: "eu-west-1",
    kms_key_id: "alias/states",
  };
  expect(states.backend).toEqual({ s3: { ...settings, profile: "ops", encrypt: true, use_lockfile: true } });
});

test("Terraform reads a state in GitLab with the settings of a deploy, and with the credentials of this process", async () => {
  const address = "https://gitlab.com/api/v4/projects/42/terraform/state";
  process.env.TF_HTTP_PASSWORD = "t0ken";
  states.places.set(`${address}/support-app-one`, JSON.stringify(stateWith([stateResource("a")])));
  const state = await inPlace({ type: "http", address }, (place) => {
    expect(place.where).toBe(`${address}/support-app-one`);
    return place.pull("Nothing was changed.");
  });
  expect(state?.resources).toHaveLength(1);
  const lock = `${address}/support-app-one/lock`;
  const settings = { address: `${address}/support-app-one`, lock_address: lock, unlock_address: lock };
  expect(states.backend).toEqual({ http: { ...settings, lock_method: "POST", unlock_method: "DELETE" } });
  expect(states.env.TF_HTTP_PASSWORD).toBe("t0ken");
});

test("what Terraform printed is printed if the state can't be read, and only then", async () => {
  states.fails.add("init one").add("state pull one");
  await expect(inPlace(S3, (place) => place.pull("Nothing was changed."))).rejects.toThrow(
    'Can\'t read the state of one in "s3://states/support-app/one.tfstate": Terraform failed. Nothing was changed. Fix the error above, and run this again.',
  );
  expect(printed.splice(0)).toEqual(["Error: init\nError: state pull"]);
});

test("a state in another form is refused", async () => {
  states.places.set("states/support-app/one.tfstate", JSON.stringify({ version: 3 }));
  await expect(inPlace(S3, (place) => place.pull("Nothing was changed."))).rejects.toThrow(
    "Received a state of one in \"s3://states/support-app/one.tfstate\" that isn't in the form in which Terraform writes it (version 4), so it can't be moved. Nothing was changed.",
  );
});

test("a state is pushed, and Terraform's refusal is an error", async () => {
  const state = { ...stateWith([]) };
  await inPlace(S3, (place) => place.push(state, "One."));
  expect(JSON.parse(states.places.get("states/support-app/one.tfstate") ?? "")).toEqual(state);
  await expect(inPlace(S3, (place) => place.push(state, "One."))).rejects.toThrow(
    'Can\'t write the state of one to "s3://states/support-app/one.tfstate": Terraform failed. One. Fix the error above, and run this again.',
  );
});

test("only a local file is removed, if it is there", async () => {
  mkdirSync("state");
  writeFileSync("state/one.tfstate", "{}");
  await inPlace(S3, async (place) => place.removeFile());
  expect(readFileSync("state/one.tfstate", "utf8")).toBe("{}");
  for (let round = 0; round < 2; round++) await inPlace({ type: "local" }, async (place) => place.removeFile());
  expect(existsSync("state/one.tfstate")).toBe(false);
});

test("a signal ends a command with what has been done, but a write that succeeded counts", async () => {
  const interrupt = () => process.emit("SIGINT", "SIGINT");
  states.meanwhile.set("state push one", interrupt);
  await inPlace(S3, async (place) => {
    await place.push({ ...stateWith([]) }, "One.");
    await expect(place.pull("Two.")).rejects.toMatchObject({
      status: 130,
      message: "Received SIGINT. Two. To go on, run this again.",
    });
  });
  states.meanwhile.set("init one", interrupt);
  states.calls.length = 0;
  await expect(inPlace(S3, (place) => place.pull("Three."))).rejects.toThrow("Received SIGINT. Three.");
  expect(states.calls).toEqual(["one: init"]);
});
