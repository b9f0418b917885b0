import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf, publishingInTests, YAML } from "./publishing";

const { scratch, publish, newFolder, published } = publishingInTests();

describe("--people", () => {
  const READ_AT = "2026-11-26T18:40:11.000Z";
  const file = join(scratch, "people.json");
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
  const counts = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };

  test("shows the counts of each channel, if known, and their date", async () => {
    const folder = await published(YAML, "--people", report([{ counts }]));
    const access = JSON.parse(readFileSync(join(folder, "access.json"), "utf8"));
    expect(access.peopleReadAt).toBe(READ_AT);
    const [watch, oncall] = access.environments[0].channels;
    expect(watch).not.toHaveProperty("people");
    expect(oncall.people).toEqual(counts);
    const page = readFileSync(join(folder, "access.html"), "utf8");
    expect(page).toContain("Member counts: Slack, 2026-11-26.");
    expect(page).toContain("<td>#support-oncall T01 C02: 12 people (2 guests, 1 of other organizations), 3 bots<td>");
    expect(page).toContain('["support-oncall","T01","C02",1,"12 people (2 guests, 1 of other organizations), 3 bots"]');
    expect(page).toContain('["support-watch","T01","C01",0]');
  });

  test("changes nothing else, and leaves no trace without it", async () => {
    const [plain, counted] = [
      filesOf(await published()),
      filesOf(await published(YAML, "--people", report([{ counts }]))),
    ];
    const changed = Object.keys(plain).filter((path) => plain[path] !== counted[path]);
    expect(changed).toEqual(["SHA256SUMS", "access.html", "access.json", "manifest.json"]);
    expect(plain["access.html"]).not.toMatch(/Member counts|make\("small", \{\}, people\)/);
    expect(plain["manifest.json"]).not.toContain("people");
  });

  test("with --check needs the same report", async () => {
    const folder = await published(YAML, "--people", report([{ counts }]));
    expect(await publish(YAML, "--check", folder, "--people", file)).toMatchObject({ status: 0 });
    const { status, output } = await publish(YAML, "--check", folder);
    expect(status).toBe(2);
    expect(output).toContain(
      `alone, expected --people with the report of ${READ_AT} as well, from which its page was made.`,
    );
    report([{ counts }], "2026-11-27T00:00:00.000Z");
    expect(await publish(YAML, "--check", folder, "--people", file)).toMatchObject({ status: 1 });
  });

  test("with names is refused, and nothing is written", async () => {
    const people = [{ id: "U1", name: "Jane Roe", is: "guest" }];
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report([{ counts, people }]));
    expect(status).toBe(1);
    expect(output).toContain("with people's names in it, expected only counts");
    expect(output).not.toContain("Jane Roe");
    expect(existsSync(folder)).toBe(false);
  });

  test("says how many channels have no count", async () => {
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report([{ counts }]));
    expect(status).toBe(0);
    expect(output).toMatch(/^Channels without a member count in ".*people\.json": 1 of 2\.$/m);
    const all = report([{ counts }, { counts, channel: "C01" }]);
    expect((await publish(YAML, "--check", folder, "--people", all)).output).not.toContain("Channels without");
    const none = report([{ unknown: ["Slack doesn't show it."] }]);
    expect((await publish(YAML, "--out", folder, "--people", none)).output).toMatch(/: 2 of 2\.$/m);
  });

  test.each<[string, readonly object[]]>([
    ["no channel", []],
    ["other channels", [{ counts, channel: "C99" }]],
    ["a channel of another workspace", [{ counts, workspace: "T99" }]],
  ])("a report of %s is refused, and nothing is written", async (_, channels) => {
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report(channels));
    expect(status).toBe(1);
    expect(output).toContain(
      `Received --people ${JSON.stringify(file)} about no published channel, expected the output of support-app people --all --format json for the same environments.yaml. Run that again, and give its output.`,
    );
    expect(existsSync(folder)).toBe(false);
  });

  test("a later publication is compared with it like with any other", async () => {
    const earlier = await published(YAML, "--people", report([{ counts }]));
    const page = readFileSync(join(await published(YAML, "--since", earlier), "access.html"), "utf8");
    expect(page).toContain("<p>Nobody's access has changed.</p>");
  });
});
