import {
  type AccessDocument,
  accessDocument,
  publishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import { fleetDocument } from "../../../support/fleet";
import { environmentOf } from "../../../support/live-account";

const EMPTY: AccessDocument = { schemaVersion: 1, version: "1.1.0", environments: [] };

test("no part of a value becomes HTML", () => {
  const evil = `<img src=x> "a" & 'b'`;
  const escaped = "&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;";
  const change = { environment: evil, text: evil, gives: false };
  const page = accessPage({ ...EMPTY, version: evil }, { version: evil, changes: [change] });
  expect(page).toContain(`<li class="takes"><b>${escaped}</b>: ${escaped}</li>`);
  expect(page.split(escaped)).toHaveLength(5);
  expect(page).not.toContain("<img");
  expect(page).toContain("default-src 'none'; style-src 'sha256-");
});

test("a change that environments share is listed once, and the names of many can be opened", () => {
  const changes = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => ({ environment: `e${index}`, text, gives: true }));
  const page = accessPage(EMPTY, { version: "1.0.0", changes: [...changes(10, "few."), ...changes(11, "many.")] });
  expect(page.match(/<li.*<\/li>/g)).toEqual([
    '<li class="gives"><b>e0, e1, e2, e3, e4, e5, e6, e7, e8, e9</b>: few.</li>',
    '<li class="gives"><b>11 environments</b>: many. <details><summary>Which environments</summary>e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10</details></li>',
  ]);
  expect(accessPage(EMPTY, { version: "1.0.0", changes: [] })).toContain("<p>Nobody's access has changed.</p>");
  expect(accessPage(EMPTY)).not.toContain("Since version");
});

test("the table for browsers without scripts has roles without channels, aliases and ends; the data has them, too", () => {
  const pageOf = (yaml: string) => {
    const environment = environmentOf(yaml);
    return accessPage(accessDocument([publishedEnvironment(environment, portableEnvironment(environment))], "1.2.0"));
  };
  const page = pageOf(
    "account-alias: Payments, full: { without: [resolve-cases], temporarily: [{ capability: resolve-cases, until: 2026-12-31T18:00:00+01:00 }] }",
  );
  expect(page).toMatch(
    /<td>\d+ Payments<td>none in code, role arn:aws:iam::\d+:role\/AWSSupportAppFullRole<td>full<td>view cases, .*, resolve cases \(until 2026-12-31T17:00:00Z\), /,
  );
  expect(page).toContain('"until":{"resolve-cases":["2026-12-31T17:00:00Z","2026-12-31T17:00:00Z"]}');
  expect(pageOf("full: {}")).not.toMatch(/\(until \d|"until":/);
});

test("the page of 1,000 environments with two channels each is at most 1 MB, and has every policy once", () => {
  const page = accessPage(fleetDocument(1000));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(1e6);
  expect(page.split("support:DescribeCases")).toHaveLength(3); // one of each access level
});
