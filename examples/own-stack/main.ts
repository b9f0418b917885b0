import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { SlackChannel, SupportAppAccess } from "cdktf-support-app-access";
import type { Construct } from "constructs";

const ACCOUNT = "111122223333";

class PaymentsStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // By default, CDKTF writes the path of this machine.
    new LocalBackend(this, { path: "../../../payments.tfstate" });
    new AwsProvider(this, "aws", { region: "us-east-1", allowedAccountIds: [ACCOUNT] });
    // CDKTF would pin the release of the AWS provider that its bindings were made from.
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");

    new CloudwatchLogGroup(this, "log", { name: "/payments/api", retentionInDays: 30 });

    const permissionsBoundary = `arn:aws:iam::${ACCOUNT}:policy/support-app-boundary`;
    const watch = new SupportAppAccess(this, "watch", { access: "read-only", permissionsBoundary });
    new SlackChannel(this, "watch-channel", {
      access: watch,
      name: "support-watch",
      workspace: "T012ABCDEFG",
      channel: "C01234A5BCD",
    });
    const oncall = new SupportAppAccess(this, "oncall", {
      access: "full",
      without: ["resolve-cases", "live-chat"],
      permissionsBoundary,
    });
    new SlackChannel(this, "oncall-channel", {
      access: oncall,
      name: "support-oncall",
      workspace: "T012ABCDEFG",
      channel: "C09876Z5YXW",
      notify: { severity: "high", events: ["case-created", "reply-added"] },
    });
  }
}

const app = new App();
new PaymentsStack(app, "payments");
app.synth();
