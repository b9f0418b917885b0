import childProcess from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tty from "node:tty";
import { runSupportApp } from "../../../../cli/program";
import type { State } from "../../../../cli/terraform/state";
import { testHelp } from "../../../support/help";
import { printedInTests } from "../../../support/printed";
import { stateResource, statesInTests, stateWith } from "../../../support/terraform-states";
import { typedInTests } from "../../../support/typed";

// The real Terraform moves states in __tests__/e2e/moved-state.e2e.ts.
const printed = printedInTests();
const typed = typedInTests();
const states = statesInTests();
const OLD = "states/support-app/old.tfstate";
const NEW = "states/support-app/new.tfstate";
const ACCOUNT = "111122223333";
const S3 = "{ type: s3, bucket: states, region: us-east-1 }";

const environmentsAre = (names: readonly string[], backend = S3) =>
  writeFileSync(
    "environments.yaml",
    `defaults: { region: us-east-1, backend: ${backend} }
environments:
${names.map((name, index) => `  ${name}: { account: "${Number(ACCOUNT) + index}", full: {} }`).join("\n")}
`,
  );

const ROLES = [stateResource("a"), stateResource("b")];
const put = (place: string, state: State) => states.places.set(place, JSON.stringify(state));
const stateAt = (place: string): Partial<State> => JSON.parse(states.places.get(place) ?? "{}");

beforeEach(() => {
  environmentsAre(["new"]);
  put(OLD, stateWith(ROLES));
});

async function move(...args: readonly string[]) {
  const status = await runSupportApp(["move", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

/** What a failed move leaves among the temporary files. */
const listBackups = () => readdirSync(".").filter((name) => name.startsWith("support-app-move-"));
const pushes = () => states.calls.filter((call) => call.endsWith("push"));
const MOVING = `The state of old, with 2 resources in the account ${ACCOUNT}, moves
  from  s3://${OLD}
  to    s3://${NEW}`;
const MOVED = "Moved. If only the name has changed, support-app diff new has nothing to do.";

testHelp("move");

test("the new place is written first, and then the former one is emptied, so that one state has every resource", async () => {
  const before = stateAt(OLD);
  expect(await move("old", "new", "--auto-approve")).toEqual({ status: 0, output: `${MOVING}\n${MOVED}` });
  expect(pushes()).toEqual(["new: state push", "old: state push"]);
  expect(stateAt(NEW)).toEqual(before);
  expect(stateAt(OLD)).toEqual({ ...before, serial: 4, outputs: {}, resources: [], check_results: null });
  expect(listBackups()).toEqual([]);

  states.calls.length = 0;
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 0,
    output: "Nothing to move: the state of old has no resources, and 2 resources are in new's.",
  });
  environmentsAre(["old"]);
  expect((await move("new", "old", "--auto-approve")).status).toBe(0); // and back, over what was emptied
  expect(stateAt(OLD)).toEqual({ ...before, serial: 5 });
  expect(stateAt(NEW).resources).toEqual([]);
});

test("a local state file that is emptied is removed", async () => {
  environmentsAre(["new"], "{ type: local }");
  mkdirSync("state");
  const [from, to] = ["old", "new"].map((name) => join(process.cwd(), `state/${name}.tfstate`));
  writeFileSync("state/old.tfstate", "");
  put(String(from), stateWith(ROLES));
  const { status, output } = await move("old", "new", "--auto-approve");
  expect([status, output]).toEqual([0, expect.stringContaining("  to    state/new.tfstate\n")]);
  expect(stateAt(String(to)).resources).toEqual(ROLES);
  expect(existsSync("state/old.tfstate")).toBe(false);
});

test.each([
  ["yes", 0, MOVED],
  ["no", 1, 'Not moved: you didn\'t answer "yes". Nothing was changed.'],
])("a move on a terminal ends, after the answer %s, with %d", async (answer, expected, words) => {
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  typed.keys.write(`${answer}\n`);
  expect(await move("old", "new")).toEqual({
    status: expected,
    output: `${MOVING}\nMove it? Only yes is accepted:\n${words}`,
  });
  expect([pushes().length, stateAt(OLD).resources?.length]).toEqual(expected === 0 ? [2, 0] : [0, 2]);
  expect(listBackups()).toEqual([]);
});

test("a signal instead of an answer moves nothing", async () => {
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  setTimeout(() => process.emit("SIGINT", "SIGINT"), 50);
  const { status, output } = await move("old", "new");
  expect([status, output.split("\n").at(-1)]).toEqual([130, "Received SIGINT. Nothing was changed."]);
  expect(pushes()).toEqual([]);
});

test("a move that was interrupted between the two writes goes on, also if the new environment was deployed since", async () => {
  put(NEW, stateWith([...ROLES, stateResource("c")], 9));
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 0,
    output: `${MOVING}, which has them already\n${MOVED}`,
  });
  expect(pushes()).toEqual(["old: state push"]);
  expect(stateAt(NEW).serial).toBe(9);
});

test("what a deploy of the former name has changed since an interrupted move is moved, too", async () => {
  put(NEW, stateWith(ROLES, 2));
  expect((await move("old", "new", "--auto-approve")).status).toBe(0);
  expect(stateAt(NEW)).toEqual(stateWith(ROLES, 4));
});

test.each([
  ["other resources", [stateResource("c")], 3],
  ["more resources, but an older state", [...ROLES, stateResource("c")], 2],
])("a new place with %s is refused: they would be lost", async (_, resources, serial) => {
  put(NEW, stateWith(resources, serial));
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 1,
    output: `Can't move the state of old over the state of new in "s3://${NEW}", which has other resources, such as aws_iam_role.c: nothing would manage them. Nothing was changed. If new was deployed under its new name already, and support-app diff new has nothing to do, its state is the right one: remove the state of old. Otherwise, choose another name.`,
  });
  expect([pushes(), listBackups()]).toEqual([[], []]);
});

test("a state of another account is refused, with the way to another account", async () => {
  put(OLD, stateWith([stateResource("a"), stateResource("b", "999988887777")]));
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 1,
    output: `Received a state of old with aws_iam_role.b of the account "999988887777", expected only the account "${ACCOUNT}" of new. Nothing was changed. For another account or region, keep the old one, set retired: true, and deploy. Then change it, remove retired, and deploy again.`,
  });
});

test("a move says so where no resource names its account", async () => {
  put(OLD, stateWith([stateResource("a", ACCOUNT, { instances: [{}] })]));
  const { output } = await move("old", "new", "--auto-approve");
  expect(output).toContain("\nNone of the resources names its account, so it can't be checked.\n");
});

test.each<[string, State | undefined]>([
  ["no state", undefined],
  ["a state without resources", stateWith([])],
])("a former name with %s is refused", async (_, state) => {
  states.places.clear();
  if (state) put(OLD, state);
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 1,
    output: `Received the former name "old", which has no state with resources in "s3://${OLD}", expected a deployed environment's. Check the name, and that the backend is the one that it was deployed with. If it was moved before, support-app diff new has nothing to do.`,
  });
});

const FAILURES = [
  ["new", "Can't write the state of new to", "The state of old is unchanged."],
  [
    "old",
    "Can't write the state of old to",
    "Its resources are in the state of new, and may be in old's, too: deploy neither of them until it is moved.",
  ],
] as const;

test.each(FAILURES)(
  "when the write of %s fails, what the state was is kept, and the next run completes the move",
  async (name, failure, effect) => {
    states.fails.add(`state push ${name}`);
    const { status, output } = await move("old", "new", "--auto-approve");
    const copy = join(process.cwd(), String(listBackups()[0]), "old.tfstate");
    expect([status, output.split("\n").at(-1)]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `^${failure} ".*": Terraform failed\\. ${effect} A copy of the state is in "${copy}"\\. Fix the error above, and run this again\\.$`,
        ),
      ),
    ]);
    expect(JSON.parse(readFileSync(copy, "utf8"))).toEqual(stateWith(ROLES));
    states.fails.clear();
    expect((await move("old", "new", "--auto-approve")).status).toBe(0);
    expect([stateAt(OLD).resources, stateAt(NEW).resources]).toEqual([[], ROLES]);
  },
);

test("a deploy of the former name during the question isn't lost: Terraform refuses to empty what has changed", async () => {
  states.meanwhile.set("state push new", () => put(OLD, stateWith([...ROLES, stateResource("c")], 4)));
  expect((await move("old", "new", "--auto-approve")).status).toBe(1);
  states.meanwhile.clear();
  expect((await move("old", "new", "--auto-approve")).status).toBe(0);
  expect(stateAt(NEW).resources).toHaveLength(3);
});

test("SUPPORT_APP_ONLY doesn't hide that the file still has the former name", async () => {
  environmentsAre(["new", "old"]);
  process.env.SUPPORT_APP_ONLY = "new";
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 1,
    output:
      'Received the former name "old", which "environments.yaml" still has, expected a name that it no longer has. Rename the environment\'s key first.',
  });
  expect(states.calls).toEqual([]);
});

test("without a terminal, nothing is moved unless it is approved", async () => {
  jest.spyOn(tty, "isatty").mockReturnValue(false);
  expect(await move("old", "new")).toEqual({
    status: 2,
    output:
      "Can't ask for an approval without a terminal. Nothing was changed. Add --auto-approve if this is the right move.",
  });
  expect(states.calls).toEqual([]);
});

test("a former name that no environment can have is refused", async () => {
  const { status, output } = await move("o ld", "new", "--auto-approve");
  expect({ status, output }).toEqual({
    status: 1,
    output: expect.stringMatching(/^Received the former name "o ld", expected /),
  });
  expect(states.calls).toEqual([]);
});

test("Terraform pulls without colors, and a Terraform that can't be run is named", async () => {
  await move("old", "new", "--auto-approve");
  expect(states.args).toEqual(["state", "pull", "-no-color"]);
  put(OLD, stateWith(ROLES));
  states.meanwhile.set("init old", () => {
    expect(states.args).toEqual([
      "init",
      "-input=false",
      "-no-color",
      expect.stringMatching(/^-plugin-dir=.*providers$/),
    ]);
  });
  await move("old", "new", "--auto-approve");
  jest.mocked(childProcess.spawn).mockImplementation(() => {
    throw new Error("spawn terraform ENOENT");
  });
  expect(await move("old", "new", "--auto-approve")).toEqual({
    status: 1,
    output: expect.stringMatching(
      /^Can't run Terraform as "terraform" \(spawn terraform ENOENT\)\. Nothing was changed\./,
    ),
  });
});
