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
  const page = accessPage({ ...documentOf(), version: evil });
  expect(page.split(escaped)).toHaveLength(2);
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
