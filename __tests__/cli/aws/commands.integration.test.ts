import { spawnSync } from "node:child_process";
import { awsCommand, inAccount, onlyInAccount, removeChannelCommand, shellQuote } from "../../../cli/aws/commands";
import { HOSTILE, obeyedIn } from "../../support/hostile";

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

test("a name in a command is one word, and nothing that a terminal interprets", () => {
  const names = ["", "$(id)`id`\\", HOSTILE, "##[error]a", "a\nb", "\n1", "it's", "a\\b$(c)`d`", "é\u202e"];
  const words = names.map(shellQuote);
  expect(words[1]).toBe("'$(id)`id`\\'");
  for (const word of words) expect([obeyedIn(word), word.includes("\n")]).toEqual([[], false]);
  const { stdout } = spawnSync("bash", ["-c", `printf '%s\\0' ${words.join(" ")}`], { encoding: "utf8" });
  expect(stdout.split("\0").slice(0, -1)).toEqual(names);
});
