import {
  type AccessDocument,
  type PublishedEnvironment,
  publishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { environmentOf } from "../../../support/live-account";

const documentOf = (...environments: PublishedEnvironment[]): AccessDocument => {
  return { schemaVersion: 1, version: "1.1.0", environments };
};

test("no part of a value becomes HTML", () => {
  const evil = `<img src=x> "a" & 'b'`;
  const escaped = "&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;";
  const change = { environment: evil, text: evil, gives: false };
  const page = accessPage({ ...documentOf(), version: evil }, { version: evil, changes: [change] });
  expect(page).toContain(`<li class="takes"><b>${escaped}</b>: ${escaped}</li>`);
  expect(page.split(escaped)).toHaveLength(5);
  expect(page).not.toContain("<img");
  expect(page).toContain("default-src 'none'; style-src 'sha256-");
});

test("in the table for browsers without scripts, a channel of a team has the team's access alone", () => {
  const environment = publishedEnvironment(
    environmentOf(
      "read-only: {}, full: { channels: [{ name: a, workspace: T01, channel: C01 }] }, teams: { pay: { access: full, without: [live-chat], channels: [{ name: b, workspace: T01, channel: C02 }] } }",
    ),
  );
  const cells = [...accessPage(documentOf(environment)).matchAll(/<td>([^<]*)<td>([^<]*)<td>([^<]*)\n/g)];
  expect(cells.map(([, channel, access, people]) => [channel, access, people?.includes("live chat")])).toEqual([
    ["none in code, role arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole", "read-only", false],
    ["#a T01 C01", "full", true],
    ["#b T01 C02", "team pay", false],
  ]);
});

test("changes are folded, a change that environments share is listed once, and the names of many can be opened", () => {
  const changes = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => ({ environment: `e${index}`, text, gives: true }));
  const page = accessPage(documentOf(), {
    version: "1.0.0",
    changes: [...changes(10, "few."), ...changes(11, "many.")],
  });
  expect(page.match(/<li.*<\/li>/g)).toEqual([
    '<li class="gives"><b>e0, e1, e2, e3, e4, e5, e6, e7, e8, e9</b>: few.</li>',
    '<li class="gives"><b>11 environments</b>: many. <details><summary>Which environments</summary>e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10</details></li>',
  ]);
  expect(page).toContain("<details><summary>Changes that give access: 2, other changes: 0</summary>\n<ul>");
  const losses = [{ environment: "e", text: "less.", gives: false }];
  expect(accessPage(documentOf(), { version: "1.0.0", changes: losses })).toContain("access: 0, other changes: 1<");
  expect(accessPage(documentOf(), { version: "1.0.0", changes: [] })).toContain("Nobody's access has changed.</p>");
  expect(accessPage(documentOf())).not.toContain("Since version");
});

test("the table for browsers without scripts has roles without channels, aliases, ends and people; the data has them, too", () => {
  const until = { "resolve-cases": "2026-12-31T17:00:00Z" };
  const policy = { Version: "2012-10-17" as const, Statement: [] };
  const environment = (accessOverrides: object, overrides: object = {}): PublishedEnvironment => ({
    ...{ name: "test", account: "111122223333", region: "us-east-1", channels: [], ...overrides },
    accesses: [
      {
        ...{ access: "full", roleArn: "arn:aws:iam::111122223333:role/Full", policySource: "customer-managed" },
        ...{ capabilities: ["view-cases", "resolve-cases", "live-chat"], policy, trust: policy, ...accessOverrides },
      },
    ],
  });
  const page = accessPage(documentOf(environment({ until }, { accountAlias: "Payments" })));
  expect(page).toContain(
    "<td>111122223333 Payments<td>none in code, role arn:aws:iam::111122223333:role/Full<td>full<td>view cases, resolve cases (until 2026-12-31T17:00:00Z), live chat\n",
  );
  expect(page).toContain('"until":{"resolve-cases":["2026-12-31T17:00:00Z","2026-12-31T17:00:00Z"]}');
  const people = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };
  const channels = [{ workspace: "T01", channel: "C02", name: "oncall", access: "full", capabilities: [], people }];
  const counted = accessPage({ ...documentOf(environment({}, { channels })), peopleReadAt: "2026-11-26T18:40:11Z" });
  expect(counted).toContain("Member counts: Slack, 2026-11-26.");
  const words = "12 people (2 guests, 1 of other organizations), 3 bots";
  expect(counted).toContain(`<td>111122223333<td>#oncall T01 C02: ${words}<td>`);
  expect(counted).toContain(`["oncall","T01","C02",0,"${words}"]`);
  expect(counted).not.toMatch(/\(until \d|"until":/);
  expect(accessPage(documentOf(environment({}, { accountAlias: "<img>" })))).not.toContain("<img");
});
