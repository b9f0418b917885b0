import * as constructs from "../../../modules/support-app";

test("the package exports its constructs and the capabilities, and nothing else", () => {
  expect(Object.keys(constructs).sort()).toEqual([
    "AccountAlias",
    "CAPABILITIES",
    "OPTIONAL_CAPABILITIES",
    "SlackChannel",
    "SlackWorkspace",
    "SupportAppAccess",
  ]);
});
