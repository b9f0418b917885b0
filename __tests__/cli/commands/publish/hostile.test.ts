import {
  accessDocumentSchema,
  type PublishedAccess,
  type PublishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { environmentFiles } from "../../../../cli/commands/publish/environment-files";
import { changesSince } from "../../../../cli/commands/publish/since";
import { HOSTILE, hostileCopies, obeyedIn, outsideOfCode, shownIn } from "../../../support/hostile";
import { ACCOUNT, environmentOf } from "../../../support/live-account";

const VIEWING = { Effect: "Allow", Action: ["support:DescribeCases"], Resource: ["*"] };
const FULL: PublishedAccess = {
  ...{ access: "full", roleArn: `arn:aws:iam::${ACCOUNT}:role/Full`, capabilities: ["view-cases"] },
  ...{ policySource: "customer-managed", permissionsBoundary: "arn:aws:iam::aws:policy/C" },
  policy: { Version: "2012-10-17", Statement: [VIEWING] },
  trust: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: ["supportapp.amazonaws.com"] }, Action: ["sts:AssumeRole"] }],
  },
};
const PUBLISHED: PublishedEnvironment = {
  ...{ name: "test", account: ACCOUNT, region: "us-east-1", accountAlias: "a", accesses: [FULL] },
  channels: [{ workspace: "T1", channel: "C1", name: "oncall", access: "full", capabilities: ["view-cases"] }],
};

test("a README shows names, IDs and ARNs only as code, and each in its cell", () => {
  const environment = environmentOf("full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }");
  const readmeWith = (text: string) => {
    const channels = PUBLISHED.channels.map((channel) => ({ ...channel, name: text, workspace: text, channel: text }));
    const accesses = [{ ...FULL, roleArn: text, permissionsBoundary: text }];
    const files = environmentFiles(
      { ...environment, deployRole: { arn: text } },
      {},
      { ...PUBLISHED, channels, accesses },
    );
    return files.get("README.md") ?? "";
  };
  const readme = readmeWith(HOSTILE);
  expect(readme.split("<img src=x>")).toHaveLength(1 + 6);
  expect([...shownIn(readme), ...obeyedIn(readme)]).toEqual([]);
  const tagsIn = (markdown: string) => outsideOfCode(markdown).match(/<\/?\w+/g);
  expect(tagsIn(readme)).toEqual(tagsIn(readmeWith("a")));
});

test("the content of an earlier publication becomes neither HTML nor invisible characters", () => {
  const documentOf = (environment: PublishedEnvironment) => {
    return { schemaVersion: 1 as const, version: "1.2.0", environments: [environment] };
  };
  const until = { "view-cases": "2099-12-31T00:00:00Z" };
  const policy = {
    ...FULL.policy,
    Statement: [{ ...VIEWING, Condition: { DateLessThan: { "aws:CurrentTime": [until["view-cases"]] } } }],
  };
  const { permissionsBoundary: _, ...unbounded } = FULL;
  const { accountAlias: __, ...unnamed } = PUBLISHED;
  const now = documentOf({ ...unnamed, accesses: [{ ...unbounded, until, policy }], channels: [] });
  let renderedCount = 0;
  for (const copy of hostileCopies(documentOf(PUBLISHED))) {
    const { success, data: since } = accessDocumentSchema.safeParse(copy);
    if (!success) continue;
    const page = accessPage(now, { version: since.version, changes: changesSince(since, now) });
    expect(page.match(/<img|<\/code><\/td|'" \\/)).toBeNull();
    expect(obeyedIn(page)).toEqual([]);
    renderedCount += Number(page.includes("&#60;img src=x&#62;"));
  }
  expect(renderedCount).toBeGreaterThan(5);
});
