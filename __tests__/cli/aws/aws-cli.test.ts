import { awsCommand, inAccount, onlyInAccount, removeChannelCommand } from "../../../cli/aws/aws-cli";

const staging = { account: "111122223333", region: "eu-west-1" };

test("a command is for the environment's region", () => {
  expect(awsCommand(staging, "iam", "get-role --role-name oncall")).toBe(
    "aws iam --region eu-west-1 get-role --role-name oncall",
  );
});

test("a command that changes an account only runs with credentials of that account, and otherwise says so", () => {
  expect(onlyInAccount(staging, "terraform apply")).toBe(
    'if [ "$(aws sts --region eu-west-1 get-caller-identity --query Account --output text)" = 111122223333 ]; then terraform apply; else echo "Not run: it takes credentials of 111122223333." >&2; false; fi',
  );
  expect(inAccount(staging, "iam", "delete-role --role-name x")).toBe(
    onlyInAccount(staging, "aws iam --region eu-west-1 delete-role --role-name x"),
  );
});

test("a channel's configuration is removed by its identifier", () => {
  expect(removeChannelCommand(staging, "T1|C1")).toBe(
    "aws cloudcontrol --region eu-west-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C1'",
  );
});
