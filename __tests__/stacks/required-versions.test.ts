import { readFileSync } from "node:fs";
import semver from "semver";
import { parse } from "yaml";
import { REQUIRED_VERSION, REQUIRED_VERSION_S3 } from "../../stacks/required-versions";

/** What the published modules require. */
const [, MODULES = ""] = readFileSync("terraform/versions.tf", "utf8").match(/required_version = "(.*?)"/) ?? [];

/** The oldest Terraform that each works with, and its column in the table of the last run. */
const OLDEST = [
  ["modules", MODULES, "modules"],
  ["environments", REQUIRED_VERSION, "state in a file"],
  ["the modules' tests", ">= 1.7", "the modules' tests"],
  ["state in S3", REQUIRED_VERSION_S3, "state in S3"],
] as const;
const oldestOf = (range: string) => semver.minVersion(range)?.version ?? "";

const cells = (line: string) => line.split("|").map((cell) => cell.trim());
const page = readFileSync("docs/contributing/tested-versions.md", "utf8");
const [, table = ""] = page.match(/<!-- matrix: terraforms -->\n\n(.*?)\n<!--/s) ?? [];
const [header = [], , ...rows] = table.trim().split("\n").map(cells);

test.each(OLDEST)("%s were tried with the oldest Terraform that should work, %s", (_, range, column) => {
  const row = rows.find((cells) => cells.includes(`Terraform ${oldestOf(range)}`));
  expect(row?.[header.indexOf(column)]).toBe("works");
});

test("nothing in the tables fails, and no Terraform was tried that needn't work", () => {
  expect(rows.length).toBeGreaterThanOrEqual(4);
  for (const part of page.match(/<!-- matrix: \w+ -->.*?<!-- \/matrix -->/gs) ?? []) {
    expect(part).not.toContain("fails");
    expect(part).toContain("works");
  }
});

test("the workflow tries the same Terraform versions as the tables", () => {
  const { jobs } = parse(readFileSync(".github/workflows/thorough.yml", "utf8"));
  const steps: { with?: Record<string, unknown> }[] = jobs.thorough.steps;
  const versions = steps.flatMap(({ with: inputs }) => inputs?.terraform_version ?? []);
  for (const [, range] of OLDEST) expect(versions).toContain(oldestOf(range));
});
