import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isFields } from "../../../../cli/terminal/json";
import { type AnsweringGitHub, answerAsGitHub } from "../../../support/answering-github";
import { HOSTILE, HOSTILE_JSON, hostileCopies, obeyedIn, shownIn } from "../../../support/hostile";
import { planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { type Reviewed, reviewingInTests } from "../../../support/reviewing";
import { isThorough, sample } from "../../../support/thorough";

const { scratch, review: runReview, folderOf, fileOf } = reviewingInTests();

const UPDATE = readPlanFixture("update");
const BASE = terraformOf(UPDATE.before);
const HEAD = terraformOf(UPDATE.after);
const [base, head] = [BASE, HEAD].map((terraform) => folderOf({ paid: JSON.stringify(terraform) })) as [string, string];
const MANIFEST = {
  version: "0.21.0",
  stacks: { paid: { name: "paid", synthesizedStackPath: "stacks/paid/cdk.tf.json" } },
};

/** Runs the command, and sees to it that it ends well or in one sentence, and that nothing that it prints is obeyed. */
async function review(...args: string[]): Promise<Reviewed> {
  const reviewed = await runReview(...args);
  const { status, output } = reviewed;
  expect(obeyedIn(output)).toEqual([]);
  if (status === 1 && !/^(## ⛔|\{)/.test(output))
    expect(output).toMatch(/^(Received .*, expected|Can't|GitHub answered) .*\.$/);
  else if (status === 2) expect(output).toMatch(/^(Received .*\.|error: .*\n.*)$/);
  else if (output.startsWith("#")) expect(shownIn(output)).toEqual([]);
  return reviewed;
}

/** Runs the command for each copy, as written by a function that gives its arguments. */
async function reviewEach(value: unknown, argsOf: (copy: unknown) => string[]): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (const copy of sample([...hostileCopies(value)], 16)) {
    const { status } = await review(...argsOf(copy));
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

let manifests = 0;
function folderWith(manifest: unknown): string {
  const folder = join(scratch, `manifest-${manifests++}`);
  mkdirSync(join(folder, "stacks/paid"), { recursive: true });
  writeFileSync(join(folder, "manifest.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  writeFileSync(join(folder, "stacks/paid/cdk.tf.json"), JSON.stringify(HEAD));
  return folder;
}

describe("what a pull request holds", () => {
  test("each value and each key of its Terraform", async () => {
    const argsOf = (copy: unknown) => ["--base", base, "--head", folderOf({ paid: JSON.stringify(copy) })];
    const statuses = await reviewEach(HEAD, argsOf);
    expect(statuses[3]).toBeGreaterThan(isThorough ? 50 : 3);
  });

  test("each value and each key of its Terraform, for machines", async () => {
    let whole = 0;
    for (const copy of hostileCopies(HEAD.resource.aws_iam_role)) {
      const terraform = { ...HEAD, resource: { ...HEAD.resource, aws_iam_role: copy } };
      const { output } = await review(
        ...["--base", base, "--head", folderOf({ paid: JSON.stringify(terraform) }), "--format", "json"],
      );
      whole += Number(JSON.stringify(JSON.parse(output)).includes(JSON.stringify(HOSTILE_JSON).slice(1, -1)));
    }
    expect(whole).toBeGreaterThan(5);
  });

  test("each value and each key of its manifest", async () => {
    const statuses = await reviewEach(MANIFEST, (copy) => ["--base", base, "--head", folderWith(copy)]);
    expect(statuses[1]).toBeGreaterThan(0);
  });

  test.each(["::error::a", "##[error]a", `{"a": ${HOSTILE}`, '{"a": "\u0085\u2028'])(
    "a manifest and Terraform that aren't JSON: %j",
    async (text) => {
      const error = await review("--base", base, "--head", folderWith(text));
      expect(error).toMatchObject({ status: 1, output: expect.stringMatching(/manifest\.json" that is not JSON \(/) });
      const other = await review("--base", base, "--head", folderOf({ paid: text }));
      expect(other).toMatchObject({ status: 1, output: expect.stringMatching(/cdk\.tf\.json" that is not JSON \(/) });
    },
  );

  test("the names of its files and folders", async () => {
    const name = HOSTILE.replaceAll("/", "");
    for (const place of [".", "stacks", "stacks/paid"]) {
      const folder = folderWith(MANIFEST);
      writeFileSync(join(folder, place, name), "");
      expect((await review("--base", base, "--head", folder)).output).toContain("::error::b");
    }
  });
});

test("each value and each key of a plan", async () => {
  const { format_version, resource_changes, configuration } = planOf(HEAD, UPDATE.plan);
  const isOfRole = ({ address }: { address: string }) => address === "aws_iam_role.full";
  const argsOf = (copy: unknown) => ["--base", head, "--head", head, "--plan", `paid=${fileOf(copy)}`];
  const others = resource_changes.filter((one: { address: string }) => !isOfRole(one));
  const ofChanges = await reviewEach({ format_version, resource_changes: resource_changes.filter(isOfRole) }, (copy) =>
    argsOf(
      isFields(copy) && Array.isArray(copy.resource_changes)
        ? { ...copy, resource_changes: [...copy.resource_changes, ...others], configuration }
        : copy,
    ),
  );
  expect((ofChanges[0] ?? 0) + (ofChanges[3] ?? 0)).toBeGreaterThan(0);
  const role = configuration.root_module.resources.filter(isOfRole);
  const fromConfiguration = await reviewEach({ root_module: { resources: role } }, (copy) =>
    argsOf({ format_version, resource_changes, configuration: copy }),
  );
  expect(fromConfiguration).toEqual({ 1: expect.any(Number) });
});

test("the names of plans and of their folders", async () => {
  const folder = folderOf({});
  mkdirSync(join(folder, `plan-${HOSTILE.replaceAll("/", "")}`));
  expect(await review("--base", base, "--head", head, "--plans", folder)).toMatchObject({ status: 2 });
  expect(await review("--base", base, "--head", head, "--plan", `${HOSTILE}=a`)).toMatchObject({ status: 2 });
  expect(await review("--base", base, "--head", head, "--plan", `paid=${HOSTILE}`)).toMatchObject({ status: 1 });
});

describe("within a workflow of GitHub Actions", () => {
  const before = { ...process.env };
  const file = (name: string) => join(scratch, name);
  let github: AnsweringGitHub;
  beforeAll(async () => {
    github = await answerAsGitHub();
  });
  afterAll(() => github.close());

  const EVENT = {
    pull_request: {
      number: 7,
      user: { id: 1, login: "alice" },
      head: { sha: "0123456789abcdef0123456789abcdef01234567", repo: { full_name: "acme/access" } },
    },
  };
  beforeEach(() => {
    github.reset();
    writeFileSync(file("event.json"), JSON.stringify(EVENT));
    for (const name of ["output", "summary"]) writeFileSync(file(name), "");
    Object.assign(process.env, {
      GITHUB_EVENT_PATH: file("event.json"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "secret",
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
      SUPPORT_APP_SYNTH: "success",
    });
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const run = async (to = head) => {
    const reviewed = await review("--github", "--base", base, "--head", to);
    for (const text of [readFileSync(file("summary"), "utf8"), ...github.comments.map(({ body }) => body)]) {
      expect(obeyedIn(text)).toEqual([]);
      expect(shownIn(text)).toEqual([]);
    }
    return reviewed;
  };

  test.each([
    ...["GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_TOKEN", "GITHUB_OUTPUT"],
    ...["GITHUB_STEP_SUMMARY", "SUPPORT_APP_SYNTH", "SUPPORT_APP_AUTHOR_MAY_APPROVE"],
  ])("%s", async (name) => {
    const inScratch = ["GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].includes(name);
    process.env[name] = inScratch ? join(scratch, "nowhere", HOSTILE) : HOSTILE;
    const { status, output } = await run();
    expect(status).toBe(1);
    expect(output).toContain(name === "GITHUB_TOKEN" ? "a value that can't be a token" : "::error::");
  });

  test("each value and each key of the event", async () => {
    for (const copy of hostileCopies(EVENT)) {
      writeFileSync(file("event.json"), JSON.stringify(copy));
      const { status, output } = await run();
      expect(status).toBe(output === "" ? 0 : 1);
    }
    writeFileSync(file("event.json"), `{"pull_request": ${HOSTILE}`);
    expect((await run()).output).toMatch(/event\.json that is not JSON \(/);
  });

  const COMMENTS = "GET /repos/acme/access/issues/7/comments";
  const COMMENT = { id: 1, user: { id: 41898282, login: "github-actions[bot]" }, body: "<!-- support-app review -->" };
  const LABELS = "GET /repos/acme/access/issues/7/labels";

  test("each value and each key of what GitHub answers", async () => {
    for (const [call, answer] of [
      [COMMENTS, [COMMENT]],
      [LABELS, [{ name: "a" }]],
    ] as const) {
      for (const copy of hostileCopies(answer)) {
        github.reset();
        github.failures.set(call, { status: 200, body: copy });
        const { status, output } = await run();
        expect(status).toBe(output === "" ? 0 : 1);
      }
    }
  });

  test("what GitHub says about a failure, in words or otherwise", async () => {
    for (const failure of [{ message: HOSTILE_JSON }, { body: HOSTILE_JSON }, { body: { [HOSTILE]: HOSTILE_JSON } }]) {
      github.failures.set(LABELS, { status: 403, ...failure });
      const { status, output } = await run();
      expect(status).toBe(1);
      expect(output).toMatch(/^GitHub answered GET .* with status 403 \(".*…" \(\d+ characters\)\)\. .*\.$/);
    }
  });

  test("what a pull request holds, in its comment and the run's summary", async () => {
    for (const copy of hostileCopies(HEAD.resource.aws_iam_role)) {
      github.reset();
      const resource = { ...HEAD.resource, aws_iam_role: copy };
      await run(folderOf({ paid: JSON.stringify({ ...HEAD, resource }) }));
      expect(github.comments).toHaveLength(1);
    }
    await run(folderWith("::error::a"));
    expect(github.comments[0]?.body).toContain("## ⛔ The review ended with an error");
  });
});
