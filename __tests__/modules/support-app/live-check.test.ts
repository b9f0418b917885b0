import { liveCheckOf } from "../../../modules/support-app/live-check";
import {
  ACCOUNT_ALIAS_TYPE,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../../modules/support-app/model/cloud-control-types";

test("a channel's check lists every setting that AWS has otherwise, with the channel's name", () => {
  const { name, local, differences = "", check } = liveCheckOf(SLACK_CHANNEL_TYPE, "channel_T1_C1") ?? {};
  expect([name, local]).toEqual(["channel_T1_C1", "channel_T1_C1_differences"]);
  expect(differences).toContain("for resource in aws_cloudcontrolapi_resource.channel_T1_C1[*] :");
  expect(differences).toContain("for name, value in jsondecode(resource.desired_state) :");
  expect(differences).toContain("&& try(jsondecode(resource.properties)[name], false) != value]");
  expect(differences).toContain('format("the channel #%s (%s)", jsondecode(resource.desired_state).ChannelName,');
  expect(check?.assert).toEqual([
    {
      condition: "${length(local.channel_T1_C1_differences) == 0}",
      error_message: expect.stringMatching(/^In AWS, \$\{join\("; ", local\.channel_T1_C1_differences\)\}\. /),
    },
  ]);
});

test.each([SLACK_CHANNEL_TYPE, ACCOUNT_ALIAS_TYPE])(
  "a check reads nothing but the resource: a data source in it would be in every plan: %j",
  (type) => {
    const { check, differences } = liveCheckOf(type, "a") ?? {};
    expect(Object.keys(check ?? {})).toEqual(["assert"]);
    expect(differences).not.toMatch(/\bdata\./);
  },
);

test("the alias is named as such, and several instances are looked at one by one", () => {
  const { differences } = liveCheckOf(ACCOUNT_ALIAS_TYPE, "a", "values(aws_cloudcontrolapi_resource.a)") ?? {};
  expect(differences).toContain('"the account alias"');
  expect(differences).toContain("for resource in values(aws_cloudcontrolapi_resource.a) :");
});

test.each([SLACK_WORKSPACE_TYPE, "AWS::IAM::Role", "constructor", undefined])("%s has no check", (type) => {
  expect(liveCheckOf(type, "a")).toBeUndefined();
});
