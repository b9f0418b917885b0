import type { PublishedAccess, PublishedEnvironment } from "../../../../cli/commands/publish/access-document";
import { environmentFiles } from "../../../../cli/commands/publish/environment-files";
import { HOSTILE, obeyedIn, outsideOfCode, shownIn } from "../../../support/hostile";
import { ACCOUNT, environmentOf } from "../../../support/live-account";

const VIEWING = { Effect: "Allow", Action: ["support:DescribeCases"], Resource: ["*"] };
const FULL: PublishedAccess = {
  access: "full",
  roleArn: `arn:aws:iam::${ACCOUNT}:role/Full`,
  capabilities: ["view-cases"],
  policySource: "customer-managed",
  permissionsBoundary: "arn:aws:iam::aws:policy/C",
  policy: { Version: "2012-10-17", Statement: [VIEWING] },
  trust: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: ["supportapp.amazonaws.com"] }, Action: ["sts:AssumeRole"] }],
  },
};
const PUBLISHED: PublishedEnvironment = {
  name: "test",
  account: ACCOUNT,
  region: "us-east-1",
  accountAlias: "a",
  accesses: [FULL],
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
