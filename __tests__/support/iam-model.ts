/*
 * What IAM and the Support App make of roles, policies and channels, written from AWS's documentation and independent of the
 * code under test: it evaluates a finite set of requests, where that code compares policies.
 */

/** What an account has. */
export interface Account {
  /** By name in lower case, since IAM ignores case. */
  readonly roles: Map<string, Role>;
  /** Documents of customer-managed policies, by ARN. */
  readonly policies: Map<string, string>;
  /** ARN of the role, by workspace and channel. */
  readonly channels: Map<string, string>;
  /** Whether the Service Quotas role exists. */
  quotasRole: boolean;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  trust: string;
  boundary?: string;
  /** ARNs of attached policies. */
  readonly attached: Set<string>;
  /** Documents of inline policies, by name. */
  readonly inline: Map<string, string>;
}

/** The model doesn't know what happens. */
export class Unknown extends Error {}

export const OWN_ACCOUNT = "111122223333";

/** Policies that the account has from elsewhere, whose documents aren't known. */
export const FOREIGN_POLICIES = ["b", "c"].map((name) => `arn:aws:iam::${OWN_ACCOUNT}:policy/${name}`);

/** As far as the requests below ask. */
const AWS_MANAGED: Readonly<Record<string, unknown>> = {
  AWSSupportAppReadOnlyAccess: { Action: ["support:DescribeCases", "support:DescribeCommunications"] },
  AWSSupportAppFullAccess: {
    Action: [
      ...["support:AddCommunicationToCase", "support:CreateCase", "support:DescribeCases"],
      ...["support:DescribeCommunications", "support:ResolveCase", "support:InitiateChatForCase"],
      ...["servicequotas:GetServiceQuota", "servicequotas:RequestServiceQuotaIncrease"],
    ],
  },
  AdministratorAccess: { Action: "*" },
};
const CREATES_QUOTAS_ROLE = {
  Effect: "Allow",
  Action: "iam:CreateServiceLinkedRole",
  Resource: "*",
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};

/** The document of an AWS-managed policy. Undefined: there is none of that ARN. */
export function awsManagedDocument(arn: string): string | undefined {
  const name = /^arn:aws:iam::aws:policy\/(\w+)$/.exec(arn)?.[1] ?? "";
  if (!Object.hasOwn(AWS_MANAGED, name)) return undefined;
  const statement = { Effect: "Allow", Resource: "*", ...(AWS_MANAGED[name] as object) };
  return JSON.stringify({ Statement: [statement, ...(name.endsWith("FullAccess") ? [CREATES_QUOTAS_ROLE] : [])] });
}

type Context = Readonly<Record<string, string>>;
interface Request {
  readonly action: string;
  readonly resource?: string;
  readonly principal?: { readonly type: string; readonly id: string };
  readonly context: Context;
}

const DATES = ["2026-07-01T00:00:00Z", "2098-01-01T00:00:00Z"].map((date) => ({ "aws:currenttime": date }));
const QUOTAS = { "iam:awsservicename": "servicequotas.amazonaws.com" };
const CONTEXTS = [QUOTAS, { "iam:awsservicename": "autoscaling.amazonaws.com" }, {}].flatMap((service) =>
  ["us-east-1", "eu-west-1"].flatMap((region) =>
    DATES.map((date): Context => ({ ...service, ...date, "aws:requestedregion": region })),
  ),
);
const QUOTA_INCREASE = "servicequotas:requestservicequotaincrease";
const CREATE_LINKED_ROLE = "iam:createservicelinkedrole";
const ACTIONS = [
  ...["support:describecases", "support:describecommunications", "support:createcase", "support:resolvecase"],
  ...["support:addcommunicationtocase", "support:initiatechatforcase", "servicequotas:getservicequota"],
  ...[QUOTA_INCREASE, CREATE_LINKED_ROLE, "iam:passrole", "s3:getobject", "s3:putobject"],
];

const LINKED_ROLE = `arn:aws:iam::${OWN_ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;

/** What whoever has a role may ask for. */
const PERMISSIONS: readonly Request[] = ACTIONS.flatMap((action) =>
  ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x", LINKED_ROLE].flatMap((resource) =>
    CONTEXTS.map((context) => ({ action, resource, context })),
  ),
);
/** Who may ask for a role. The first are people in a channel. */
const ASSUMPTIONS: readonly Request[] = [
  { type: "Service", id: "supportapp.amazonaws.com" },
  { type: "Service", id: "ec2.amazonaws.com" },
  ...[OWN_ACCOUNT, "999988887777"].flatMap((account) =>
    ["role/x", "role/y"].map((name) => ({ type: "AWS", id: `arn:aws:iam::${account}:${name}` })),
  ),
].flatMap((principal) =>
  [{ "aws:sourceaccount": OWN_ACCOUNT }, { "aws:sourceaccount": "999988887777" }, {}].flatMap((source) =>
    [{ "sts:externalid": "a" }, {}].flatMap((id) =>
      DATES.map(
        (date): Request => ({ action: "sts:assumerole", principal, context: { ...source, ...id, ...date } as Context }),
      ),
    ),
  ),
);

/** Sets of requests, as bits. */
type Requests = bigint;

const cached = new Map<string, { allowed: Requests; denied: Requests }>();

/** What a document allows and denies. */
function evaluate(document: string, requests: readonly Request[]) {
  const key = `${requests.length} ${document}`;
  const known = cached.get(key);
  if (known) return known;
  const result = { allowed: 0n, denied: 0n };
  for (const statement of list(JSON.parse(document).Statement)) {
    const name = statement.Effect === "Deny" ? "denied" : "allowed";
    requests.forEach((request, index) => {
      if (applies(statement, request)) result[name] |= 1n << BigInt(index);
    });
  }
  cached.set(key, result);
  return result;
}

// biome-ignore lint/suspicious/noExplicitAny: statements are data, whose every key is checked
function applies(statement: any, { action, resource, principal, context }: Request): boolean {
  const { Sid: _, Effect, Action, NotAction, Resource, NotResource, Principal, Condition = {}, ...unknown } = statement;
  if (!["Allow", "Deny"].includes(Effect) || Object.keys(unknown).length > 0) throw new Unknown("a statement's key");
  if ((Action === undefined) === (NotAction === undefined)) throw new Unknown("a statement's actions");
  const isAction = list(Action ?? NotAction).some((one) => matches(one.toLowerCase(), action));
  if (isAction !== (Action !== undefined)) return false;
  if (resource !== undefined) {
    if ((Resource === undefined) === (NotResource === undefined)) throw new Unknown("a statement's resources");
    if (list(Resource ?? NotResource).some((one) => matches(one, resource)) !== (Resource !== undefined)) return false;
  }
  if (principal && !Object.entries(Principal ?? {}).some(([type, ids]) => isPrincipal(type, list(ids), principal))) {
    return false;
  }
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys as object).every(([key, values]) => holds(operator, context[key.toLowerCase()], list(values))),
  );
}

function isPrincipal(type: string, ids: readonly string[], principal: NonNullable<Request["principal"]>): boolean {
  if (!["AWS", "Service"].includes(type)) throw new Unknown("a principal's type");
  const account = /^arn:aws:iam::(\d+):/.exec(principal.id)?.[1];
  return ids.some((id) => {
    if (type === "AWS" && id === "*") return true;
    return type === principal.type && [principal.id, account, `arn:aws:iam::${account}:root`].includes(id);
  });
}

const OPERATORS: Readonly<Record<string, (actual: string, value: string) => boolean>> = {
  StringEquals: (actual, value) => actual === value,
  StringLike: (actual, value) => matches(value, actual),
  DateLessThan: (actual, value) => Date.parse(actual) < Date.parse(value),
};

function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  const name = operator.replace(/IfExists$/, "").replace(/^StringNot/, "String");
  const isNegated = operator.startsWith("StringNot");
  const test = OPERATORS[name];
  if (!test) throw new Unknown(`the condition operator ${operator}`);
  if (actual === undefined) return isNegated || operator.endsWith("IfExists");
  return values.some((value) => test(actual, value)) !== isNegated;
}

const expressions = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  if (!/[$*?]/.test(pattern)) return pattern === text;
  if (pattern.includes("$")) throw new Unknown("a policy variable");
  let expression = expressions.get(pattern);
  if (!expression) {
    const escaped = pattern.replace(/[.+^(){}|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    expressions.set(pattern, expression);
  }
  return expression.test(text);
}

/** What whoever has a role may do, within what it isn't known to be bounded by. */
interface Access {
  readonly may: Requests;
  readonly trusted: Requests;
  /** A permissions boundary whose document the model doesn't know. */
  readonly boundary?: string;
}

const NO_ACCESS: Access = { may: 0n, trusted: 0n };

function accessOf(role: Role | undefined, account: Account): Access {
  if (!role) return NO_ACCESS;
  const documents = [...role.inline.values()];
  for (const arn of role.attached) documents.push(documentOf(arn, account) ?? fail(`the policy ${arn}`));
  const may = allowedBy(documents, PERMISSIONS);
  const bounding = role.boundary && documentOf(role.boundary, account);
  const bounded = bounding ? may & allowedBy([bounding], PERMISSIONS) : may;
  return {
    may: bounded | (usable(bounded, account) << BigInt(PERMISSIONS.length)),
    trusted: allowedBy([role.trust], ASSUMPTIONS),
    boundary: bounding ? undefined : role.boundary,
  };
}

function documentOf(arn: string, { policies }: Account): string | undefined {
  return policies.get(arn) ?? awsManagedDocument(arn);
}

function allowedBy(documents: readonly string[], requests: readonly Request[]): Requests {
  const all = documents.map((document) => evaluate(document, requests));
  return all.reduce((sum, { allowed }) => sum | allowed, 0n) & ~all.reduce((sum, { denied }) => sum | denied, 0n);
}

const INCREASES = bitsWhere(({ action }) => action === QUOTA_INCREASE);
const CREATIONS = bitsWhere(
  ({ action, resource, context }) =>
    action === CREATE_LINKED_ROLE &&
    resource === LINKED_ROLE &&
    context["iam:awsservicename"] === QUOTAS["iam:awsservicename"],
);

function bitsWhere(isMeant: (request: Request) => boolean): Requests {
  return PERMISSIONS.reduce((sum, request, index) => (isMeant(request) ? sum | (1n << BigInt(index)) : sum), 0n);
}

/** The increases of quotas that come through: Service Quotas needs its role, or whoever asks must be able to create it. */
function usable(may: Requests, { quotasRole }: Account): Requests {
  return quotasRole || (may & CREATIONS) !== 0n ? may & INCREASES : 0n;
}

/** Whether nobody with this access may do more than with the other. */
function isWithin(access: Access, other: Access): boolean {
  if (access.may === 0n) return true;
  const isBounded = other.boundary === undefined || other.boundary === access.boundary;
  return isBounded && (access.may & ~other.may) === 0n && (access.trusted & ~other.trusted) === 0n;
}

/**
 * Who may do more: people in a channel, whoever uses a role, or whoever gets a new one.
 *
 * @param isPartial whether something failed: a renamed role may still have its former name, too
 */
export function gains(before: Account, after: Account, isPartial: boolean): string[] {
  const found: string[] = [];
  const ofChannel = (channel: string, account: Account): Access => {
    const arn = account.channels.get(channel);
    const role = [...account.roles.values()].find((one) => one.arn === arn);
    if (arn !== undefined && !role) throw new Unknown(`the role ${arn}`);
    const access = accessOf(role, account);
    return access.trusted & 1n ? { ...access, trusted: 0n } : NO_ACCESS;
  };
  for (const channel of after.channels.keys()) {
    if (!isWithin(ofChannel(channel, after), ofChannel(channel, before))) found.push(`the channel ${channel}`);
  }
  const gone = [...before.roles].filter(([name]) => isPartial || !after.roles.has(name));
  const left = gone.map(([, role]) => accessOf(role, before));
  for (const [name, role] of after.roles) {
    const had = before.roles.get(name);
    const possible = had ? [accessOf(had, before)] : [NO_ACCESS, ...left]; // a new name, or a renamed role
    const access = accessOf(role, after);
    if (!possible.some((one) => isWithin(access, one))) found.push(`the role ${name}`);
  }
  return found;
}

function fail(what: string): never {
  throw new Unknown(what);
}

// biome-ignore lint/suspicious/noExplicitAny: one or several of what a policy has
function list(value: any): any[] {
  return Array.isArray(value) ? value : [value];
}
