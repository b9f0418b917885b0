import { IAMClient } from "@aws-sdk/client-iam";
import {
  ACCOUNT_ALIAS_TYPE,
  type CloudControlType,
  SLACK_CHANNEL_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import type { Aws } from "./aws";
import { clean } from "./clean";
import { ALIAS, CHANGED_ALIAS, MISSING_ROLE, PREFIX, ROLES } from "./names";

const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

interface Account {
  /** By region, type and identifier. */
  readonly resources: Record<string, Record<string, unknown>>;
  readonly roles?: string[];
  /** Names of roles that are listed although they are gone. */
  readonly stale?: string[];
  readonly policies?: string[];
  readonly refusals?: readonly string[];
}

const failure = (name: string) => Object.assign(new Error(`${name} of AWS`), { name });

/** An account in the memory, as Cloud Control and IAM answer. */
function awsWith({ resources, roles = [], stale = [], policies = [], refusals = [] }: Account): Aws {
  const iam = new IAMClient({ region: "us-east-1" });
  const answers: Record<string, (input: Record<string, string>) => object> = {
    ListRoles: () => ({ Roles: [...roles, ...stale].map((RoleName) => ({ RoleName, Arn: roleArn(RoleName) })) }),
    ListPolicies: () => ({ Policies: policies.map((PolicyName) => ({ PolicyName, Arn: `arn:policy/${PolicyName}` })) }),
    ListAttachedRolePolicies: ({ RoleName = "" }) => {
      if (stale.splice(stale.indexOf(RoleName), stale.includes(RoleName) ? 1 : 0).length > 0)
        throw failure("NoSuchEntityException");
      return {};
    },
    DeleteRole: ({ RoleName = "" }) => roles.splice(roles.indexOf(RoleName), 1),
    DeletePolicy: ({ PolicyArn = "" }) => policies.splice(policies.indexOf(PolicyArn.split("/")[1] ?? ""), 1),
  };
  const send = async (command: { readonly input: Record<string, string> }) => {
    const action = command.constructor.name.replace("Command", "");
    if (refusals.includes(action)) throw failure("AccessDenied");
    return answers[action]?.(command.input) ?? {};
  };
  const prefix = (type: string, place: string) => `${place} ${type} `;
  return {
    region: "us-east-1",
    isEmulated: () => true,
    iam: Object.assign(iam, { send }),
    list: async (type: CloudControlType, place = "us-east-1") => {
      if (place === "eu-west-2") throw failure("AccessDeniedException");
      return Object.entries(resources)
        .filter(([key]) => key.startsWith(prefix(type, place)))
        .map(([key, properties]) => ({ identifier: key.slice(prefix(type, place).length), properties }));
    },
    remove: async (type: CloudControlType, identifier: string, place = "us-east-1") => {
      if (refusals.includes(identifier)) throw failure("AccessDeniedException");
      delete resources[prefix(type, place) + identifier];
      return { OperationStatus: "SUCCESS" };
    },
  } as unknown as Aws;
}

const CHANNEL = `us-east-1 ${SLACK_CHANNEL_TYPE}`;
const ALIAS_HERE = `us-east-1 ${ACCOUNT_ALIAS_TYPE}`;

test.each([
  ["a channel", CHANNEL, { ChannelRoleArn: roleArn(ROLES.full) }],
  ["a channel whose role AWS took although it doesn't exist", CHANNEL, { ChannelRoleArn: roleArn(MISSING_ROLE) }],
  ["a channel in another region", `eu-west-1 ${SLACK_CHANNEL_TYPE}`, { ChannelRoleArn: roleArn(ROLES.byHand) }],
  ["the alias", ALIAS_HERE, { AccountAlias: ALIAS }],
  ["the alias that was changed by hand", ALIAS_HERE, { AccountAlias: CHANGED_ALIAS }],
])("what a run made is removed: %s", async (_, key, properties) => {
  const resources = { [`${key} x`]: properties };
  expect(await clean(awsWith({ resources }))).toBe(1);
  expect(resources).toEqual({});
});

test.each([
  ["a channel with a role whose name only begins as a run's", CHANNEL, { ChannelRoleArn: roleArn(`${PREFIX}Team`) }],
  ["a channel with a role of that name elsewhere", CHANNEL, { ChannelRoleArn: roleArn(`team/${ROLES.full}`) }],
  ["a channel without a role", CHANNEL, {}],
  ["an alias that begins as a run's", ALIAS_HERE, { AccountAlias: `${ALIAS}-3` }],
])("what people use stays: %s", async (_, key, properties) => {
  const resources = { [`${key} x`]: properties };
  expect(await clean(awsWith({ resources, roles: [`${PREFIX}Team`], policies: [`${PREFIX}Team`] }))).toBe(0);
  expect(Object.keys(resources)).toEqual([`${key} x`]);
});

test("a role that is still listed although it is gone doesn't end the removal of the rest", async () => {
  const account = { resources: {}, roles: [ROLES.full], stale: [ROLES.deployer], policies: [ROLES.full] };
  await clean(awsWith(account));
  expect(account).toMatchObject({ roles: [], stale: [], policies: [] });
});

test("what can't be removed is named with why, and the rest is removed", async () => {
  const resources = { [`${CHANNEL} T1|C1`]: { ChannelRoleArn: roleArn(ROLES.full) } };
  const account = { resources, roles: [ROLES.full, ROLES.deployer], refusals: ["T1|C1"] };
  await expect(clean(awsWith(account), 1)).rejects.toThrow(
    `This is still there: ${SLACK_CHANNEL_TYPE} T1|C1 in us-east-1 (AccessDeniedException: AccessDeniedException of AWS).`,
  );
  expect(account.roles).toEqual([]);
});
