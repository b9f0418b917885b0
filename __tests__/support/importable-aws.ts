import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answers, awsInTests, xmlOf } from "./answering-aws";
import { ACCOUNT } from "./live-account";
import { policyText } from "./policy-text";

/** An AWS for all tests of a file, and an empty folder for each test's environment file. To be called where tests are described. */
export function importsInTests() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-import-")));
  const file = join(folder, "environments.yaml");
  const aws = awsInTests();
  beforeEach(() => {
    process.env.SUPPORT_APP_ENVIRONMENTS = file;
  });
  afterEach(() => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const answer = (answers: Answers) => {
    aws.answers = answers;
    aws.asked.length = aws.signed.length = 0;
  };
  return { folder, file, aws, answer };
}

/** ARN of a role of the account. */
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** A policy that allows actions on everything. */
export const allow = (...Action: string[]) => policyText({ Effect: "Allow", Action, Resource: "*" });

const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");
const trusting = (Service: string) => policyText({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } });

/** The last page of a list of IAM. */
export const page = (name: string, ...members: string[]) =>
  `<${name}>${members.map((member) => `<member>${member}</member>`).join("")}</${name}><IsTruncated>false</IsTruncated>`;

/** A document as IAM returns it. */
export const encoded = (document: string) => encodeURIComponent(document);

/** An account to import, with one role for viewing, in a channel, and one that the Support App may not assume. */
export interface Contents {
  readonly roles?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: string;
  readonly description?: string;
  readonly channels?: Readonly<Record<string, object>>;
}

/** What AWS answers that reads it. */
export function answering({
  roles = ["Viewers", "web"],
  tags = {},
  policy = VIEW,
  description,
  channels = {},
}: Contents): Answers {
  const tagged = `<Tags>${Object.entries(tags)
    .map(([key, value]) => `<member><Key>${xmlOf(key)}</Key><Value>${xmlOf(value)}</Value></member>`)
    .join("")}</Tags>`;
  const role = (name: unknown) =>
    `<RoleName>${name}</RoleName><Arn>${roleArn(String(name))}</Arn><AssumeRolePolicyDocument>${encoded(trusting(name === "web" ? "ec2.amazonaws.com" : "supportapp.amazonaws.com"))}</AssumeRolePolicyDocument>`;
  const described = (Identifier: string) => ({ Identifier, Properties: JSON.stringify(channels[Identifier]) });
  return (action, { RoleName, PolicyArn, TypeName, Identifier }) => {
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/somebody</Arn>`;
      case "ListRoles":
        return page("Roles", ...roles.map(role));
      case "GetRole": {
        if (!roles.includes(String(RoleName))) return { status: 404, code: "NoSuchEntity" };
        const said = description === undefined ? "" : `<Description>${xmlOf(description)}</Description>`;
        return `<Role>${role(RoleName)}<MaxSessionDuration>3600</MaxSessionDuration>${said}${tagged}</Role>`;
      }
      case "ListAttachedRolePolicies":
        return page(
          "AttachedPolicies",
          `<PolicyName>ViewersPolicy</PolicyName><PolicyArn>arn:aws:iam::${ACCOUNT}:policy/ViewersPolicy</PolicyArn>`,
        );
      case "ListRolePolicies":
        return page("PolicyNames");
      case "GetPolicy":
        return `<Policy><Arn>${PolicyArn}</Arn><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount>${tagged}</Policy>`;
      case "GetPolicyVersion":
        return `<PolicyVersion><VersionId>v1</VersionId><Document>${encoded(policy)}</Document></PolicyVersion>`;
      case "ListResources": {
        const identifiers = String(TypeName).includes("SlackChannel") ? Object.keys(channels) : [];
        return JSON.stringify({ TypeName, ResourceDescriptions: identifiers.map(described) });
      }
      case "GetResource":
        return JSON.stringify({ TypeName, ResourceDescription: described(String(Identifier)) });
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}
