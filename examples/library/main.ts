import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { SupportAppAccess } from "cdktf-support-app-access";

const app = new App();
const stack = new TerraformStack(app, "support");
// By default, CDKTF writes the path of this machine.
new LocalBackend(stack, { path: "../../../terraform.support.tfstate" });
new AwsProvider(stack, "aws", { region: "us-east-1", allowedAccountIds: ["111122223333"] });
// CDKTF would pin the release of the AWS provider that its bindings were made from.
stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");

const watch = new SupportAppAccess(stack, "watch", { access: "read-only" });
new TerraformOutput(stack, "watch_role_arn", { value: watch.roleArn }); // the role to choose for the channel in the console

app.synth();
