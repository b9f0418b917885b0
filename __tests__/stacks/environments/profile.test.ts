import { parseEnvironments } from "../../../stacks/environments/environments";
import { profileOf } from "../../../stacks/environments/profile";

const before = { ...process.env };
beforeEach(() => {
  process.env = { PATH: before.PATH };
});
afterEach(() => {
  process.env = before;
});

test("on a person's machine, the environment's profile is used", () => {
  expect(profileOf({ profile: "ops" })).toBe("ops");
  process.env.AWS_PROFILE = ""; // counts as unset
  expect(profileOf({ profile: "ops" })).toBe("ops");
  expect(profileOf({})).toBeUndefined();
});

test("an environment of the file has no profile where the process names credentials", () => {
  const yaml = 'environments: { a: { account: "111122223333", region: us-east-1, profile: ops, full: {} } }';
  const profileIn = () => parseEnvironments(yaml, "environments.yaml")[0]?.profile;
  expect(profileIn()).toBe("ops");
  process.env.CI = "true";
  expect(profileIn()).toBeUndefined();
});

test.each([
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "CI",
])("an environment's profile isn't used where %s is set", (name) => {
  process.env[name] = "x";
  expect(profileOf({ profile: "ops" })).toBeUndefined();
});
