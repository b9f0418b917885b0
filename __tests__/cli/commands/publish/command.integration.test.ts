import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { contentsOf } from "../../../support/changes";
import { testHelp } from "../../../support/help";
import { printedInTests } from "../../../support/printed";

testHelp("publish");

const YAML = `environments:
  production:
    account: "444455556666"
    region: us-east-1
    read-only: { channels: [{ name: support-watch, workspace: T01, channel: C01 }] }
    full: { without: [resolve-cases], channels: [{ name: support-oncall, workspace: T01, channel: C02 }] }
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;
const LESS = YAML.replace("[resolve-cases]", "[resolve-cases, live-chat]");

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "support-app-publish-")));
afterAll(() => rmSync(scratch, { recursive: true }));
const printed = printedInTests();
const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(scratch, "case-"));
});
afterEach(() => {
  process.env = { ...before };
});

async function publish(args: readonly string[], yaml = YAML) {
  process.env.SUPPORT_APP_ENVIRONMENTS = join(scratch, "environments.yaml");
  writeFileSync(process.env.SUPPORT_APP_ENVIRONMENTS, yaml);
  const status = await runSupportApp(["publish", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

/** A path in the folder of the test, where that is published. */
async function published(name: string, yaml = YAML, ...args: string[]): Promise<string> {
  const out = join(folder, name);
  expect(await publish(["--out", out, "--version", "1.2.0", ...args], yaml)).toMatchObject({ status: 0 });
  return out;
}

const json = (out: string, file: string) => JSON.parse(readFileSync(join(out, file), "utf8"));
const page = (out: string) => readFileSync(join(out, "access.html"), "utf8");
const namesIn = (path: string) => readdirSync(path).sort();

test("a folder is written whole, and replaced whole, and a check compares with it", async () => {
  const around = readdirSync(".");
  jest.spyOn(os, "tmpdir").mockReturnValue("/dev/null"); // it needs no temporary folder
  const out = join(folder, "new/out");
  const { output } = await publish(["--out", out]);
  expect(output).toMatch(/^Making environments: 2 …\nWrote \d+ files to .*\/new\/out\.$/);
  expect(json(out, "manifest.json")).toMatchObject({ version: json(".", "package.json").version });
  expect(namesIn(join(out, "environments"))).toEqual(["production", "staging"]);

  const one = YAML.slice(0, YAML.indexOf("  staging:"));
  const { status, output: found } = await publish(["--check", out], one);
  expect(status).toBe(1);
  expect(found).toContain(
    `${out} is not what publish would write. Publish again. If it has anything that publish didn't write as it is, move that away first.\ndiffers: access.json\n`,
  );
  expect(found).toMatch(/\nnot published: environments\/staging\/versions\.tf$/);
  expect(await publish(["--out", out, "--version", "2.0.0"], one)).toMatchObject({ status: 0 });
  expect(namesIn(join(out, "environments"))).toEqual(["production"]);
  expect(json(out, "manifest.json")).toMatchObject({ version: "2.0.0" });
  expect(await publish(["--check", out], one)).toEqual({
    status: 0,
    output: `Making environments: 1 …\n${out} is what publish would write.`,
  });
  expect(namesIn(join(folder, "new"))).toEqual(["out"]);
  expect(readdirSync(".")).toEqual(around);
});

test("a choice of environments isn't published: the others would be removed", async () => {
  process.env.SUPPORT_APP_ONLY = "production";
  expect(await publish(["--out", join(folder, "only")])).toMatchObject({ status: 2 });
  expect(namesIn(folder)).toEqual([]);
});

test("the documented commands put a publication into a clone, without anything of the one before", async () => {
  const [, script = ""] = readFileSync("docs/publishing.md", "utf8").match(/```sh\n(git -C .*?)```/s) ?? [];
  const out = await published("out");
  const clone = join(folder, "clone");
  const run = (command: string) => execFileSync("sh", ["-e", "-c", command], { cwd: clone, encoding: "utf8" });
  mkdirSync(clone);
  run("git init --quiet . && mkdir old && echo > old/main.tf && echo > README.md && git add .");
  run("git -c user.name=alice -c user.email=alice@example.com commit --quiet --message before");
  run(script.replaceAll("terraform-aws-support-app", `'${clone}'`).replaceAll("FOLDER", `'${out}'`));
  rmSync(join(clone, ".git"), { recursive: true });
  expect(contentsOf(clone)).toEqual(contentsOf(out));
});

test("--since shows the changes on the page, and a check needs the same", async () => {
  const earlier = await published("earlier", LESS);
  const out = await published("out", YAML, "--since", earlier, "--version", "2.0.0");
  expect(page(out)).toContain('<li class="gives"><b>production</b>: People in #support-oncall gain live-chat.</li>');
  expect(await publish(["--check", out, "--since", earlier])).toMatchObject({ status: 0 });
  expect(await publish(["--check", out])).toEqual({
    status: 2,
    output: `Received --check "${out}" alone, expected --since with the publication of 1.2.0 as well, from which its page was made.`,
  });
});

describe("--people", () => {
  const READ_AT = "2026-11-26T18:40:11.000Z";
  const file = join(scratch, "people.json");
  const counts = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };
  const report = (channels: readonly object[], readAt = READ_AT) => {
    const about = { workspace: "T01", channel: "C02", name: "support-oncall", access: "full", unknown: [] };
    const environment = {
      name: "production",
      account: "444455556666",
      channels: channels.map((one) => ({ ...about, ...one })),
    };
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, readAt, environments: [environment] }));
    return file;
  };

  test("shows the counts of each channel, if known, and their date, and a check needs the same report", async () => {
    const [plain, out] = [await published("plain"), await published("out", YAML, "--people", report([{ counts }]))];
    expect(json(out, "access.json").peopleReadAt).toBe(READ_AT);
    const [watch, oncall] = json(out, "access.json").environments[0].channels;
    expect([watch.people, oncall.people]).toEqual([undefined, counts]);
    expect(page(out)).toContain("Member counts: Slack, 2026-11-26.");
    const people = "12 people (2 guests, 1 of other organizations), 3 bots";
    expect(page(out)).toContain(`<td>#support-oncall T01 C02: ${people}<td>`);
    expect(page(out)).toContain(`["support-oncall","T01","C02",1,"${people}"]`);
    const [without, counted] = [contentsOf(plain), contentsOf(out)];
    expect(Object.keys(without).filter((path) => without[path] !== counted[path])).toEqual([
      ...["SHA256SUMS", "access.html", "access.json", "manifest.json"],
    ]);
    expect(await publish(["--check", out, "--people", file])).toMatchObject({ status: 0 });
    expect((await publish(["--check", out])).output).toContain(
      `expected --people with the report of ${READ_AT} as well`,
    );
    report([{ counts }], "2026-11-27T00:00:00.000Z");
    expect(await publish(["--check", out, "--people", file])).toMatchObject({ status: 1 });
    expect(page(await published("later", YAML, "--since", out))).toContain("<p>Nobody's access has changed.</p>");
  });

  test.each<[string, readonly object[], string | undefined]>([
    ["no count", [{ unknown: ["Slack doesn't show it."] }], "2 of 2"],
    ["each count", [{ counts }, { counts, channel: "C01" }], undefined],
  ])("of a report with %s, the channels without one are counted", async (_, channels, expected) => {
    const { output } = await publish(["--out", join(folder, "out"), "--people", report(channels)]);
    const counted = `Channels without a member count in "${file}": `;
    expect(output.split("\n")[0]).toBe(expected ? `${counted}${expected}.` : "Making environments: 2 …");
  });

  const OTHER =
    "about no published channel, expected the output of support-app people --all --format json for the same";
  test.each<[string, readonly object[]]>([
    ["other channels", [{ counts, channel: "C99" }]],
    ["a channel of another workspace", [{ counts, workspace: "T99" }]],
  ])("a report of %s is refused, and nothing is written", async (_, channels) => {
    const { status, output } = await publish(["--out", join(folder, "out"), "--people", report(channels)]);
    expect(status).toBe(1);
    expect(output).toContain(`Received --people ${JSON.stringify(file)} ${OTHER}`);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
