import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GITHUB } from "../../../../cli/forge/github/github";
import { gitHubInTests } from "../../../support/answering-github";
import { commandInTests } from "../../../support/commanding";

const { path: inFolder, environmentsAre, run } = commandInTests("environments");

function environments(backend: string, ...args: string[]) {
  environmentsAre(`defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: us-east-1 } }
environments:
  one: { account: "111122223333", read-only: {}${backend} }
  gone: { account: "222233334444", retired: true }`);
  return run(...args);
}

/** The outputs of a step, by their names. */
async function outputsOf(step: () => ReturnType<typeof run>) {
  process.env.GITHUB_OUTPUT = inFolder("output");
  writeFileSync(process.env.GITHUB_OUTPUT, "");
  const result = await step();
  const lines = readFileSync(process.env.GITHUB_OUTPUT, "utf8").split("\n").filter(Boolean);
  const lists = lines.map((line) => [line.split("=")[0], JSON.parse(line.slice(line.indexOf("=") + 1))]);
  return { ...result, lists: Object.fromEntries(lists) as Record<string, ReturnType<typeof jobOf>[]> };
}

const jobOf = (name: string) => ({ job: name, environment: name, names: name });

test.each<[more: string, purpose: string, names: string[], lists: Record<string, object[]>]>([
  [
    "",
    "deploy",
    ["one", "gone"],
    { canaries: [], doctored: [], others: [jobOf("one"), jobOf("gone")], planned: [jobOf("one"), jobOf("gone")] },
  ],
  [
    ", canary: true",
    "deploy",
    ["one", "gone"],
    {
      canaries: [jobOf("one")],
      doctored: [jobOf("one")],
      others: [jobOf("gone")],
      planned: [jobOf("one"), jobOf("gone")],
    },
  ],
  [
    ' }\n  left: { account: "333344445555", retired: true, canary: true',
    "deploy",
    ["one", "left", "gone"],
    {
      canaries: [jobOf("left")],
      doctored: [],
      others: [jobOf("one"), jobOf("gone")],
      planned: [jobOf("left"), jobOf("one"), jobOf("gone")],
    },
  ],
  ["", "doctor", ["one"], { jobs: [jobOf("one")] }],
  [", canary: true", "drift", ["one", "gone"], { jobs: [jobOf("one"), jobOf("gone")] }],
])(
  "with %j, a step that is to %s gets a job for each, and canaries separately",
  async (keys, purpose, names, lists) => {
    const result = await outputsOf(() => environments(keys, "--for", purpose, "--github"));
    expect(result).toEqual({ status: 0, output: JSON.stringify(names), lists });
  },
);

describe("--gitlab", () => {
  const before = process.cwd();
  beforeEach(() => {
    process.env.CI_COMMIT_SHA = "a".repeat(40);
    process.chdir(inFolder("."));
  });
  afterEach(() => {
    process.chdir(before);
    delete process.env.CI_COMMIT_SHA;
  });

  test("in GitLab, a job for each environment is in the child pipeline of what it does", async () => {
    expect(await environments(", canary: true", "--for", "deploy", "--gitlab")).toMatchObject({ status: 0 });
    const { include, variables } = JSON.parse(readFileSync("support-app.jobs.yml", "utf8"));
    expect(include).toEqual([{ local: ".gitlab/deploy.yml" }]);
    expect(JSON.parse(variables.SUPPORT_APP_JOBS)).toEqual([[jobOf("one")], [jobOf("gone")]]); // summary --only reads it
  });

  test("jobs in GitLab may have their state there, and those elsewhere may not", async () => {
    const backend = ', backend: { type: http, address: "https://gitlab.com/api/v4/projects/1/terraform/state" }';
    expect((await environments(backend, "--for", "deploy", "--gitlab")).status).toBe(0);
    expect(await environments(backend, "--for", "deploy", "--github")).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        "Set backend to type s3 in environments.yaml. For a project on GitLab, run it with --gitlab.\none: http",
      ),
    });
    const local = await environments(", backend: { type: local }", "--for", "deploy", "--gitlab");
    expect(local.output).toContain("Set backend to type s3 or http in environments.yaml.\none: local");
  });
});

/** Writes a folder as synthesizing does, with that text in each stack. */
function synthesized(name: string, stacks: Readonly<Record<string, string>>): string {
  const names = Object.keys(stacks);
  for (const stack of names) {
    mkdirSync(inFolder(`${name}/stacks/${stack}`), { recursive: true });
    writeFileSync(inFolder(`${name}/stacks/${stack}/cdk.tf.json`), JSON.stringify({ output: stacks[stack] }));
  }
  mkdirSync(inFolder(name), { recursive: true });
  const entries = names.map((stack) => [stack, { synthesizedStackPath: `stacks/${stack}/cdk.tf.json` }]);
  writeFileSync(inFolder(`${name}/manifest.json`), JSON.stringify({ stacks: Object.fromEntries(entries) }));
  return inFolder(name);
}

test.each<[string, base: Record<string, string>, jobs: string[]]>([
  ["nothing changed", { one: "new", gone: "new" }, []],
  ["one changed", { one: "old", gone: "new", removed: "old" }, ["one"]],
  ["one is new", { one: "new" }, ["gone"]],
  ["all changed", {}, ["one", "gone"]],
])("only environments that a merge changes get a job: %s", async (_, base, names) => {
  const folders = ["--base", synthesized("base", base), "--head", synthesized("head", { one: "new", gone: "new" })];
  const result = await outputsOf(() => environments("", "--for", "deploy", "--github", ...folders));
  expect(result).toMatchObject({ status: 0, output: JSON.stringify(names), lists: { others: names.map(jobOf) } });
});

test.each([
  ["there is none", () => {}],
  ["it is broken", () => writeFileSync(join(synthesized("base", {}), "manifest.json"), "{")],
])("every environment gets a job if what was deployed can't be read: %s", async (_, prepare) => {
  prepare();
  const folders = ["--base", inFolder("base"), "--head", synthesized("head", { one: "new", gone: "new" })];
  const { status, output } = await environments("", "--for", "deploy", ...folders);
  expect([status, output]).toEqual([
    0,
    'Every environment gets a job: what was deployed last can\'t be read.\n["one","gone"]',
  ]);
});

test.each([
  [
    ["--for", "drift", "--base", "a"],
    "Received --base, --head or --last-deploy with --for drift, expected --for deploy.",
  ],
  [["--for", "deploy", "--head", "a"], "Received only one of --base and --head, expected both"],
  [["--for", "deploy", "--last-deploy"], "Received --last-deploy without --github or --gitlab, expected one of them."],
  [
    ["--for", "deploy", "--last-deploy", "--gitlab", "--base", "a"],
    "Received --last-deploy with --base or --head, expected it without a folder.",
  ],
])("%j is refused", async (args, sentence) => {
  expect(await environments("", ...args)).toEqual({ status: 2, output: expect.stringContaining(sentence) });
});

test.each([
  ["local", ", backend: { type: local }"],
  ["cloud", ", backend: { type: cloud, organization: acme }"],
])(
  "%s state is rejected for a deploy, which would lose it or need another login, but not for doctor",
  async (type, backend) => {
    expect(await environments(backend, "--for", "deploy")).toEqual({
      status: 1,
      output: `Received environments whose state a job can't use, expected state that outlives the machine and needs no other login. Set backend to type s3 in environments.yaml.\none: ${type}`,
    });
    expect((await environments(backend, "--for", "doctor")).status).toBe(0);
  },
);

describe("more environments than a matrix allows, here 4 instead of GitHub's 256, which the help has,", () => {
  beforeEach(() => {
    jest.replaceProperty(GITHUB, "maxJobs", 4);
  });

  /** Environments by number, the first of them canaries, in one line each. */
  function environmentsYaml(count: number, canaries = 0): string {
    const lines = Array.from({ length: count }, (_, index) => {
      const role = `deploy-role: "arn:aws:iam::11112222000${index}:role/deploy"`;
      const rest = `${index < canaries ? "canary: true, " : ""}${role}, read-only: {}`;
      return `  e${index}: { account: "11112222000${index}", ${rest} }`;
    });
    return `defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: us-east-1 } }\nenvironments:\n${lines.join("\n")}`;
  }

  const list = (purpose: string, yaml: string) => {
    environmentsAre(yaml);
    return outputsOf(() => run("--for", purpose, "--github"));
  };

  test.each([
    [4, 0, 4],
    [8, 0, 4],
    [9, 3, 3],
  ])("a matrix of %d environments, of which %d are canaries, has %d jobs", async (count, canaries, jobs) => {
    const {
      canaries: first = [],
      others: otherJobs = [],
      doctored,
      planned: plannedJobs,
    } = (await list("deploy", environmentsYaml(count, canaries))).lists;
    const allJobs = [...first, ...otherJobs];
    expect(new Set(allJobs.map(({ job }) => job)).size).toBe(jobs);
    const namesIn = (group: typeof allJobs) => group.flatMap((job) => job.names.split(" "));
    expect(namesIn(allJobs).sort()).toEqual(Array.from({ length: count }, (_, index) => `e${index}`));
    expect(namesIn(first)).toHaveLength(canaries);
    expect(doctored).toEqual(first);
    expect(plannedJobs).toEqual(allJobs);
    expect(new Set(allJobs.map(({ environment }) => environment)).size).toBe(count > 4 ? 1 : count);
  });

  test("more environments than a matrix allows are jobs for drift, too", async () => {
    const { jobs } = (await list("drift", environmentsYaml(6))).lists;
    expect(jobs?.slice(2)).toEqual([{ job: "fleet-3", environment: "fleet", names: "e4 e5" }]);
  });

  test.each<[string, (yaml: string) => string, string]>([
    [
      "one has no deploy-role, since one role deploys several",
      (yaml) => yaml.replace(/(?<=e3: .*)deploy-role: "\S*", /, ""),
      "Received 5 environments of which 1 have no deploy-role, expected one in each: a GitHub Actions matrix has at most 4 jobs, so a job has several environments, and one role that assumes the deploy-role of each. Add deploy-role, or split the environments into several files, with SUPPORT_APP_ENVIRONMENTS.\ne3",
    ],
    [
      "one has the name of the jobs' GitHub environment",
      (yaml) => yaml.replace("  e4:", "  fleet:"),
      "Received the environment fleet among 5, expected another name: the GitHub environment fleet belongs to the jobs with several environments. Rename it.",
    ],
  ])("more environments than a matrix allows are rejected if %s", async (_, change, sentence) => {
    expect(await list("deploy", change(environmentsYaml(5)))).toEqual({ status: 1, output: sentence, lists: {} });
    expect(await run("--for", "deploy")).toMatchObject({ status: 0 });
    expect(await list("deploy", change(environmentsYaml(4)))).toMatchObject({ status: 0 }); // each has a job of its own
  });
});

test.each([
  ["plan", "review", "plan"],
  ["doctor", "doctor", "look at"],
  ["drift", "drift", "look at"],
])(
  "the jobs of %s have their own GitHub environments, whose names no environment may have",
  async (job, file, does) => {
    const workflow = readFileSync(`cli/commands/init/files/.github/workflows/${file}.yml`, "utf8");
    expect(workflow).toContain(`environment: ${job}-\${{ matrix.${job === "plan" ? "" : "for."}environment }}`);
    const with2nd = (name: string) => ` }\n  ${name}: { account: "333344445555", read-only: {}`;
    expect(await environments(with2nd(`${job}-one`), "--for", "doctor")).toEqual({
      status: 1,
      output: `Received the environments one and ${job}-one, expected names that CI can tell apart: the jobs that ${does} one run in its environment ${job}-one, and so would the deploys of ${job}-one. Rename ${job}-one.`,
    });
    expect((await environments(with2nd(`${job}-two`), "--for", "deploy")).status).toBe(0);
  },
);

describe("--last-deploy", () => {
  const github = gitHubInTests();

  test.each(["success", "skipped"])(
    "the last commit with which everything was deployed is printed and the step's output, if there is one: %s",
    async (conclusion) => {
      const commit = "b".repeat(40);
      const repository = "acme/access";
      github.runs.push({
        id: 7,
        run_number: 1,
        head_sha: commit,
        head_branch: "main",
        event: "push",
        jobs: [{ name: "deployed", conclusion }],
      });
      Object.assign(process.env, {
        GITHUB_REF: "refs/heads/main",
        GITHUB_SHA: commit,
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: github.url,
        GITHUB_TOKEN: "t0ken",
        GITHUB_OUTPUT: inFolder("output"),
        GITHUB_RUN_NUMBER: "2",
      });
      writeFileSync(inFolder("output"), "");
      const lastCommit = conclusion === "success" ? commit : "";
      expect(await environments("", "--for", "deploy", "--last-deploy", "--github")).toEqual({
        status: 0,
        output: lastCommit,
      });
      expect(readFileSync(inFolder("output"), "utf8")).toBe(lastCommit && `commit="${lastCommit}"\n`);
    },
  );
});
