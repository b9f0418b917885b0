import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fields } from "../../../../common/fields";
import { fieldsIn } from "../../../../common/json";
import { gitHubInTests } from "../../../support/answering-github";
import { edited, ONCALL, set, stackOf } from "../../../support/edited-stack";
import { HOSTILE, HOSTILE_JSON, hostileCopies, obeyedIn, shownIn } from "../../../support/hostile";
import { planOf } from "../../../support/plan-fixtures";
import { type Reviewed, reviewingInTests } from "../../../support/reviewing";
import { isThorough } from "../../../support/thorough";

const { scratch, review: runReview, folderOf, fileOf } = reviewingInTests();
const github = gitHubInTests();

const ROLE = "resource aws_iam_role full";
const CODE = stackOf("full: {}");
const HEAD = stackOf(`full: { ${ONCALL} }`);
const [base, head] = [CODE, HEAD].map((stack) => folderOf({ paid: stack })) as [string, string];
const MANIFEST = {
  version: "0.21.0",
  stacks: { paid: { name: "paid", synthesizedStackPath: "stacks/paid/cdk.tf.json" } },
};

/** Runs the command, and sees to it that it ends well or in one sentence, and that nothing that it prints is obeyed. */
async function review(...args: string[]): Promise<Reviewed> {
  const reviewed = await runReview(...args);
  const { status, output } = reviewed;
  expect(obeyedIn(output)).toEqual([]);
  if (status === 1) expect(output).toMatch(/^(Received .*, expected|Can't) .*\.$/);
  else if (status === 2) expect(output).toMatch(/^(Received .*\.|error: .*\n.*)$/);
  else if (output.startsWith("#")) expect(shownIn(output)).toEqual([]);
  return reviewed;
}

/** The copies with something hostile at any one of these paths, whose steps are separated by spaces; each week, anywhere. */
function copiesAt(value: Fields, ...paths: readonly string[]): readonly unknown[] {
  if (isThorough) return [...hostileCopies(value)];
  return paths.flatMap((path) =>
    [HOSTILE_JSON, { [HOSTILE_JSON]: HOSTILE_JSON }].map((hostile) => {
      const draft = structuredClone(value);
      set(draft, path, hostile);
      return draft;
    }),
  );
}

/** Runs the command for each copy, and counts what it ends with. */
async function reviewEach(copies: readonly unknown[], argsOf: (copy: unknown) => string[]) {
  const statuses: Record<string, number> = {};
  for (const copy of copies) {
    const { status } = await review(...argsOf(copy));
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

let manifests = 0;
function folderWith(manifest: unknown, stack = JSON.stringify(HEAD.terraform)): string {
  const folder = join(scratch, `manifest-${manifests++}`);
  mkdirSync(join(folder, "stacks/paid"), { recursive: true });
  writeFileSync(join(folder, "manifest.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  writeFileSync(join(folder, "stacks/paid/cdk.tf.json"), stack);
  return folder;
}

describe("what a pull request holds", () => {
  test("no value and no key of a pull request's Terraform is obeyed", async () => {
    const argsOf = (copy: unknown) => [
      ...["--base", base, "--head"],
      folderOf({ paid: { ...HEAD, terraform: copy as Fields } }),
    ];
    const paths = [ROLE, `${ROLE} name`, "data aws_iam_policy_document full statement 0 actions 0", "provider aws 0"];
    const statuses = await reviewEach(copiesAt(HEAD.terraform, ...paths, "terraform backend", "output a"), argsOf);
    expect(statuses[0]).toBeGreaterThan(isThorough ? 50 : 3);
  });

  test("no value and no key of a pull request's environment is obeyed", async () => {
    const argsOf = (environmentFile: unknown) => [
      ...["--base", base, "--head"],
      folderOf({ paid: { ...HEAD, environmentFile } }),
    ];
    const file = HEAD.environmentFile as Fields;
    const paths = ["writtenBy", "environment name", "environment account", "environment full channels 0 name"];
    const statuses = await reviewEach(copiesAt(file, ...paths, "environment full tags"), argsOf);
    expect(statuses[0]).toBeGreaterThan(5);
  });

  test("a hostile name isn't obeyed in the report for machines", async () => {
    const folder = folderOf({
      paid: edited(CODE, (draft) => set(draft, "resource aws_iam_role full name", HOSTILE_JSON)),
    });
    const { output } = await review("--base", base, "--head", folder, "--format", "json");
    expect(JSON.stringify(JSON.parse(output))).toContain(JSON.stringify(HOSTILE_JSON).slice(1, -1));
  });

  test("no value and no key of a pull request's manifest is obeyed, and neither is one that isn't JSON", async () => {
    const statuses = await reviewEach([...hostileCopies(MANIFEST)], (copy) => [
      ...["--base", base, "--head", folderWith(copy)],
    ]);
    expect(statuses[1]).toBeGreaterThan(0);
    for (const text of ["##[error]a", `{"a": ${HOSTILE}`]) {
      expect((await review("--base", base, "--head", folderWith(text))).status).toBe(1);
      expect((await review("--base", base, "--head", folderWith(MANIFEST, text))).status).toBe(1);
    }
  });

  test("the names of a pull request's files and folders aren't obeyed", async () => {
    const name = HOSTILE.replaceAll("/", "");
    for (const place of [".", "stacks", "stacks/paid"]) {
      const folder = folderWith(MANIFEST);
      writeFileSync(join(folder, place, name), "");
      expect((await review("--base", base, "--head", folder)).output).toContain("::error::b");
    }
  });
});

test("no value and no key of a plan is obeyed", async () => {
  const change = { actions: ["update"], before: { name: "x", path: "a" }, after: { name: "y", path: "b" } };
  const resource_changes = Object.entries(fieldsIn(CODE.terraform.resource)).flatMap(([type, blocks]) =>
    Object.keys(fieldsIn(blocks)).map((name) => ({ address: `${type}.${name}`, type, change })),
  );
  const argsOf = (plan: unknown) => ["--base", base, "--head", base, "--plan", `paid=${fileOf(plan)}`];
  const plan = planOf(CODE, { format_version: "1.2", resource_changes });
  const changePaths = ["address", "type", "change actions 0", "change before name", "change after"].map(
    (path) => `resource_changes 0 ${path}`,
  );
  const ofChanges = await reviewEach(copiesAt(plan, "format_version", ...changePaths), argsOf);
  expect(ofChanges[0]).toBeGreaterThan(0);
});

test("the names of plans and of their folders aren't obeyed", async () => {
  const folder = folderOf({});
  mkdirSync(join(folder, `plan-${HOSTILE.replaceAll("/", "")}`));
  expect(await review("--base", base, "--head", head, "--plans", folder)).toMatchObject({ status: 2 });
  expect(await review("--base", base, "--head", head, "--plan", `${HOSTILE}=a`)).toMatchObject({ status: 2 });
  expect(await review("--base", base, "--head", head, "--plan", `paid=${HOSTILE}`)).toMatchObject({ status: 1 });
});

test("what a pull request holds isn't obeyed in its comment and the run's summary", async () => {
  const before = { ...process.env };
  const file = (name: string) => join(scratch, name);
  const commit = { sha: "0123456789abcdef0123456789abcdef01234567", ref: "change", repo: { full_name: "acme/access" } };
  const event = { pull_request: { number: 7, user: { id: 1, login: "alice" }, head: commit } };
  writeFileSync(file("event.json"), JSON.stringify(event));
  try {
    Object.assign(process.env, {
      GITHUB_EVENT_PATH: file("event.json"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "secret",
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
      SUPPORT_APP_SYNTH: "success",
    });
    const { aws_iam_role: roles } = fieldsIn(HEAD.terraform.resource);
    for (const copy of copiesAt(fieldsIn(roles), "full name", "full tags", "full")) {
      const stack = edited(HEAD, (draft) => set(draft, "resource aws_iam_role", copy));
      await review("--github", "--base", base, "--head", folderOf({ paid: stack }));
    }
    await review("--github", "--base", base, "--head", folderWith("::error::a"));
    for (const text of [readFileSync(file("summary"), "utf8"), ...github.comments.map(({ body }) => body)]) {
      expect(obeyedIn(text)).toEqual([]);
      expect(shownIn(text)).toEqual([]);
    }
    expect(github.comments[0]?.body).toContain("## The review ended with an error");
  } finally {
    process.env = before;
  }
});
