import { handOverLines } from "../../../cli/adoption/hand-over";
import type { ImportedChannel } from "../../../cli/adoption/imported-environment";
import { ACCOUNT } from "../../support/live-account";

const ASKED = { name: "new", account: ACCOUNT, region: "eu-west-1" } as const;

function channel(more: Partial<ImportedChannel> = {}): ImportedChannel {
  const entry = { name: "oncall", workspace: "T1", channel: "C1", notify: { severity: "all", on: ["case-resolved"] } };
  const whole = { ...entry, ...more.entry } as ImportedChannel["entry"];
  return { access: "full", identifier: "T1|C1", ...more, entry: whole };
}

test("channels are handed over one by one, after a deploy, in the order of the account", () => {
  const entry = { name: "watch", workspace: "T1", channel: "C2" };
  const watch = channel({ access: "read-only", identifier: "T1|C'2", entry });
  const lines = handOverLines(ASKED, [channel(), watch]);
  expect(lines.slice(0, -3)).toEqual([
    "Slack channels keep working as they are. Terraform can't import them. To manage them here as well:",
    "  1. Deploy the environment as it is. This imports the roles:",
    "     $ npx support-app deploy new",
    "  2. Add the channels to environments.yaml, and synthesize:",
    "       new:",
    "         read-only:",
    "           channels:",
    "             - name: watch",
    "               workspace: T1",
    "               channel: C2",
    "               notify: { severity: all, on: [ case-resolved ] }",
    "         full:",
    "           channels:",
    "             - name: oncall",
    "               workspace: T1",
    "               channel: C1",
    "               notify: { severity: all, on: [ case-resolved ] }",
    "     $ npm run synth",
    "  3. Hand them over, one after the other. Between a channel's removal and its creation, some seconds later, people in it can do nothing:",
  ]);
  const command = (id: string, quoted: string) =>
    [
      `     $ if [ "$(aws sts --region eu-west-1 get-caller-identity --query Account --output text)" = ${ACCOUNT} ]; then plan=$(mktemp)`,
      `terraform -chdir=cdktf.out/stacks/new plan -target=aws_cloudcontrolapi_resource.channel_T1_${id} -out="$plan"`,
      `token=$(aws cloudcontrol --region eu-west-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier ${quoted} --query ProgressEvent.RequestToken --output text)`,
      'aws cloudcontrol --region eu-west-1 wait resource-request-success --request-token "$token"',
      'terraform -chdir=cdktf.out/stacks/new apply "$plan"',
      `rm "$plan"; else echo "Not run: it takes credentials of ${ACCOUNT}." >&2; false; fi`,
    ].join(" && ");
  expect(lines.slice(-3)).toEqual([
    command("C1", "'T1|C1'"),
    command("C2", "'T1|C'\\''2'"),
    "     If one fails after the removal, this creates what is missing: npx support-app deploy new",
  ]);
});

test("an access level without channels isn't mentioned", () => {
  expect(handOverLines(ASKED, [channel()]).filter((line) => /read-only|full/.test(line))).toEqual(["         full:"]);
});
