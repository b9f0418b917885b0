import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { filesOf, publishingInTests, YAML } from "./publishing";

const { scratch, publish, newFolder, published } = publishingInTests();

test.each<[string[], number, string]>([
  [
    ["--out", "x", "--version", "1.2"],
    2,
    'Received --version "1.2", expected one like 1.2.0 (Semantic Versioning, without a v).',
  ],
  [["--out", "x", "--version", "v1.2.0"], 2, 'Received --version "v1.2.0"'],
  [[], 2, "Received neither --out nor --check, expected one of them. Name the folder to write, or the one to check."],
  [["--out", "x", "--check", "y"], 2, "Received both --out and --check"],
  [["--out", ""], 2, "Received an empty --out, expected a folder. Is a variable not set?"],
  [["--check", ""], 2, "Received an empty --check, expected a folder. Is a variable not set?"],
  [
    ["--check", "nowhere"],
    1,
    'Received --check "nowhere", expected a folder that publish has written, with manifest.json of schema version 1 in it.',
  ],
  [
    ["--out", "x", "--since", "nowhere"],
    1,
    'Received --since "nowhere" with an access.json that can\'t be read (ENOENT: no such file or directory',
  ],
])("publish %j ends with %d and says what", async (args, status, message) => {
  const { status: ended, output } = await publish(YAML, ...args);
  expect(output).toContain(message);
  expect(ended).toBe(status);
  expect(existsSync("x")).toBe(false);
});

test("the help ends with the exit statuses", async () => {
  const { status, output } = await publish(YAML, "--help");
  expect(status).toBe(0);
  expect(output.trimEnd().split("\n").at(-1)).toBe(
    "Exit status: 0 written, or --check finds the folder up to date; 1 an error, or --check finds a difference; 2 wrong usage.",
  );
});

test("the documented commands put a publication into a clone, without anything of the one before", async () => {
  const [, script = ""] = readFileSync("docs/publishing.md", "utf8").match(/```sh\n(git -C .*?)```/s) ?? [];
  const folder = await published();
  const clone = newFolder();
  const run = (command: string) => execFileSync("sh", ["-e", "-c", command], { cwd: clone, encoding: "utf8" });
  mkdirSync(clone);
  run("git init --quiet . && mkdir old && echo > old/main.tf && echo > README.md && git add .");
  run("git -c user.name=alice -c user.email=alice@example.com commit --quiet --message before");
  run(script.replaceAll("terraform-aws-support-app", `'${clone}'`).replaceAll("FOLDER", `'${folder}'`));
  expect(Object.fromEntries(Object.entries(filesOf(clone)).filter(([path]) => !path.startsWith(".git/")))).toEqual(
    filesOf(folder),
  );
});

test("nothing is written outside the folder", async () => {
  const before = readdirSync(".");
  await published();
  expect(readdirSync(".")).toEqual(before);
});

test("an error in environments.yaml leaves everything unchanged", async () => {
  const folder = newFolder();
  expect(await publish("environments: {}\n", "--out", folder)).toMatchObject({ status: 1 });
  expect(existsSync(folder)).toBe(false);
});

test("a choice of environments isn't published: the others would be removed", async () => {
  const before = { ...process.env };
  process.env.SUPPORT_APP_ONLY = "production";
  try {
    for (const option of ["--out", "--check"]) {
      expect(await runSupportApp(["publish", option, join(scratch, "only")])).toBe(2);
    }
    expect(existsSync(join(scratch, "only"))).toBe(false);
  } finally {
    process.env = before;
  }
});
