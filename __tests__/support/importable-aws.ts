import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AwsRole, accountAws } from "./account-aws";
import { type Answers, awsInTests, xmlOf } from "./answering-aws";
import { ACCOUNT, TRUST } from "./live-account";
import { VIEW } from "./trusting-role";

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

/** An account to import, with one role for viewing, in a channel, and one that the Support App may not assume. */
interface Contents {
  readonly roles?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: object;
  readonly description?: string;
  readonly channels?: Readonly<Record<string, object>>;
}

const POLICY = `arn:aws:iam::${ACCOUNT}:policy/ViewersPolicy`;

/** What AWS answers that reads it. */
export function answering({
  roles = ["Viewers", "web"],
  tags = {},
  policy = VIEW,
  description = "",
  channels = {},
}: Contents): Answers {
  const tagged = `<Tags>${Object.entries(tags)
    .map(([key, value]) => `<member><Key>${xmlOf(key)}</Key><Value>${xmlOf(value)}</Value></member>`)
    .join("")}</Tags>`;
  const viewers: AwsRole = {
    policies: { [POLICY]: [policy] },
    details: `<MaxSessionDuration>3600</MaxSessionDuration><Description>${xmlOf(description)}</Description>${tagged}`,
  };
  const web: AwsRole = { trust: [{ ...TRUST, Principal: { Service: "ec2.amazonaws.com" } }] };
  return accountAws({
    roles: Object.fromEntries(roles.map((name) => [name, name === "web" ? web : viewers])),
    channels: () => channels,
    instead: (action) =>
      action === "GetPolicy"
        ? `<Policy><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount>${tagged}</Policy>`
        : undefined,
  });
}
