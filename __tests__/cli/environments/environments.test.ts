import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../cli/program";
import { printedInTests } from "../../support/printed";

const printed = printedInTests();
const before = { ...process.env };
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-environments-"));
});
afterEach(() => {
  process.env = { ...before };
  rmSync(scratch, { recursive: true });
});

async function environments(backend: string, ...args: string[]) {
  process.env.SUPPORT_APP_ENVIRONMENTS = join(scratch, "environments.yaml");
  writeFileSync(
    process.env.SUPPORT_APP_ENVIRONMENTS,
    `defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: us-east-1 } }
environments:
  one: { account: "111122223333", read-only: {}${backend} }
  gone: { account: "222233334444", retired: true }`,
  );
  const status = await runSupportApp(["environments", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

test("a deploy has a job for each environment, doctor one for each that isn't retired", async () => {
  expect(await environments("", "--for", "deploy")).toEqual({ status: 0, output: '["one","gone"]' });
  expect(await environments("", "--for", "doctor")).toEqual({ status: 0, output: '["one"]' });
});

test("a step of GitHub Actions gets them as its output", async () => {
  process.env.GITHUB_OUTPUT = join(scratch, "output");
  await environments("", "--for", "deploy", "--github");
  expect(readFileSync(process.env.GITHUB_OUTPUT, "utf8")).toBe('names=["one","gone"]\n');
});

test.each([
  ["local", ", backend: { type: local }"],
  ["cloud", ", backend: { type: cloud, organization: acme }"],
])(
  "state that is %s is refused for a deploy, which would lose it or need another login, and is fine for doctor",
  async (type, backend) => {
    const refused = await environments(backend, "--for", "deploy");
    expect(refused.status).toBe(1);
    expect(refused.output).toMatch(/^Received environments whose state isn't in S3, expected .*\.$/m);
    expect(refused.output).toContain(`\none: ${type}`);
    expect((await environments(backend, "--for", "doctor")).status).toBe(0);
  },
);

test.each([undefined, "", "/nowhere/output"])(
  "elsewhere than in GitHub Actions (%p), --github is a sentence",
  async (file) => {
    if (file === undefined) delete process.env.GITHUB_OUTPUT;
    else process.env.GITHUB_OUTPUT = file;
    expect(await environments("", "--for", "deploy", "--github")).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^Received .* for the variable GITHUB_OUTPUT, expected a file that can be written/),
    });
  },
);

test.each([[[]], [["--for", "fun"]]])("%j is wrong usage", async (args) => {
  expect((await environments("", ...args)).status).toBe(2);
});

test("more than a matrix of GitHub Actions takes are refused there", async () => {
  const file = join(scratch, "many.yaml");
  const account = (index: number) => String(111122220000 + index);
  const many = Array.from(
    { length: 257 },
    (_, index) => `  e${index}: { account: "${account(index)}", read-only: {} }`,
  );
  writeFileSync(file, `defaults: { region: us-east-1 }\nenvironments:\n${many.join("\n")}`);
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
  process.env.GITHUB_OUTPUT = join(scratch, "output");
  expect(await runSupportApp(["environments", "--for", "doctor", "--github"])).toBe(1);
  expect(printed.join()).toContain("Received 257 environments, expected at most 256");
  expect(await runSupportApp(["environments", "--for", "doctor"])).toBe(0);
});

test.each([
  ["plan", "plan"],
  ["doctor", "look at"],
])("the jobs of %s have GitHub environments of their own, whose names no environment may have", async (job, does) => {
  const workflow = readFileSync(`cli/init/files/.github/workflows/${job === "plan" ? "review" : job}.yml`, "utf8");
  expect(workflow).toContain(`environment: ${job}-\${{ matrix.environment }}`);
  const with2nd = (name: string) => ` }\n  ${name}: { account: "333344445555", read-only: {}`;
  for (const purpose of ["deploy", "doctor"]) {
    expect(await environments(with2nd(`${job}-one`), "--for", purpose)).toEqual({
      status: 1,
      output: `Received the environments one and ${job}-one, expected names that GitHub can tell apart: the jobs that ${does} one run in GitHub's environment ${job}-one, and so would the deploys of ${job}-one. Rename ${job}-one.`,
    });
  }
  expect((await environments(with2nd(`${job}-two`), "--for", "deploy")).status).toBe(0);
});
