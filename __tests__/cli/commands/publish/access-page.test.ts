import { publishedEnvironment } from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { HOSTILE_JSON, hostileThroughout } from "../../../support/hostile";
import { environmentOf } from "../../../support/live-account";

/** The page of an environment, from what stands below its account. */
function pageOf(yaml: string): string {
  return accessPage({ schemaVersion: 1, version: "1.1.0", environments: [publishedEnvironment(environmentOf(yaml))] });
}

/** The text of each row below the header. */
function rowsOf(page: string): string[] {
  const [, ...bodies] = page.split("</table>")[0]?.split("<tbody") ?? [];
  return bodies.flatMap((body) =>
    body
      .split("<tr>")
      .slice(1)
      .map((row) => row.replace(/(<[^>]*>)+/g, " | ").trim()),
  );
}

test("an environment has its account, and each of its channels what everyone in it can do; a team's channel has the team's access", () => {
  const page = pageOf(
    "account-alias: Payments, read-only: {}, full: { channels: [{ name: a, workspace: T01, channel: C01 }] }, teams: { pay: { access: full, without: [live-chat], channels: [{ name: b, workspace: T01, channel: C02 }] } }",
  );
  expect(page).toContain('<tbody id="test">');
  expect(rowsOf(page)).toEqual([
    "| test | Payments, 111122223333, us-east-1 |",
    "| none in code | read-only | view-cases | role AWSSupportAppReadOnlyRole |",
    "| #a | C01 of T01 | full | view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases | role AWSSupportAppFullRole |",
    "| #b | C02 of T01 | team pay | view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, request-quota-increases | role AWSSupportAppPayRole |",
  ]);
});

test("what ends is apart, with its end, and what else limits or changes the access is beside it", () => {
  const ends = "temporarily: [{ capability: live-chat, until: 2026-12-31 }]";
  const boundary = "permissions-boundary: arn:aws:iam::111122223333:policy/b";
  const [, row, awsRow] = rowsOf(
    pageOf(
      `read-only: { policy: aws-managed }, full: { without: [live-chat, resolve-cases, request-quota-increases], ${ends}, ${boundary} }`,
    ),
  );
  expect([row, awsRow]).toEqual([
    "| none in code | read-only | view-cases | role AWSSupportAppReadOnlyRole; AWS&#39;s own policy, which AWS may change |",
    "| none in code | full | view-cases, create-cases, reply-to-cases, attach-files | until the end of 2026-12-31 (UTC): live-chat | role AWSSupportAppFullRole; less what the boundary arn:aws:iam::111122223333:policy/b takes away |",
  ]);
});

test("no value becomes HTML, and no script could run", () => {
  const environment = publishedEnvironment(
    environmentOf("full: { until: 2026-12-31, channels: [{ name: a, workspace: T01, channel: C01 }] }"),
  );
  const [hostile] = hostileThroughout({
    ...environment,
    accountAlias: "a",
    accesses: environment.accesses.map((access) => ({ ...access, team: "a", permissionsBoundary: "a" })),
    channels: environment.channels.map((channel) => ({ ...channel, team: "a" })),
  });
  const page = accessPage({ schemaVersion: 1, version: HOSTILE_JSON, environments: [hostile as typeof environment] });
  expect(page.match(/<(?!\/?(?:b|br|small|tr|th|td|tbody)\b)[^>]*>/g)).toEqual(
    accessPage({ schemaVersion: 1, version: "1.1.0", environments: [] }).match(
      /<(?!\/?(?:b|br|small|tr|th|td|tbody)\b)[^>]*>/g,
    ),
  );
  expect(page.split("&#60;img src=x&#62;").length).toBeGreaterThan(10);
  expect(page).not.toContain("<script");
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
});
