import { z } from "zod";
import { describePath } from "../../modules/support-app/model/problem";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import { isFields, parseJson } from "../json";
import { type LiveDocument, readLiveDocument } from "./live-document";
import type { Page } from "./pages";

// What AWS's API references promise for the parts of answers that are read. Each error says what is expected.

const list = <T extends z.ZodType>(of: T) => z.array(of, { error: "a list" });
const text = z.string({ error: "a text" }).min(1, { error: "a text" });
const mapping = { error: "a mapping" };
const matching = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });
const same = (value: string) => z.literal(value, { error: describePath(value) });

/** IAM ignores the case of names. */
const sameName = (name: string) =>
  text.refine((found) => found.toLowerCase() === name.toLowerCase(), { error: describePath(name) });

const POLICY_ARN = matching(/^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/\S+$/, "the ARN of a policy");
const ROLE_ARN = matching(/^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/, "the ARN of a role");

/** Tags in IAM. Undefined: none. */
const tagList = list(z.object({ Key: text, Value: z.string({ error: "a text" }) }, mapping)).optional();

/** A policy document as IAM returns it: URL-encoded JSON. */
const document = text.transform((encoded, context): LiveDocument => {
  try {
    const decoded = decodeURIComponent(encoded);
    if (isFields(parseJson(decoded))) return readLiveDocument(decoded);
  } catch {
    // truncated, or no policy
  }
  context.addIssue("a policy document");
  return z.NEVER;
});

/** A page of one of IAM's lists, by the list's name. */
function iamPage<T extends z.ZodType>(name: string, item: T): z.ZodType<Page<z.output<T>>> {
  const schema = z.object({
    [name]: list(item),
    IsTruncated: z.boolean({ error: "true or false" }),
    Marker: text.optional(),
  });
  return schema.transform((page, context): Page<z.output<T>> => {
    const items = page[name] as z.output<T>[];
    if (page.IsTruncated !== true) return { items };
    if (typeof page.Marker === "string") return { items, next: page.Marker };
    context.addIssue({ code: "custom", path: ["Marker"], message: "a marker for the next page", input: page });
    return z.NEVER;
  });
}

/** Of `sts:GetCallerIdentity`. */
export const identityAnswer = z
  .object({
    Account: matching(/^\d{12}$/, "an AWS account ID of 12 digits"),
    Arn: matching(/^arn:aws[\w-]*:(iam|sts)::\d{12}:.+$/, "the ARN of a principal"),
  })
  .refine(({ Account, Arn }) => accountOfArn(Arn) === Account, { path: ["Arn"], error: "an ARN of that account" });

/** Of `sts:AssumeRole`. */
export const assumedAnswer = z.object({
  Credentials: z.object({ AccessKeyId: text, SecretAccessKey: text, SessionToken: text }, mapping),
});

/** Of `support:DescribeSeverityLevels`. */
export const severityLevelsAnswer = z.object({ severityLevels: list(z.object({ code: text }, mapping)) });

/** Of `iam:GetRole` for a name. */
export function roleAnswer(account: string, name: string) {
  return z.object({ Role: z.object(roleShape(account, name), mapping) });
}

/** Of `iam:GetRole` for a name, with everything about the role. */
export function wholeRoleAnswer(account: string, name: string) {
  const whole = {
    Description: z.string({ error: "a text" }).optional(),
    MaxSessionDuration: z.int({ error: "a whole number" }),
    Tags: tagList,
  };
  return z.object({ Role: z.object({ ...roleShape(account, name), ...whole }, mapping) });
}

function roleShape(account: string, name: string) {
  const is = (arn: string) =>
    accountOfArn(arn) === account && pathAndNameOf(arn).name.toLowerCase() === name.toLowerCase();
  return {
    RoleName: sameName(name),
    Arn: ROLE_ARN.refine(is, { error: `the ARN of ${describePath(name)} in ${account}` }),
    AssumeRolePolicyDocument: document,
    PermissionsBoundary: z.object({ PermissionsBoundaryArn: POLICY_ARN }, mapping).optional(),
  };
}

/** Of `iam:ListRoles`, with the trust of each role. */
export function trustsPage(account: string) {
  const isOfAccount = (arn: string) => accountOfArn(arn) === account;
  const Arn = ROLE_ARN.refine(isOfAccount, { error: `the ARN of a role in ${account}` });
  return iamPage("Roles", z.object({ RoleName: text, Arn, AssumeRolePolicyDocument: document }, mapping));
}

/** Of `iam:ListAttachedRolePolicies`. */
export const attachedPoliciesPage = iamPage(
  "AttachedPolicies",
  z
    .object({ PolicyName: text, PolicyArn: POLICY_ARN }, mapping)
    .refine(({ PolicyName, PolicyArn }) => pathAndNameOf(PolicyArn).name === PolicyName, {
      path: ["PolicyArn"],
      error: "the ARN of a policy of that name",
    }),
);

/** Of `iam:ListRolePolicies`. */
export const inlinePoliciesPage = iamPage("PolicyNames", text);

/** Of `iam:GetRolePolicy`. */
export function inlinePolicyAnswer(roleName: string, name: string) {
  return z.object({ RoleName: sameName(roleName), PolicyName: sameName(name), PolicyDocument: document });
}

/** Of `iam:GetPolicy`. */
export function policyAnswer(arn: string) {
  return z.object({ Policy: z.object(policyShape(arn), mapping) });
}

/** Of `iam:GetPolicy`, with everything about the policy. */
export function wholePolicyAnswer(arn: string) {
  const count = z.int({ error: "a whole number" });
  const whole = {
    Description: z.string({ error: "a text" }).optional(),
    AttachmentCount: count,
    PermissionsBoundaryUsageCount: count.optional(),
    Tags: tagList,
  };
  return z.object({ Policy: z.object({ ...policyShape(arn), ...whole }, mapping) });
}

function policyShape(arn: string) {
  return { Arn: same(arn), DefaultVersionId: matching(/^v\d/, "a version such as v1") };
}

/** Of `iam:GetPolicyVersion`. */
export function policyVersionAnswer(version: string) {
  return z.object({ PolicyVersion: z.object({ VersionId: same(version), Document: document }, mapping) });
}

const missingContext = list(text).optional();

/** Of `iam:SimulatePrincipalPolicy` for some actions. */
export function simulationPage(actions: readonly string[]) {
  const asked = actions.map((action) => action.toLowerCase());
  const action = text.refine((found) => asked.includes(found.toLowerCase()), { error: "an action that was asked" });
  return iamPage(
    "EvaluationResults",
    z.object(
      {
        EvalActionName: action,
        EvalDecision: z.enum(["allowed", "explicitDeny", "implicitDeny"], { error: "a decision" }),
        OrganizationsDecisionDetail: z
          .object({ AllowedByOrganizations: z.boolean({ error: "true or false" }) }, mapping)
          .optional(),
        MissingContextValues: missingContext,
        ResourceSpecificResults: list(z.object({ MissingContextValues: missingContext }, mapping)).optional(),
      },
      mapping,
    ),
  );
}

/** Properties that Cloud Control writes as JSON inside JSON. */
function properties<T extends z.ZodType>(of: T) {
  return text.transform((json, context): z.output<T> => {
    try {
      const read = of.safeParse(parseJson(json));
      if (read.success) return read.data;
      for (const { path, message } of read.error.issues) {
        const where = path.length === 0 ? "" : `${path.join(".")} to be `;
        context.addIssue({ code: "custom", message: `${where}${message}`, input: json });
      }
    } catch {
      context.addIssue("JSON");
    }
    return z.NEVER;
  });
}

/** Of `cloudformation:ListResources`: a list needn't have all properties of a resource. */
export function resourcesPage<T extends z.ZodType>(type: string, of: T) {
  const schema = z.object({
    TypeName: same(type).optional(),
    ResourceDescriptions: list(z.object({ Identifier: text, Properties: properties(of).optional() }, mapping)),
    NextToken: text.optional(),
  });
  return schema.transform(({ ResourceDescriptions: items, NextToken: next }) => ({ items, next }));
}

/** Of `cloudformation:GetResource`. */
export function resourceAnswer<T extends z.ZodType>(type: string, identifier: string, of: T) {
  return z.object({
    TypeName: same(type).optional(),
    ResourceDescription: z.object({ Identifier: same(identifier), Properties: properties(of) }, mapping),
  });
}

/** Of a Slack channel in a list. */
export const listedChannel = z.object({ TeamId: text.optional(), ChannelId: text.optional() }, mapping);

/** Of a Slack workspace in a list. */
export const listedWorkspace = z.object({ TeamId: text.optional() }, mapping);

/** Of an account's alias in a list. */
export const listedAlias = z.object({ AccountAlias: text }, mapping);

/** Of a Slack channel. Source: schema of AWS::SupportApp::SlackChannelConfiguration. */
export const wholeChannel = z.looseObject(
  {
    TeamId: text,
    ChannelId: text,
    ChannelName: text.optional(),
    ChannelRoleArn: ROLE_ARN,
    NotifyOnCaseSeverity: text,
    NotifyOnCreateOrReopenCase: z.boolean({ error: "true or false" }).optional(),
    NotifyOnAddCorrespondenceToCase: z.boolean({ error: "true or false" }).optional(),
    NotifyOnResolveCase: z.boolean({ error: "true or false" }).optional(),
  },
  mapping,
);

/** A page of one of Organizations' lists, by the list's name. */
function organizationsPage<T extends z.ZodType>(name: string, item: T): z.ZodType<Page<z.output<T>>> {
  const schema = z.object({ [name]: list(item), NextToken: text.nullish() });
  return schema.transform((page): Page<z.output<T>> => {
    return { items: page[name] as z.output<T>[], next: (page.NextToken as string | null | undefined) ?? undefined };
  });
}

/** An account of an organization. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** Empty: it has none. */
  readonly name: string;
  /** `closed`: suspended, closed or about to be closed, and unusable; `pending`: not usable yet. */
  readonly state: "active" | "closed" | "pending";
}

/** Source: Organizations API Reference, Account, State. */
const ACCOUNT_STATES = {
  PENDING_ACTIVATION: "pending",
  ACTIVE: "active",
  SUSPENDED: "closed",
  PENDING_CLOSURE: "closed",
  CLOSED: "closed",
} as const;

const accountState = z.enum(Object.keys(ACCOUNT_STATES) as (keyof typeof ACCOUNT_STATES)[], {
  error: "the state of an account",
});

/**
 * Of `organizations:ListAccounts` and `organizations:ListAccountsForParent`. Until 2026-09-09, State was called Status.
 */
export const accountsPage = organizationsPage(
  "Accounts",
  z
    .object(
      {
        Id: matching(/^\d{12}$/, "an AWS account ID of 12 digits"),
        Name: z.string({ error: "a text" }).optional(),
        State: accountState.optional(),
        Status: accountState.optional(),
      },
      mapping,
    )
    .transform(({ Id: id, Name: name = "", State, Status }, context): OrganizationAccount => {
      const state = State ?? Status;
      if (state !== undefined) return { id, name, state: ACCOUNT_STATES[state] };
      context.addIssue({ code: "custom", path: ["State"], message: "the state of an account" });
      return z.NEVER;
    }),
);

/** Of `organizations:ListOrganizationalUnitsForParent`. */
export const unitsPage = organizationsPage(
  "OrganizationalUnits",
  z.object({ Id: matching(/^ou-/, "the ID of an organizational unit") }, mapping).transform(({ Id }) => Id),
);

/** Of `organizations:ListTagsForResource`. */
export const organizationTagsPage = organizationsPage(
  "Tags",
  z.object({ Key: text, Value: z.string({ error: "a text" }) }, mapping),
);
