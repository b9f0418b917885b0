import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { JobPurpose, MatrixJob } from "../../../../cli/forge/forge";
import { runUrl, setJobs, setOutputs } from "../../../../cli/forge/gitlab/job";
import { sharedFolder } from "../../../support/folder";

const folder = sharedFolder();
const before = process.cwd();
const env = { ...process.env };
beforeEach(() => {
  process.env.CI_COMMIT_SHA = "a".repeat(40);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  process.env = { ...env };
});

const jobOf = (name: string): MatrixJob => ({ job: name, environment: name, names: name });
const entryOf = (name: string) => ({
  SUPPORT_APP_JOB: name,
  SUPPORT_APP_JOB_ENVIRONMENT: name,
  SUPPORT_APP_JOB_NAMES: name,
});
const NEVER = { rules: [{ when: "never" }] };

test("outputs are lines of a dotenv report, a text as it is and everything else as JSON", () => {
  setOutputs({ commit: "b".repeat(40), complete: true });
  setOutputs({ overtaken: false, names: ["a", "b"], odd: "a b\nSUPPORT_APP_COMPLETE=true" });
  expect(readFileSync("support-app.env", "utf8")).toBe(`SUPPORT_APP_COMMIT=${"b".repeat(40)}
SUPPORT_APP_COMPLETE=true
SUPPORT_APP_OVERTAKEN=false
SUPPORT_APP_NAMES=["a","b"]
SUPPORT_APP_ODD="a b\\nSUPPORT_APP_COMPLETE=true"
`);
});

test.each<[JobPurpose, Readonly<Record<string, readonly MatrixJob[]>>, Readonly<Record<string, unknown>>, unknown]>([
  [
    "deploy",
    { canaries: [jobOf("a")], doctored: [], others: [jobOf("b")], planned: [jobOf("a"), jobOf("b")] },
    {
      plan: { parallel: { matrix: [entryOf("a"), entryOf("b")] } },
      canaries: { parallel: { matrix: [entryOf("a")] } },
      doctor: NEVER,
      others: { parallel: { matrix: [entryOf("b")] } },
    },
    [[jobOf("a")], [jobOf("b")]],
  ],
  ["doctor", { jobs: [jobOf("a")] }, { doctor: { parallel: { matrix: [entryOf("a")] } } }, [[jobOf("a")]]],
  ["drift", { jobs: [] }, { drift: NEVER }, [[]]],
])(
  "the child pipeline has the jobs of this commit's file, as often as there are environments: %s",
  (purpose, lists, jobs, summarized) => {
    setJobs(purpose, lists);
    expect(JSON.parse(readFileSync("support-app.jobs.yml", "utf8"))).toEqual({
      include: [{ local: `.gitlab/${purpose}.yml` }],
      variables: { SUPPORT_APP_JOBS: JSON.stringify(summarized) },
      ...jobs,
    });
  },
);

test("a file that can't be written is an error, with what to do outside of CI", () => {
  mkdirSync(join(folder, "support-app.env"));
  expect(() => setOutputs({ complete: true })).toThrow(
    "Can't write support-app.env in this folder: it is a folder. Leave --gitlab out, except in GitLab CI/CD.",
  );
});

test.each<[string | undefined, boolean]>([
  ["https://gitlab.example.com:8443/acme/platform/access/-/jobs/123", true],
  ["http://gitlab.test/acme/access/-/jobs/123", true],
  ["https://gitlab.com/acme/access/-/jobs/1)", false],
  ["javascript:https://gitlab.com/acme/access/-/jobs/1", false],
  [undefined, false],
])("people find a job by its URL, if it can be a link: %s", (url, isLink) => {
  expect(runUrl({ CI_JOB_URL: url })).toBe(isLink ? url : undefined);
});
