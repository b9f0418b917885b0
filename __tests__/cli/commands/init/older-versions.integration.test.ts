import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { RECORD } from "../../../../cli/commands/init/record";
import { managedFiles, newRepository, VERSION } from "../../../../cli/commands/init/repository";
import { type UpgradeOptions, upgrade } from "../../../../cli/commands/init/upgrade";
import { checksum } from "../../../../common/checksum";
import { PIPELINES } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";

const REVIEW = ".github/workflows/review.yml";
const DOCTOR = ".github/workflows/doctor.yml";
const origin = { specifier: VERSION };
const HERE: UpgradeOptions = { acceptsOtherFramework: false, origin, addsCli: false };
const BUMP = `actions/checkout@${"5".repeat(40)} # v99.0.0`;
const UNKNOWN = `${REVIEW}: ${BUMP} isn't a release that this version knows. Check that the commit is of that version`;
const STEP = "      - run: ./connect-to-the-proxy\n";

/** Workflows as commits of this repository had them, from the first with `init` on. */
const WRITTEN = join(__dirname, "written");

folderInTests({ isWorkingDirectory: true });

const textOf = (path: string) => readFileSync(path, "utf8");
const edit = (path: string, change: (text: string) => string) => writeFileSync(path, change(textOf(path)));
const linesOf = () => upgrade(HERE, true).lines;

function commit(): void {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { stdio: "ignore" });
  git("init");
  git("add", "--all");
  git("commit", "--message", "a");
}

/** A repository with the workflows of an older version, whose record has nothing but checksums. */
function writeOlder(commitName: string): void {
  const first = { account: "111122223333", region: "us-east-1", full: false };
  const texts = new Map(
    newRepository({ ...first, owners: "@acme/owners", pipelines: PIPELINES, origin, hasCli: false }),
  );
  for (const file of readdirSync(join(WRITTEN, commitName))) {
    texts.set(`.github/workflows/${file}`, textOf(join(WRITTEN, commitName, file)));
  }
  mkdirSync(".github/workflows", { recursive: true });
  for (const [path, text] of texts) writeFileSync(path, text);
  const files = [...managedFiles(PIPELINES).keys()].map((path) => [path, checksum(texts.get(path) ?? "")]);
  writeFileSync(RECORD, JSON.stringify({ version: VERSION, files: Object.fromEntries(files) }));
}

describe.each(readdirSync(WRITTEN))("a repository that commit %s wrote", (commitName) => {
  beforeEach(() => {
    writeOlder(commitName);
    commit();
  });

  test("a repository that nobody has changed is rewritten", () => {
    expect(upgrade(HERE).lines).toEqual([`${DOCTOR}: rewritten`, `${REVIEW}: rewritten`]);
    expect(linesOf()).toEqual([]);
  });

  test("a bump by an update tool, an added step and a removed file survive an upgrade", () => {
    edit(REVIEW, (text) => text.replaceAll(/actions\/checkout@.*/g, BUMP));
    edit(DOCTOR, (text) => text.replace(/^ {6}- uses: aws-actions/m, `${STEP}$&`));
    rmSync("cdktf.json");
    commit();
    const upgraded = upgrade(HERE);
    expect(upgraded).toMatchObject({
      lines: [
        `${DOCTOR}: merged with what was changed here`,
        `${REVIEW}: merged with what was changed here`,
        UNKNOWN,
        "cdktf.json: removed here, not restored",
      ],
      conflicts: [],
    });
    const expected = managedFiles(PIPELINES);
    expect(textOf(REVIEW)).toBe(expected.get(REVIEW)?.replaceAll(/actions\/checkout@.*/g, BUMP));
    expect(textOf(DOCTOR).replace(STEP, "")).toBe(expected.get(DOCTOR));
    expect(parse(textOf(DOCTOR)).jobs.doctor.steps).toContainEqual({ run: "./connect-to-the-proxy" });

    expect(linesOf()).toEqual([
      `${DOCTOR}: changed here, nothing to merge`,
      `${REVIEW}: changed here, nothing to merge`,
      UNKNOWN,
      "cdktf.json: removed here, not restored",
    ]);
  });

  test("without a commit of what was written, a changed file is left alone, and nothing of it is written", () => {
    rmSync(".git", { recursive: true });
    edit(REVIEW, (text) => text.replaceAll(/actions\/checkout@.*/g, BUMP));
    const before = textOf(REVIEW);
    expect(upgrade(HERE).lines).toContain(`${REVIEW}: changed here, left alone: no Git history can be read here`);
    expect(textOf(REVIEW)).toBe(before);
  });
});
