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

test.each([
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "CI",
])("with %s, it isn't", (name) => {
  process.env[name] = "x";
  expect(profileOf({ profile: "ops" })).toBeUndefined();
});
