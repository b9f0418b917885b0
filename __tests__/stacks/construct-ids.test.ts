import { ACCOUNT_ALIAS_ID, channelId, cloudControlAddress, workspaceId } from "../../stacks/construct-ids";
import { resourcesIn } from "../../stacks/output/stack-digest";
import { synthesize } from "../support/synthesize";

const YAML = `environments:
  test:
    account: "111122223333"
    region: us-east-1
    account-alias: mine
    slack-workspaces: [T1]
    read-only:
      channels: [{ name: watch, workspace: T1, channel: C1 }]
`;

test("a workspace, a channel and the alias have the address that is made of their ids", () => {
  const addresses = resourcesIn(JSON.parse(synthesize(YAML).test ?? ""));
  expect(addresses.filter((address) => address.startsWith("aws_cloudcontrolapi_resource.")).sort()).toEqual(
    [ACCOUNT_ALIAS_ID, channelId({ workspace: "T1", channel: "C1" }), workspaceId("T1")].map(cloudControlAddress),
  );
  expect(cloudControlAddress(channelId({ workspace: "T1", channel: "C1" }))).toBe(
    "aws_cloudcontrolapi_resource.channel_T1_C1",
  );
});
