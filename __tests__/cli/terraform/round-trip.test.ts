import fc from "fast-check";
import { stringify } from "yaml";
import { type EnvironmentAccess, type RoleAccess, readAccess } from "../../../cli/terraform/access";
import { readStack, type Stack } from "../../../cli/terraform/stack";
import type { Access } from "../../../modules/support-app/model/access";
import { ACCESS_LEVELS, type AccessLevel, addressOfLevel } from "../../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import type { Environment } from "../../../stacks/environments/environment";
import type { BackendEntry } from "../../../stacks/environments/environments-schema";
import { PLACE_ADDRESS } from "../../../stacks/self-checks";
import { environmentFile } from "../../support/environment-files";
import { EVERY_FIELD } from "../../support/every-field";
import type { Draft } from "../../support/plan-fixtures";
import { synthesize, synthesizeEnvironments } from "../../support/synthesize";
import { isThorough, propertyRuns } from "../../support/thorough";

const SERVICE_QUOTAS_ROLE = "aws_iam_service_linked_role.service_quotas";

/** The environment that a stack describes, from nothing but what the reader yields and the texts that give nobody anything. */
function environmentFrom(name: string, text: string): Environment {
  const stack = readStack(JSON.parse(text));
  const access = readAccess(stack);
  expect(access.unreadable).toEqual([]);
  const { account = "", region = "", profile = stack.backend?.profile, assumeRole } = stack.provider;
  const levels = (Object.keys(ACCESS_LEVELS) as AccessLevel[]).filter((level) =>
    access.roles.has(addressOfLevel(level)),
  );
  const levelOf = (role: string) => levels.find((level) => addressOfLevel(level) === role) as AccessLevel;
  const registered = [...access.registrations.values()];
  return {
    ...{ name, account, region, profile, deployRole: assumeRole, canary: false },
    retired: !stack.blocks.has(PLACE_ADDRESS),
    backend: backendFrom(name, stack),
    accesses: levels.map((level) => propsFrom(level, stack, access)),
    channels: access.channels.map(({ role, ...channel }): Draft => ({ ...channel, access: levelOf(role) })),
    slackWorkspaces: registered.flatMap(({ kind, value }) => (kind === "workspace" ? [value] : [])),
    accountAlias: registered.find(({ kind }) => kind === "account-alias")?.value,
  };
}

function backendFrom(name: string, { backend }: Stack): BackendEntry {
  const { bucket, region, key, kms_key_id, organization, hostname, workspace } = (backend?.settings ?? {}) as Draft;
  if (backend?.type === "s3")
    return { type: "s3", bucket, region, prefix: key.replace(`/${name}.tfstate`, ""), "kms-key": kms_key_id };
  if (backend?.type !== "cloud") return { type: "local" };
  return { type: "cloud", organization, hostname, "workspace-prefix": workspace.slice(0, -name.length) };
}

function picked(body: Draft, ...names: readonly string[]): Draft {
  return Object.fromEntries(names.map((name) => [name, body[name]]));
}

function propsFrom(access: AccessLevel, { blocks, imports }: Stack, all: EnvironmentAccess): Access {
  const address = addressOfLevel(access);
  const bodyOf = (type: string): Draft => blocks.get(`${type}.${address}`)?.body ?? {};
  const { name, path, trust, boundary, maxSessionDuration, policies } = all.roles.get(address) as RoleAccess;
  const [policy] = policies ?? [];
  return {
    ...{ access, account: all.account, roleName: name, permissionsBoundary: boundary, maxSessionDuration },
    ...picked(bodyOf("aws_iam_role"), "description", "path", "tags"), // "/" may be written or left out
    sourceAccountCondition: trust.some(({ conditions }) => conditions.length > 0),
    adopt: imports.some(({ to }) => to === `aws_iam_role.${address}`),
    ...((policy === undefined
      ? { policy: "aws-managed" }
      : {
          ...{ policyName: policy.slice(path.length), policyDescription: bodyOf("aws_iam_policy").description },
          ...grantedBy(access, all, imports),
        }) as Partial<Access>),
  };
}

/** What a policy grants, and until when. */
function grantedBy(access: AccessLevel, { roles, serviceQuotasRole }: EnvironmentAccess, imports: Stack["imports"]) {
  const { permissions } = roles.get(addressOfLevel(access)) as RoleAccess;
  const [lasting, ...temporary] = permissions
    .filter(({ actions }) => !actions.patterns.includes("iam:createservicelinkedrole"))
    .map(({ actions, conditions }) => {
      const isGranted = (action: string) => actions.patterns.includes(action.toLowerCase());
      const capabilities = CAPABILITIES.filter((one) => actionsOf([one]).every(isGranted));
      return { capabilities, until: conditions.flatMap(({ values }) => values)[0] };
    });
  const without = ACCESS_LEVELS[access].capabilities.filter((one) => !lasting?.capabilities.includes(one));
  const temporarily = temporary.flatMap(({ capabilities, until }) =>
    capabilities.map((capability) => ({ capability, until })),
  );
  const isAdopted = imports.some(({ to }) => to === SERVICE_QUOTAS_ROLE);
  const mayRequest = [lasting, ...temporary].some((one) => one?.capabilities.includes("request-quota-increases"));
  const isManaged = serviceQuotasRole === "managed" && access === "full" && mayRequest;
  const isCreatedOnDemand = permissions.some(({ actions }) => actions.patterns.includes("iam:createservicelinkedrole"));
  const mode = isManaged ? (isAdopted ? "adopt" : "create") : isCreatedOnDemand || !mayRequest ? undefined : "existing";
  return { without, temporarily, until: lasting?.until, serviceQuotasRole: mode } as Partial<Access>;
}

/** What a file's environments become when they are read back from their Terraform and written again. */
function writtenAgain(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return synthesizeEnvironments(Object.entries(texts).map(([name, text]) => environmentFrom(name, text)));
}

test("what is read from any environment's Terraform is all that is in it: written again, it is the same bytes", () => {
  fc.assert(
    fc.property(environmentFile, (file) => {
      const texts = synthesize(stringify(file));
      expect(writtenAgain(texts)).toEqual(texts);
    }),
    { numRuns: propertyRuns(isThorough ? 200 : 40) },
  );
});

test("and so it is with every field there is", () => {
  const texts = synthesize(stringify(EVERY_FIELD).replace("2099-12-31", "2099-12-30")); // the day after must exist
  expect(writtenAgain(texts)).toEqual(texts);
});
