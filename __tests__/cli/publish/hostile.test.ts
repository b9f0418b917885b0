import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../cli/command-error";
import { runSupportApp } from "../../../cli/program";
import { readAccessDocument } from "../../../cli/publish/access-document";
import { accessPage } from "../../../cli/publish/access-page";
import { changesSince } from "../../../cli/publish/since";
import { EVERY_FIELD } from "../../support/every-field";
import { HOSTILE, hostileCopies, obeyedIn } from "../../support/hostile";
import { printedInTests } from "../../support/printed";

const scratch = mkdtempSync(join(tmpdir(), "support-app-hostile-publish-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const printed = printedInTests();
afterEach(() => {
  delete process.env.SUPPORT_APP_ENVIRONMENTS;
});

async function publish(...args: string[]): Promise<{ status: number; output: string }> {
  const file = join(scratch, "environments.yaml");
  writeFileSync(file, JSON.stringify(EVERY_FIELD));
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
  const status = await runSupportApp(["publish", ...args]);
  const output = printed.splice(0).join("\n");
  expect(obeyedIn(output)).toEqual([]);
  return { status, output };
}

describe("what an earlier publication holds", () => {
  const folder = join(scratch, "earlier");
  beforeEach(async () => {
    if (!existsSync(folder)) expect(await publish("--out", folder)).toMatchObject({ status: 0 });
  });

  test("becomes no HTML, and nothing that can't be seen", () => {
    const text = readFileSync(join(folder, "access.json"), "utf8");
    const now = readAccessDocument(folder);
    const { environments, ...document } = JSON.parse(text);
    const { accesses, ...staging } = environments[1];
    let shown = 0;
    for (const copy of hostileCopies({ ...document, environments: [{ ...staging, accesses: accesses.slice(1) }] })) {
      writeFileSync(join(folder, "access.json"), JSON.stringify(copy));
      try {
        const since = readAccessDocument(folder);
        const page = accessPage(now, { version: since.version, changes: changesSince(since, now) });
        expect(page.match(/<img|<\/code><\/td|'" \\/)).toBeNull();
        expect(obeyedIn(page)).toEqual([]);
        shown += Number(page.includes("&#60;img src=x&#62;"));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        expect(error.message).toMatch(/^Received --since .*expected .*\.$/);
        expect(obeyedIn(error.message)).toEqual([]);
      }
    }
    expect(shown).toBeGreaterThan(5);
    writeFileSync(join(folder, "access.json"), text);
  });

  test("is named in one line", async () => {
    const text = readFileSync(join(folder, "manifest.json"), "utf8");
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...JSON.parse(text), since: HOSTILE }));
    const { status, output } = await publish("--check", folder);
    expect(status).toBe(2);
    expect(output).toMatch(/^Received --check .* expected --since with the publication of .*, too: that is .*\.$/);
    writeFileSync(join(folder, "manifest.json"), text);
  });
});

test("a folder's and a file's name is one line, whatever happens to it", async () => {
  const name = HOSTILE.replaceAll("/", "");
  const folder = join(scratch, name);
  const written = await publish("--out", folder);
  expect(written.status).toBe(0);
  expect(written.output.split("\n").at(-1)).toMatch(/^Wrote \d+ files to .*\.$/);
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, name), "");
  const refused = await publish("--out", folder);
  expect(refused.status).toBe(1);
  expect(refused.output).toMatch(/^Received --out .*: this one has .* in it, which would be lost\. .*\.$/);
  const { status, output } = await publish("--check", folder);
  expect(status).toBe(1);
  const told = output.split("\n").filter((line) => !line.startsWith("Making "));
  expect(told).toEqual([
    expect.stringMatching(/ is not what publish would write\. Publish again\.$/),
    expect.stringMatching(/^not ours: /),
  ]);
});
