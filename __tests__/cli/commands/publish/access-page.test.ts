import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessDocument, publishedEnvironment } from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import { fleetDocument } from "../../../support/fleet";
import { environmentOf } from "../../../support/live-account";
import { publishingInTests, YAML } from "./publishing";

const { published } = publishingInTests();

test("no part of a value becomes HTML", async () => {
  const evil = `<img src=x> "a" & 'b'`;
  const folder = await published();
  const earlier = JSON.parse(readFileSync(join(folder, "access.json"), "utf8"));
  earlier.environments[0].channels[0].name = evil;
  earlier.version = evil;
  writeFileSync(join(folder, "access.json"), JSON.stringify(earlier));
  const page = readFileSync(join(await published(YAML, "--since", folder), "access.html"), "utf8");
  expect(page).toContain("&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;");
  expect(page).not.toContain("<img");
  expect(page).toContain("default-src 'none'; style-src 'sha256-");
});

test("a change that many environments share is listed once, with all their names in one place", () => {
  const document = { schemaVersion: 1, version: "1.1.0", environments: [] } as const;
  const change = (environment: string, text: string) => ({ environment, text, gives: true });
  const many = Array.from({ length: 11 }, (_, index) => change(`env-${index}`, "#oncall is added."));
  const few = Array.from({ length: 10 }, (_, index) => change(`env-${index}`, "#watch is added."));
  const items = (changes: typeof many) => {
    const page = accessPage({ ...document, environments: [] }, { version: "1.0.0", changes });
    const listed = [...page.matchAll(/<li class="gives"><b>(.*)<\/b>: (.*)<\/li>/g)].map(([, where, text]) => [
      where,
      text,
    ]);
    return { listed, names: /<dt>(.*)<\/dt><dd>(.*)<\/dd>/.exec(page)?.slice(1) };
  };
  expect(items(few)).toEqual({ listed: few.map(({ environment, text }) => [environment, text]), names: undefined });
  expect(items([...few, ...many])).toEqual({
    listed: [["11 environments", "#oncall is added."], ...few.map(({ environment, text }) => [environment, text])],
    names: ["#oncall is added.", many.map(({ environment }) => environment).join(", ")],
  });
});

test("an end is in the table for browsers without scripts, and in the data for the others", () => {
  const pageOf = (yaml: string) => {
    const environment = environmentOf(yaml);
    return accessPage(accessDocument([publishedEnvironment(environment, portableEnvironment(environment))], "1.2.0"));
  };
  const page = pageOf(
    "full: { without: [resolve-cases], temporarily: [{ capability: resolve-cases, until: 2026-12-31T18:00:00+01:00 }] }",
  );
  expect(page).toContain(", resolve cases (until 2026-12-31T17:00:00Z), ");
  expect(page).toContain('"until":{"resolve-cases":["2026-12-31T17:00:00Z","2026-12-31T17:00:00Z"]}');
  expect(pageOf("full: {}")).not.toMatch(/\(until \d|"until":/);
});

test("the page of 5,000 environments with two channels each is at most 5 MB, and has every policy once", () => {
  const page = accessPage(fleetDocument(5000));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(5e6);
  expect(page.split("support:DescribeCases")).toHaveLength(3); // one of each access level
});
