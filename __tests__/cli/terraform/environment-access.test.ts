import fc from "fast-check";
import { stringify } from "yaml";
import { environmentAccess } from "../../../cli/terraform/environment-access";
import type { Environment } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { writtenStack } from "../../../stacks/written-stack";
import { ACCOUNT, type Draft, ONCALL } from "../../support/edited-stack";
import { environmentFile } from "../../support/environment-files";
import { EVERY_FIELD } from "../../support/every-field";
import { accessIn } from "../../support/terraform-access";
import { propertyRuns } from "../../support/thorough";

const environmentsOf = (yaml: string) => parseEnvironments(yaml, "environments.yaml");
const environmentOf = (keys: string) =>
  environmentsOf(`environments: { paid: { account: "${ACCOUNT}", region: us-east-1, ${keys} } }`)[0] as Environment;
const accessWith = (keys: string) => environmentAccess(environmentOf(keys));

/** What the environment gives, and what is read from nothing but its Terraform. */
function bothOf(environment: Environment) {
  const { roles, channels, hasServiceQuotasRole, workspaces, alias } = environmentAccess(environment);
  const terraform: Draft = writtenStack({ environment });
  const registered = Object.keys(terraform.resource?.aws_cloudcontrolapi_resource ?? {});
  return [
    { roles, channels: byId(channels), hasServiceQuotasRole, registered: [workspaces.length, alias !== undefined] },
    {
      ...{ ...accessIn(terraform), channels: byId(accessIn(terraform).channels) },
      hasServiceQuotasRole: terraform.resource?.aws_iam_service_linked_role !== undefined,
      registered: [
        registered.filter((name) => name.startsWith("workspace_")).length,
        registered.includes("account_alias"),
      ],
    },
  ];
}

const byId = <T extends { readonly workspace: string; readonly channel: string }>(channels: readonly T[]) =>
  new Map(channels.map((channel) => [`${channel.workspace} ${channel.channel}`, channel]));

test("what any environment gives is what its Terraform gives, read by itself", () => {
  fc.assert(
    fc.property(environmentFile, (file) => {
      for (const environment of environmentsOf(stringify(file))) {
        const [said, terraformAccess] = bothOf(environment);
        expect(terraformAccess).toEqual(said);
      }
    }),
    propertyRuns(200),
  );
});

test("an environment with every field there is gives what its Terraform gives", () => {
  for (const environment of environmentsOf(stringify(EVERY_FIELD))) {
    const [said, terraformAccess] = bothOf(environment);
    expect(terraformAccess).toEqual(said);
  }
});

test("an environment gives its roles, channels, workspaces and alias", () => {
  const access = accessWith(`read-only: { ${ONCALL} }, slack-workspaces: [T01], account-alias: Payments`);
  expect(access).toMatchObject({
    ...{ account: ACCOUNT, hasServiceQuotasRole: false, workspaces: ["T01"], alias: "Payments" },
    channels: [{ workspace: "T01", channel: "C01", name: "oncall", role: "read_only", notify: { severity: "none" } }],
  });
  expect([...access.roles.keys()]).toEqual(["read_only"]);
  expect(access.roles.get("read_only")).toMatchObject({
    ...{ name: "AWSSupportAppReadOnlyRole", path: "/", policy: "/AWSSupportAppReadOnlyRolePolicy" },
    permissions: [{ actions: { patterns: ["support:describecases", "support:describecommunications"] } }],
    trust: [{ principals: { all: [{ type: "Service", id: "supportapp.amazonaws.com" }] } }],
  });
});

test("the order of a channel's events means nothing", () => {
  const [first, second] = ["[case-resolved, case-created]", "[case-created, case-resolved]"].map((events) =>
    accessWith(
      `full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: all, events: ${events} } }] }`,
    ),
  );
  expect(first?.channels).toEqual(second?.channels);
});

test("a retired environment gives nothing, in the same account", () => {
  expect(accessWith(`retired: true, full: { ${ONCALL} }, slack-workspaces: [T01], account-alias: a`)).toEqual({
    ...{ account: ACCOUNT, roles: new Map(), channels: [], hasServiceQuotasRole: false, workspaces: [] },
    alias: undefined,
  });
});

test.each([
  ["create", true],
  ["adopt", true],
  ["existing", false],
  ["on-demand", false],
])("with service-quotas-role: %s, the stack has the Service Quotas role: %s", (mode, has) => {
  expect(accessWith(`full: { service-quotas-role: ${mode} }`).hasServiceQuotasRole).toBe(has);
});

test("a role with AWS's policy has what that allows, and no policy of its own", () => {
  const full = accessWith("full: { policy: aws-managed }").roles.get("full");
  expect(full).toMatchObject({ policy: undefined });
  expect(full?.permissions.flatMap(({ actions }) => actions.patterns)).toContain("support:createcase");
});
