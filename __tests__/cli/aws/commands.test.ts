import { spawnSync } from "node:child_process";
import { awsCommand, inAccount, loginCommand, onlyInAccount, quoted } from "../../../cli/aws/commands";
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

test("a profile's session is renewed by its name", () => {
  expect(loginCommand("ops")).toBe("aws sso login --profile ops");
});

test.each(["", "$(id)`id`\\", HOSTILE, "##[error]a", "a\nb", "it's", "a\\b$(c)`d`", "é\u202e"])(
  "a name in a command is one word, and nothing that a terminal interprets: %j",
  (name) => {
    const word = quoted(name);
    expect(obeyedIn(word)).toEqual([]);
    expect(word).not.toContain("\n");
    const { stdout } = spawnSync("bash", ["-c", `printf '<%s>' ${word}`], { encoding: "utf8" });
    expect(stdout).toBe(`<${name}>`);
  },
);
