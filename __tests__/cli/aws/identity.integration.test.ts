import { STSClient } from "@aws-sdk/client-sts";
import type { ClientConfig } from "../../../cli/aws/connection";
import { assumeRole, signIn, withSignedIn } from "../../../cli/aws/identity";
import { type Answer, awsInTests } from "../../support/answering-aws";
import { ACCOUNT } from "../../support/live-account";

const aws = awsInTests();
const config: ClientConfig = { region: "us-east-1" };

const DENIED: Answer = { status: 403, code: "AccessDenied" };
const CREDENTIALS =
  "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/terraform`;

const IDENTITY = `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/ops</Arn><UserId>AIDA</UserId>`;
const REQUIRED = { arn: ROLE, externalId: "tenant-1", sessionName: "ci" };
const signedIn = (arn?: string) => signIn(config, arn === undefined ? undefined : { arn }, "support-app-doctor");

/** What is answered to whoever asks for the principal, and to whoever assumes a role. */
function answering(identity: Answer, role: Answer = DENIED): void {
  aws.answers = (action, { RoleArn, RoleSessionName, ExternalId }) => {
    if (action !== "AssumeRole") return identity;
    const isPlain = RoleSessionName === "support-app-doctor" && ExternalId === undefined;
    const isAsRequired = RoleSessionName === REQUIRED.sessionName && ExternalId === REQUIRED.externalId;
    return RoleArn === ROLE && (isPlain || isAsRequired) ? role : DENIED;
  };
}
const broken = (action: string, name: string) => {
  const message = `a broken answer to ${action}: received nothing as ${name}, expected what AWS documents`;
  return { unknown: { kind: "broken-answer", message } };
};

test("the principal of the credentials is known, or why it isn't", async () => {
  answering(IDENTITY);
  expect(await signedIn()).toEqual({ known: { config, account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ops` } });
  expect(aws.asked).toHaveLength(1); // there is no role to assume
  answering({ status: 403, code: "ExpiredToken" });
  expect(await signedIn()).toMatchObject({ unknown: { kind: "credentials", action: "sts:GetCallerIdentity" } });
  answering(`<Account>${ACCOUNT}</Account>`);
  expect(await signedIn()).toMatchObject(broken("sts:GetCallerIdentity", "Arn"));
});

test("a role is assumed in a session of that name, or with what its trust policy requires, or nothing is known", async () => {
  answering(IDENTITY, CREDENTIALS);
  const credentials = { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" };
  const session = { known: { config: { credentials } } };
  expect(await signIn(config, REQUIRED, "support-app-doctor")).toMatchObject(session);
  aws.signed.length = 0;
  expect(await signedIn(ROLE)).toMatchObject(session);
  expect(aws.signed).toEqual(["AKIAIOSFODNN7EXAMPLE in us-east-1", "ASIA in us-east-1"]);
  answering(IDENTITY);
  expect(await signedIn(ROLE)).toMatchObject({ unknown: { kind: "denied", action: "sts:AssumeRole" } });
  answering(IDENTITY, "<Credentials><AccessKeyId>ASIA</AccessKeyId></Credentials>");
  expect(await signedIn(ROLE)).toMatchObject(broken("sts:AssumeRole", "SecretAccessKey"));
});

test("the account of an assumed role is in the answer, which is asked for once", async () => {
  const session = (arn: string) => `<AssumedRoleUser><Arn>${arn}</Arn></AssumedRoleUser>`;
  const assumed = () => assumeRole(new STSClient(config), ROLE, "support-app-doctor");
  answering(IDENTITY, session("arn:aws:sts::444455556666:assumed-role/terraform/a") + CREDENTIALS);
  const credentials = { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" };
  expect(await assumed()).toEqual({ known: { account: "444455556666", credentials } });
  expect(aws.asked).toEqual(["AssumeRole"]);
  answering(IDENTITY, session("no-arn") + CREDENTIALS);
  expect(await assumed()).toEqual({ known: { account: undefined, credentials } });
  answering(IDENTITY, CREDENTIALS);
  expect(await assumed()).toMatchObject(broken("sts:AssumeRole", "AssumedRoleUser"));
  answering(IDENTITY, session(""));
  expect(await assumed()).toMatchObject(broken("sts:AssumeRole", "Arn"));
  answering(IDENTITY);
  expect(await assumed()).toMatchObject({ unknown: { kind: "denied", action: "sts:AssumeRole" } });
});

test("something is run with the credentials, and of the profile", async () => {
  answering(IDENTITY);
  const environment = { region: "us-east-1", profile: undefined };
  const run = async (lookup: object, profile?: string) => ({ lookup, profile });
  expect(await withSignedIn(environment, undefined, "support-app-doctor", run)).toMatchObject({
    lookup: { known: { account: ACCOUNT } },
    profile: undefined,
  });
});
