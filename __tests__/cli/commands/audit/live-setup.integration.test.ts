import { connect } from "../../../../cli/aws/connection";
import { readLiveAccount } from "../../../../cli/aws/live-account";
import { readLiveDocument } from "../../../../cli/aws/live-document";
import { setupOf } from "../../../../cli/commands/audit/live-setup";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Answers } from "../../../support/answering-aws";
import { allow, answering, encoded, importsInTests, page, roleArn } from "../../../support/importable-aws";
import { ACCOUNT, TRUST } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { policyText } from "../../../support/policy-text";

const imports = importsInTests();

async function importSetup(answers: Answers) {
  imports.answer(answers);
  const connection = connect();
  const config = connection.configFor({ region: "us-east-1" });
  const { roles, channels } = await readLiveAccount(config, inSeconds(NOW));
  connection.destroy();
  return setupOf(roles, [{ region: "us-east-1", channels }]);
}

/** The same with other answers to some calls. */
const changed =
  (answers: Answers, overrides: Readonly<Record<string, ReturnType<Answers>>>): Answers =>
  (action, parameters) =>
    overrides[action] ?? answers(action, parameters);

const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/ViewersPolicy`;
const CHANNEL = {
  ...{ TeamId: "T1", ChannelId: "C1", ChannelName: "a", ChannelRoleArn: roleArn("Viewers") },
  NotifyOnCaseSeverity: "none",
};

test("a role that the Support App may assume is read with everything about it, and another one isn't", async () => {
  const tags = "<Tags><member><Key>Owner</Key><Value>web</Value></member></Tags>";
  const trust = policyText({ Effect: "Allow", Action: "sts:AssumeRole", Principal: TRUST.Principal });
  const setup = await importSetup(
    changed(answering({}), {
      GetRole: `<Role><RoleName>Viewers</RoleName><Arn>${roleArn("Viewers")}</Arn><AssumeRolePolicyDocument>${encoded(trust)}</AssumeRolePolicyDocument><MaxSessionDuration>7200</MaxSessionDuration><Description>For Slack.</Description><PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::aws:policy/B</PermissionsBoundaryArn></PermissionsBoundary>${tags}</Role>`,
      ListRolePolicies: page("PolicyNames", "extra"),
      GetRolePolicy: `<RoleName>Viewers</RoleName><PolicyName>extra</PolicyName><PolicyDocument>${encoded(VIEW)}</PolicyDocument>`,
      GetPolicy: `<Policy><Arn>${POLICY_ARN}</Arn><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount><Description>All.</Description>${tags}</Policy>`,
    }),
  );
  expect(setup).toEqual({
    roles: [
      {
        ...{ arn: roleArn("Viewers"), description: "For Slack.", maxSessionDuration: 7200 },
        ...{ boundary: "arn:aws:iam::aws:policy/B", tags: new Map([["Owner", "web"]]), trust: readLiveDocument(trust) },
        policies: [
          {
            ...{ arn: POLICY_ARN, name: "ViewersPolicy", description: "All.", isShared: false },
            ...{ tags: new Map([["Owner", "web"]]), document: readLiveDocument(VIEW) },
          },
          { name: "extra", document: readLiveDocument(VIEW) },
        ],
      },
    ],
    channels: [],
  });
});

test("channels of the account are read with their region, and an empty description is none", async () => {
  const setup = await importSetup(answering({ channels: { "T1|C1": CHANNEL }, description: "" }));
  expect(setup).toMatchObject({ roles: [{ description: undefined }] });
  expect(setup.channels).toEqual([
    { identifier: "T1|C1", workspace: "T1", channel: "C1", region: "us-east-1", properties: CHANNEL },
  ]);
});

test("a role that is listed and then isn't there is an error, since its access isn't known", async () => {
  const notFound = { status: 404, code: "NoSuchEntity" };
  await expect(importSetup(changed(answering({}), { GetRole: notFound }))).rejects.toThrow(
    "Can't audit: contradicting answers of AWS: iam:ListRoles lists the role Viewers, and iam:GetRole finds none of that name. Run audit again in a minute: ",
  );
});

test.each(["ListRoles", "GetRole", "ListRolePolicies", "GetPolicyVersion", "ListResources", "GetResource"])(
  "a setup that can't be read completely is an error: %s",
  async (call) => {
    const denied = { [call]: { status: 403, code: "AccessDenied" } };
    const says = `Can't audit: AccessDenied: ${call} says so.`;
    await expect(importSetup(changed(answering({ channels: { "T1|C1": CHANNEL } }), denied))).rejects.toThrow(says);
  },
);
