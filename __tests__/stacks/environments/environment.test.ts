import { type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { toEnvironment } from "../../../stacks/environments/environment-entry";

test("a retired environment has nothing but its place once it is deployed, and any other environment stays as it is", () => {
  const fields = { region: "us-east-1", full: {}, "slack-workspaces": ["T1"], "account-alias": "a" };
  const nothing = { accesses: [], channels: [], slackWorkspaces: [], accountAlias: undefined };
  const [activeEnvironment, retired] = [{}, { retired: true }].map((state) =>
    toEnvironment("prod", { account: "111122223333", ...fields, ...state } as never),
  ) as [Environment, Environment];
  expect(withoutRetired(activeEnvironment)).toBe(activeEnvironment);
  expect(withoutRetired(retired)).toEqual({ ...retired, ...nothing });
});
