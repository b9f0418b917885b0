import { type PublishedEnvironment, publishedEnvironment } from "../../../../cli/commands/publish/access-document";
import { readPolicy } from "../../../../cli/iam/policy";
import { addressOfOwner } from "../../../../modules/support-app/model/team";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { accessIn } from "../../../support/terraform-access";

const ROLE = `arn:aws:iam::${ACCOUNT}:role`;
const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: ["supportapp.amazonaws.com"] }, Action: ["sts:AssumeRole"] }],
};
const VIEW = ["support:DescribeCases", "support:DescribeCommunications"];
const VIEWING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: VIEW, Resource: ["*"] }] };

function published(yaml: string): PublishedEnvironment {
  return publishedEnvironment(environmentOf(yaml));
}

describe("an environment in access.json", () => {
  test("an environment in access.json lists who can do what: its roles with their policies, and its channels", () => {
    const watch = "channels: [{ name: watch, workspace: T01, channel: C01 }]";
    expect(published(`account-alias: Payments, read-only: { ${watch} }`)).toEqual({
      name: "test",
      account: ACCOUNT,
      region: "us-east-1",
      accountAlias: "Payments",
      accesses: [
        {
          access: "read-only",
          roleArn: `${ROLE}/AWSSupportAppReadOnlyRole`,
          capabilities: ["view-cases"],
          policySource: "customer-managed",
          policy: VIEWING,
          trust: TRUST,
        },
      ],
      channels: [
        { workspace: "T01", channel: "C01", name: "watch", access: "read-only", capabilities: ["view-cases"] },
      ],
    });
  });

  test("an environment in access.json has whose a policy is, what bounds it, and on whose behalf the role may be assumed", () => {
    const [access] = published(
      'read-only: { policy: aws-managed, path: /a/, role-name: b, permissions-boundary: "arn:aws:iam::aws:policy/C", source-account-condition: true }',
    ).accesses;
    const trust = { Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": [ACCOUNT] } } }] };
    expect(access).toMatchObject({
      roleArn: `${ROLE}/a/b`,
      policySource: "aws-managed",
      policy: VIEWING,
      trust,
      permissionsBoundary: "arn:aws:iam::aws:policy/C",
    });
  });

  test("an environment in access.json has the end of each capability that ends, for the role and for its channels", () => {
    const { accesses, channels } = published(
      "full: { without: [resolve-cases], temporarily: [{ capability: resolve-cases, until: 2026-12-31T18:00:00+01:00 }], channels: [{ name: oncall, workspace: T01, channel: C02 }] }",
    );
    const until = { "resolve-cases": "2026-12-31T17:00:00Z" };
    for (const subject of [accesses[0], channels[0]]) {
      expect(subject).toMatchObject({ capabilities: expect.arrayContaining(["resolve-cases"]), until });
    }
    expect(accesses[0]?.policy.Statement).toContainEqual(
      expect.objectContaining({ Condition: { DateLessThan: { "aws:CurrentTime": ["2026-12-31T17:00:00Z"] } } }),
    );
    expect(JSON.stringify(published("full: {}"))).not.toMatch(/until|DateLessThan/);
  });
});

test("access.json, read as access again, is what the Terraform gives", () => {
  const environment = environmentOf(
    'read-only: { path: /a/, channels: [{ name: watch, workspace: T01, channel: C01 }] }, full: { permissions-boundary: "arn:aws:iam::aws:policy/C", source-account-condition: true, until: 2026-12-31 }, teams: { on-call: { access: read-only, channels: [{ name: oncall, workspace: T01, channel: C02 }] } }',
  );
  const { roles, channels } = accessIn(portableEnvironment(environment));
  const { accesses, channels: publishedChannels, account } = publishedEnvironment(environment);
  const statementsOf = (document: unknown) => readPolicy(JSON.stringify(document)).statements;
  expect(account).toBe(ACCOUNT);
  expect(
    accesses.map((access) => [
      addressOfOwner(access),
      {
        permissions: statementsOf(access.policy),
        trust: statementsOf(access.trust),
        boundary: access.permissionsBoundary,
      },
    ]),
  ).toEqual(
    [...roles].map(([address, { permissions, trust, boundary }]) => [address, { permissions, trust, boundary }]),
  );
  expect(publishedChannels.map(({ channel, ...owner }) => [channel, addressOfOwner(owner)])).toEqual(
    channels.map(({ channel, role }) => [channel, role]),
  );
});

test("a team in access.json has its level and its name, as do its channels", () => {
  const { accesses, channels } = published(
    "full: {}, teams: { pay: { access: full, without: [live-chat], channels: [{ name: pay, workspace: T01, channel: C01 }] } }",
  );
  expect(accesses.map(({ access, team, roleArn }) => [access, team, roleArn])).toEqual([
    ["full", undefined, `${ROLE}/AWSSupportAppFullRole`],
    ["full", "pay", `${ROLE}/AWSSupportAppPayRole`],
  ]);
  expect(channels).toMatchObject([{ name: "pay", access: "full", team: "pay" }]);
  expect(channels[0]?.capabilities).not.toContain("live-chat");
});
