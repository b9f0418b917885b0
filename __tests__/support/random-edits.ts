import fc from "fast-check";
import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { BOUNDED, type Draft, ONCALL, terraformOf } from "./edited-stack";
import { FOREIGN_POLICIES, OWN_ACCOUNT } from "./iam-model";

/** Chooses one of several. */
type Pick = <T>(list: readonly T[]) => T;
type Edit = (draft: Draft, pick: Pick) => unknown;

const ALICE = "channels: [{ name: a, workspace: T01, channel: C02 }]";
const BASES = [
  `full: { ${BOUNDED}, ${ONCALL} }, read-only: { ${ALICE} }`,
  `full: { source-account-condition: true, tags: { Owner: a }, ${ONCALL} }, slack-workspaces: [T01], account-alias: Pay`,
  `full: { service-quotas-role: create, until: 2027-01-31 }, read-only: { policy: aws-managed, ${ALICE} }`,
  `full: { policy: aws-managed, ${ONCALL} }, read-only: { path: /support/, policy-name: p }`,
  `full: { without: [resolve-cases, request-quota-increases], role-name: r, ${ONCALL} }`,
  `read-only: { max-session-duration: 7200, ${BOUNDED}, ${ALICE} }`,
].map((levels) => JSON.stringify(terraformOf(levels), (key, value) => (key === "//" ? undefined : value)));

const ROLE = "aws_iam_role";
const POLICY = "aws_iam_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";
const ATTACHED = "aws_iam_role_policy_attachments_exclusive";
const INLINE = "aws_iam_role_policies_exclusive";
const CHANNEL = "aws_cloudcontrolapi_resource";
const QUOTAS_ROLE = "aws_iam_service_linked_role";
const PARTS = [ROLE, POLICY, ATTACHMENT, ATTACHED, INLINE];

const ARNS = [
  ...["ReadOnly", "Full"].map((level) => `arn:aws:iam::aws:policy/AWSSupportApp${level}Access`),
  "arn:aws:iam::aws:policy/AdministratorAccess",
];
const BOUNDARIES = [
  ...FOREIGN_POLICIES,
  ...["Full", "ReadOnly"].map((level) => `arn:aws:iam::${OWN_ACCOUNT}:policy/AWSSupportApp${level}RolePolicy`),
];
const ACTIONS = [
  ...["support:CreateCase", "support:ResolveCase", "support:DescribeCases", "support:Describe*", "support:*", "*"],
  ...["servicequotas:RequestServiceQuotaIncrease", "iam:CreateServiceLinkedRole", "iam:PassRole", "s3:GetObject"],
  ...["s3:Get*", "s3:?utObject", "SUPPORT:createcase"],
];
const RESOURCES = [["*"], ["*"], ["arn:aws:s3:::a/*"], ["arn:aws:s3:::b/x", "arn:aws:s3:::a/x"], ["arn:aws:s3:::?/x"]];
const CONDITIONS = [
  { test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1"] },
  { test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1", "eu-west-1"] },
  { test: "StringNotEquals", variable: "aws:requestedregion", values: ["eu-west-1"] },
  { test: "StringLike", variable: "aws:RequestedRegion", values: ["us-*"] },
  { test: "StringEquals", variable: "iam:AWSServiceName", values: ["servicequotas.amazonaws.com"] },
  { test: "StringEqualsIfExists", variable: "iam:AWSServiceName", values: ["servicequotas.amazonaws.com"] },
  { test: "DateLessThan", variable: "aws:CurrentTime", values: ["2027-02-01T00:00:00Z"] },
  { test: "DateLessThan", variable: "aws:CurrentTime", values: ["2026-05-01T00:00:00Z"] },
];
const SOURCES = [
  { test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] },
  { test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333", "999988887777"] },
  { test: "StringEquals", variable: "sts:ExternalId", values: ["a"] },
];
const PRINCIPALS = [
  { type: "Service", identifiers: ["supportapp.amazonaws.com"] },
  { type: "Service", identifiers: ["ec2.amazonaws.com"] },
  { type: "AWS", identifiers: ["999988887777"] },
  { type: "AWS", identifiers: ["arn:aws:iam::999988887777:root"] },
  { type: "AWS", identifiers: ["arn:aws:iam::999988887777:role/x"] },
  { type: "AWS", identifiers: ["111122223333"] },
  { type: "AWS", identifiers: ["*"] },
];

// Looking around in a stack.

const typeOf = (draft: Draft, type: string): Draft => {
  draft.resource[type] ??= {};
  return draft.resource[type];
};
const namesOf = (draft: Draft, type: string) => Object.keys(draft.resource[type] ?? {});
const typesOf = (draft: Draft) => Object.keys(draft.resource).filter((type) => namesOf(draft, type).length > 0);
const addressesOf = (draft: Draft) =>
  typesOf(draft).flatMap((type) => namesOf(draft, type).map((name) => [type, name]));
/** One of a type's blocks, or an empty one where there is none. */
const some = (draft: Draft, type: string, pick: Pick): Draft =>
  draft.resource[type]?.[pick(namesOf(draft, type)) ?? ""] ?? {};
const documents = (draft: Draft): Draft => draft.data.aws_iam_policy_document;
const permissions = (draft: Draft, pick: Pick): Draft[] => {
  const names = Object.keys(documents(draft)).filter((name) => !name.endsWith("_trust"));
  return documents(draft)[pick(names) ?? ""]?.statement ?? [];
};
const changeConditions = (one: Draft = {}, all: readonly object[], pick: Pick) => {
  one.condition = pick([[pick(all)], [...(one.condition ?? []), pick(all)], []]);
};
const trust = (draft: Draft, pick: Pick): Draft[] => {
  const names = Object.keys(documents(draft)).filter((name) => name.endsWith("_trust"));
  return documents(draft)[pick(names) ?? ""]?.statement ?? [];
};
const channels = (draft: Draft) =>
  namesOf(draft, CHANNEL).filter((name) => draft.resource[CHANNEL][name].desired_state.includes("ChannelId"));
const channel = (draft: Draft, pick: Pick): Draft => draft.resource[CHANNEL]?.[pick(channels(draft)) ?? ""] ?? {};

/** Writes something else wherever something refers to it. */
function replaceText(draft: Draft, from: string, to: string): void {
  for (const section of ["resource", "data", "output"]) {
    if (draft[section]) draft[section] = JSON.parse(JSON.stringify(draft[section]).replaceAll(from, to));
  }
}

function rename(draft: Draft, type: string, from: string, to: string, isFollowed: boolean): void {
  const all = typeOf(draft, type);
  if (!(from in all) || to in all) return;
  all[to] = all[from];
  delete all[from];
  if (isFollowed) replaceText(draft, `${type}.${from}.`, `${type}.${to}.`);
}

function move(draft: Draft, type: string, from: string, to: string): void {
  draft.moved = [...(draft.moved ?? []), { from: `${type}.${from}`, to: `${type}.${to}` }];
}

/** A reference to somebody's name or ARN, through up to three others. */
function reference(draft: Draft, pick: Pick): string {
  const [type = "", name = ""] = pick(addressesOf(draft)) ?? [];
  const attributes = ["name", "arn", "id", "role", "role_name", "policy_arn", "policy"];
  const written = attributes.filter((one) => one in (draft.resource[type]?.[name] ?? {}));
  return `\${${type}.${name}.${pick([...written, ...written, "arn", "id"])}}`;
}

function setStatement(statement: Draft, key: string, value: unknown): void {
  delete statement[key.startsWith("not_") ? key.slice(4) : `not_${key}`];
  statement[key] = value;
}

function addTo(list: Draft[], value: unknown): void {
  if (!list.some((one) => JSON.stringify(one) === JSON.stringify(value))) list.push(value);
}

const without = (list: Draft[], pick: Pick) => list.splice(list.indexOf(pick(list)), 1);

/** Every kind of edit, with how often it is tried. */
const EDITS: Readonly<Record<string, readonly [weight: number, edit: Edit]>> = {
  // Addresses
  "rename a block": [
    3,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      const to = pick(["other", "full", "read_only"]);
      rename(draft, type, name, to, pick([true, false]));
      if (pick([true, false])) move(draft, type, name, to);
    },
  ],
  "rename all of an access": [
    6,
    (draft, pick) => {
      const [name, to] = [pick(namesOf(draft, ROLE)), pick(["other", "full"])];
      if (!name || namesOf(draft, ROLE).includes(to)) return;
      const left = pick([undefined, undefined, ...PARTS, "all"]);
      for (const type of PARTS) {
        if (!namesOf(draft, type).includes(name)) continue;
        rename(draft, type, name, to, true);
        replaceText(draft, `${type}.${name}"`, `${type}.${to}"`); // in depends_on
        if (left !== type && left !== "all") move(draft, type, name, to);
      }
      for (const suffix of ["", "_trust"]) {
        const all = documents(draft);
        if (!all[name + suffix]) continue;
        all[to + suffix] = all[name + suffix];
        delete all[name + suffix];
        replaceText(draft, `.${name}${suffix}.json`, `.${to}${suffix}.json`);
      }
    },
  ],
  "exchange two blocks": [
    2,
    (draft, pick) => {
      const all = typeOf(draft, pick(typesOf(draft)));
      const [one, other] = [pick(Object.keys(all)), pick(Object.keys(all))];
      [all[one], all[other]] = [all[other], all[one]];
    },
  ],
  "exchange two documents": [
    1,
    (draft, pick) => {
      const all = documents(draft);
      const [one, other] = [pick(Object.keys(all)), pick(Object.keys(all))];
      [all[one], all[other]] = [all[other], all[one]];
    },
  ],
  "duplicate a block": [
    1,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      draft.resource[type].other = structuredClone(draft.resource[type][name]);
    },
  ],
  "delete a block": [
    3,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      delete draft.resource[type][name];
    },
  ],
  "delete all of an access": [
    2,
    (draft, pick) => {
      const name = pick(namesOf(draft, ROLE));
      for (const type of PARTS) delete draft.resource[type]?.[name];
      for (const one of channels(draft)) {
        if (draft.resource[CHANNEL][one].desired_state.includes(`.${name}.arn`)) delete draft.resource[CHANNEL][one];
      }
      for (const one of Object.keys(draft.output ?? {})) if (one.startsWith(`${name}_`)) delete draft.output[one];
    },
  ],
  "add all of an access": [
    1,
    (draft, pick) => {
      const name = pick(namesOf(draft, ROLE));
      for (const type of PARTS) {
        const body = draft.resource[type]?.[name];
        if (body) draft.resource[type].more = JSON.parse(JSON.stringify(body).replaceAll(`.${name}`, ".more"));
        if (body?.name) draft.resource[type].more.name = pick(["more", `${body.name}More`]);
      }
      for (const suffix of ["", "_trust"]) {
        const document = documents(draft)[name + suffix];
        if (document) documents(draft)[`more${suffix}`] = structuredClone(document);
      }
    },
  ],
  // References
  "point a reference elsewhere": [
    3,
    (draft, pick) => {
      const [type, argument] = pick([
        ...[[ATTACHMENT, "role"] as const, [ATTACHMENT, "policy_arn"] as const, [ATTACHED, "role_name"] as const],
        ...[[INLINE, "role_name"] as const, [ROLE, "permissions_boundary"] as const],
      ]);
      some(draft, type, pick)[argument] = reference(draft, pick);
    },
  ],
  "point to another document": [
    2,
    (draft, pick) => {
      const [type, argument] = pick([[ROLE, "assume_role_policy"] as const, [POLICY, "policy"] as const]);
      const text = `\${data.aws_iam_policy_document.${pick(Object.keys(documents(draft)))}.json}`;
      some(draft, type, pick)[argument] = text;
    },
  ],
  "write a literal for a reference": [
    1,
    (draft, pick) => {
      const [type, argument, values] = pick<readonly [string, string, readonly string[]]>([
        [ATTACHMENT, "role", ["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"]],
        [ATTACHMENT, "policy_arn", BOUNDARIES],
        [ATTACHED, "role_name", ["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"]],
        [POLICY, "policy", ['{"Statement":[{"Effect":"Allow","Action":"support:*","Resource":"*"}]}']],
      ]);
      some(draft, type, pick)[argument] = pick(values);
    },
  ],
  "put a reference into a template": [
    1,
    (draft, pick) => {
      const [type, argument] = pick([[ROLE, "permissions_boundary"] as const, [ROLE, "name"] as const]);
      some(draft, type, pick)[argument] = `${pick(BOUNDARIES.slice(0, 1))}${reference(draft, pick)}`;
    },
  ],
  // What is attached
  "add an attachment": [
    2,
    (draft, pick) => {
      const role = pick(namesOf(draft, ROLE));
      const arns = namesOf(draft, POLICY).map((name) => `\${aws_iam_policy.${name}.arn}`);
      const policy_arn = pick([...arns, ...ARNS]);
      typeOf(draft, ATTACHMENT).more = { role: `\${aws_iam_role.${role}.name}`, policy_arn };
      if (pick([true, false])) draft.resource[ATTACHED]?.[role]?.policy_arns.push(policy_arn);
    },
  ],
  "attach an AWS-managed policy": [
    3,
    (draft, pick) => {
      const [role, arn] = [pick(namesOf(draft, ROLE)), pick(ARNS)];
      const [attachment, list] = [draft.resource[ATTACHMENT]?.[role], draft.resource[ATTACHED]?.[role]];
      if (!attachment || !list) return;
      attachment.policy_arn = arn;
      list.policy_arns = [arn];
      if (pick([true, true, false])) delete draft.resource[POLICY]?.[role];
    },
  ],
  "change a list": [
    2,
    (draft, pick) => {
      const arns = namesOf(draft, POLICY).map((name) => `\${aws_iam_policy.${name}.arn}`);
      const list = some(draft, ATTACHED, pick);
      list.policy_arns = pick([
        [],
        [pick([...arns, ...ARNS])],
        [...(list.policy_arns ?? []), pick([...arns, ...ARNS])],
      ]);
    },
  ],
  "write a policy into a role": [
    1,
    (draft, pick) => {
      const name = pick(["w", "v"]);
      const role = pick(namesOf(draft, ROLE));
      const Statement = [{ Effect: pick(["Allow", "Deny"]), Action: pick(ACTIONS), Resource: "*" }];
      const body = { name, role: `\${aws_iam_role.${role}.${pick(["name", "id"])}}` };
      typeOf(draft, "aws_iam_role_policy")[pick(["w", "v"])] = { ...body, policy: JSON.stringify({ Statement }) };
      if (pick([true, false])) draft.resource[INLINE]?.[role]?.policy_names.push(name);
    },
  ],
  // Names
  "name something": [
    4,
    (draft, pick) => {
      const one = some(draft, pick([ROLE, POLICY]), pick);
      const others = [ROLE, POLICY].flatMap((type) => Object.values<Draft>(draft.resource[type] ?? {}));
      one.name = pick(["renamed", "renamed", `${one.name}`.toUpperCase(), ...others.map(({ name }) => name)]);
    },
  ],
  "exchange names": [
    2,
    (draft, pick) => {
      const type = pick([ROLE, POLICY]);
      const [one, other] = [some(draft, type, pick), some(draft, type, pick)];
      [one.name, other.name] = [other.name, one.name];
    },
  ],
  "change a path": [
    1,
    (draft, pick) => {
      some(draft, pick([ROLE, POLICY]), pick).path = pick(["/", "/teams/"]);
    },
  ],
  // Statements
  "add a statement": [
    4,
    (draft, pick) => {
      const actions = [pick(ACTIONS), pick(ACTIONS)];
      const statement: Draft = { effect: pick(["Deny", "Deny", "Allow"]), actions, resources: pick(RESOURCES) };
      if (pick([true, false, false])) statement.condition = [pick(CONDITIONS)];
      addTo(permissions(draft, pick), statement);
    },
  ],
  "remove a statement": [3, (draft, pick) => without(permissions(draft, pick), pick)],
  "split a statement": [
    4,
    (draft, pick) => {
      const all = permissions(draft, pick);
      const one = pick(all);
      if (!one?.actions?.[1]) return;
      const cut = pick([1, 2, 3]);
      all.push({ ...structuredClone(one), actions: one.actions.slice(cut) });
      one.actions = one.actions.slice(0, cut);
      all.reverse();
    },
  ],
  "remove an action": [
    4,
    (draft, pick) => {
      const { actions = [] } = pick(permissions(draft, pick)) ?? {};
      if (actions.length > 1) without(actions, pick);
    },
  ],
  "add an action": [2, (draft, pick) => pick(permissions(draft, pick))?.actions?.push(pick(ACTIONS))],
  "change actions": [
    2,
    (draft, pick) => {
      const one = pick(permissions(draft, pick)) ?? {};
      setStatement(one, pick(["actions", "not_actions"]), [pick(ACTIONS), ...(one.actions ?? []).slice(0, 2)]);
    },
  ],
  "change an effect": [
    1,
    (draft, pick) => {
      const one = pick(permissions(draft, pick)) ?? {};
      one.effect = pick(["Allow", "Deny"]);
    },
  ],
  "change resources": [
    2,
    (draft, pick) => {
      const one = pick(permissions(draft, pick)) ?? {};
      setStatement(one, pick(["resources", "resources", "not_resources"]), pick(RESOURCES));
    },
  ],
  "change conditions": [4, (draft, pick) => changeConditions(pick(permissions(draft, pick)), CONDITIONS, pick)],
  // Trust
  "trust somebody": [
    2,
    (draft, pick) => {
      const statement: Draft = { effect: pick(["Allow", "Allow", "Deny"]), actions: ["sts:AssumeRole"] };
      if (pick([true, false])) statement.condition = [pick(SOURCES)];
      addTo(trust(draft, pick), { ...statement, principals: [pick(PRINCIPALS)] });
    },
  ],
  "change a principal": [
    1,
    (draft, pick) => {
      const one = pick(trust(draft, pick)) ?? {};
      one.principals = [pick(PRINCIPALS)];
    },
  ],
  "remove trust": [1, (draft, pick) => without(trust(draft, pick), pick)],
  "change trust's conditions": [3, (draft, pick) => changeConditions(pick(trust(draft, pick)), SOURCES, pick)],
  // Boundary
  "change a boundary": [
    4,
    (draft, pick) => {
      const one = some(draft, ROLE, pick);
      const boundary = pick([undefined, ...BOUNDARIES, ...ARNS]);
      if (boundary === undefined) delete one.permissions_boundary;
      else one.permissions_boundary = boundary;
    },
  ],
  // What Terraform is told about itself
  "change a lifecycle": [
    6,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      const { lifecycle: _, ...body } = draft.resource[type][name];
      const flags = [{ create_before_destroy: false }, { create_before_destroy: true }, { prevent_destroy: true }];
      const lifecycle = pick<object | undefined>([...flags, ...flags, undefined, { ignore_changes: ["policy_arns"] }]);
      draft.resource[type][name] = lifecycle ? { ...body, lifecycle } : body;
    },
  ],
  "drop create_before_destroy of a type": [
    3,
    (draft, pick) => {
      for (const one of Object.values<Draft>(draft.resource[pick([...PARTS, ATTACHMENT])] ?? {})) delete one.lifecycle;
    },
  ],
  "change depends_on": [
    2,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      draft.resource[type][name].depends_on = pick([[], [pick(addressesOf(draft)).join(".")]]);
    },
  ],
  "add a meta argument": [
    1,
    (draft, pick) => {
      const [type = "", name = ""] = pick(addressesOf(draft));
      const [argument, value] = pick<[string, unknown]>([
        ...[["count", 0] as [string, unknown], ["for_each", ["a"]] as [string, unknown]],
        ["provisioner", { "local-exec": { command: "true" } }],
      ]);
      draft.resource[type][name][argument] = value;
    },
  ],
  "add an argument": [
    1,
    (draft, pick) => {
      const one = some(draft, ROLE, pick);
      const [argument, value] = pick<[string, unknown]>([
        ["managed_policy_arns", ARNS],
        ["inline_policy", [{ name: "i", policy: "{}" }]],
        ["force_detach_policies", true],
      ]);
      one[argument] = value;
    },
  ],
  "import something": [
    1,
    (draft, pick) => {
      const entry = pick([
        { to: "aws_iam_role.full", id: "AWSSupportAppFullRole" },
        { to: "aws_iam_role.read_only", id: "AWSSupportAppFullRole" },
        { to: "aws_iam_policy.full", id: "arn:aws:iam::111122223333:policy/AWSSupportAppFullRolePolicy" },
        {
          to: "aws_iam_service_linked_role.service_quotas",
          id: "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas",
        },
      ]);
      draft.import = [...(draft.import ?? []), entry];
    },
  ],
  "remove something from the state": [
    1,
    (draft, pick) => {
      const [type = "", name = ""] = pick([...addressesOf(draft), [QUOTAS_ROLE, "service_quotas"]]);
      if (pick([true, true, false])) delete draft.resource[type]?.[name];
      const lifecycle = { destroy: pick([true, false]) };
      draft.removed = [...(draft.removed ?? []), { from: `${type}.${name}`, lifecycle }];
    },
  ],
  "move something": [
    1,
    (draft, pick) => {
      const [[from = ""], to] = [pick(addressesOf(draft)), pick(addressesOf(draft))];
      move(draft, from, pick(["gone", "full"]), to[1] ?? "");
    },
  ],
  // Channels
  "change a channel's role": [
    4,
    (draft, pick) => {
      const one = channel(draft, pick);
      const name = pick([...namesOf(draft, ROLE), undefined]);
      const arn = name ? `aws_iam_role.${name}.arn` : '"arn:aws:iam::111122223333:role/AWSSupportAppFullRole"';
      one.desired_state = one.desired_state.replace(/(?<="ChannelRoleArn" = )[^,]+/, arn);
      if (!name) return;
      if (pick([true, true, false])) {
        one.depends_on = one.depends_on.map((address: string) => address.replace(/(?<=^aws_iam_role_.*\.).*/, name));
      }
      if (pick([true, false, false, false])) documents(draft)[name].statement = []; // which AWS refuses
    },
  ],
  "add a channel": [
    1,
    (draft, pick) => {
      const one = structuredClone(channel(draft, pick));
      one.desired_state = one.desired_state?.replace(/C0\d/, pick(["C03", "C01"]));
      if (one.type_name) draft.resource[CHANNEL].more = one;
    },
  ],
  "remove a channel": [4, (draft, pick) => delete draft.resource[CHANNEL]?.[pick(channels(draft)) ?? ""]],
  "change a channel's settings": [
    5,
    (draft, pick) => {
      const one = channel(draft, pick);
      const [from, to] = pick<[RegExp, string]>([
        [/"NotifyOnResolveCase" = \w+/, '"NotifyOnResolveCase" = true'],
        [/"ChannelName" = "\w+"/, '"ChannelName" = "b"'],
        [/"NotifyOnCaseSeverity" = "\w+"/, '"NotifyOnCaseSeverity" = "all"'],
        [/"ChannelId" = "\w+"/, '"ChannelId" = "C01"'],
      ]);
      one.desired_state = one.desired_state?.replace(from, to);
    },
  ],
  "create or leave the Service Quotas role": [
    3,
    (draft, pick) => {
      const all = typeOf(draft, QUOTAS_ROLE);
      const lifecycle = { prevent_destroy: true, ignore_changes: ["description"] };
      draft.removed = undefined;
      if (pick([true, false])) {
        all.service_quotas = { aws_service_name: "servicequotas.amazonaws.com", lifecycle };
        return;
      }
      delete all.service_quotas;
      if (pick([true, false]))
        draft.removed = [{ from: `${QUOTAS_ROLE}.service_quotas`, lifecycle: { destroy: false } }];
    },
  ],
  // Around it, and what gives nobody anything
  "change the provider or the backend": [
    1,
    (draft, pick) => {
      const [aws] = draft.provider.aws;
      pick([
        () => Object.assign(aws, { assume_role: [{ role_arn: "arn:aws:iam::111122223333:role/deployer" }] }),
        () => Object.assign(aws, { allowed_account_ids: ["999988887777"] }),
        () => Object.assign(aws, { profile: "p" }),
        () => Object.assign(aws, { region: "eu-west-1" }),
        () => Object.assign(draft.terraform, { backend: { local: { path: "elsewhere" } } }),
        () => Object.assign(draft.terraform, { required_version: ">= 1.8" }),
      ])();
    },
  ],
  "add a resource or an output": [
    3,
    (draft, pick) => {
      const [section, type, body] = pick<[string, string, unknown]>([
        ["resource", "aws_sns_topic", { t: { name: "t" } }],
        ["resource", "aws_iam_user_policy_attachment", { t: { user: "u", policy_arn: ARNS[0] } }],
        ["output", "o", { value: "${aws_iam_role.full.name}" }],
      ]);
      draft[section] = { ...draft[section], [type]: body };
    },
  ],
  "change tags": [
    6,
    (draft, pick) => {
      some(draft, pick([ROLE, POLICY]), pick).tags = { Owner: pick(["a", "b"]) };
    },
  ],
  "change a description": [
    3,
    (draft, pick) => {
      some(draft, pick([ROLE, POLICY]), pick).description = pick(["A role.", "Another one."]);
    },
  ],
  "change a session's duration": [
    3,
    (draft, pick) => {
      some(draft, ROLE, pick).max_session_duration = pick([3600, 7200]);
    },
  ],
};

const WEIGHTED = Object.entries(EDITS).flatMap(([name, [weight]]) => Array<string>(weight).fill(name));
/** Edits that a base may have: they keep it readable, so that what is edited then isn't unknown at once. */
const OF_BASES = [
  ...["add a statement", "split a statement", "change conditions", "change a boundary", "remove an action"],
  ...["attach an AWS-managed policy", "trust somebody", "drop create_before_destroy of a type", "change resources"],
];

/** An edit, by its name and by what it chooses each time. */
interface RandomEdit {
  readonly edit: string;
  readonly choices: readonly number[];
}

const randomEdit = (names: readonly string[]): fc.Arbitrary<RandomEdit> =>
  fc.record({
    edit: fc.constantFrom(...names),
    choices: fc.array(fc.nat(59), { minLength: 6, maxLength: 6 }),
  });

/** A stack and what edits make of it. */
export const randomEdits: fc.Arbitrary<RandomEdits> = fc.record({
  base: fc.nat(BASES.length - 1),
  before: fc.oneof(
    { weight: 2, arbitrary: fc.constant<RandomEdit[]>([]) },
    { weight: 3, arbitrary: fc.array(randomEdit(OF_BASES), { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(randomEdit(WEIGHTED), { minLength: 1, maxLength: 2 }) },
  ),
  edits: fc.array(randomEdit(WEIGHTED), { minLength: 1, maxLength: 4 }),
});

/** The stack before by its number, the edits that it has already, and those of the change. */
export interface RandomEdits {
  readonly base: number;
  readonly before: readonly RandomEdit[];
  readonly edits: readonly RandomEdit[];
}

/** The stacks before and after those edits. */
export function stacksOf({ base, before, edits }: RandomEdits): { base: Terraform; head: Terraform } {
  const edited = before.reduce(editedText, BASES[base] ?? "");
  return { base: JSON.parse(edited), head: JSON.parse(edits.reduce(editedText, edited)) };
}

function editedText(text: string, { edit, choices }: RandomEdit): string {
  const draft = JSON.parse(text);
  let next = 0;
  const pick: Pick = (list) => list[(choices[next++ % choices.length] ?? 0) % list.length] as never;
  try {
    EDITS[edit]?.[1](draft, pick);
  } catch {
    return text; // the stack hasn't what this edits
  }
  for (const section of ["resource", "data", "output"]) {
    for (const [type, all] of Object.entries<object>(draft[section] ?? {})) {
      if (Object.keys(all).length === 0) delete draft[section][type]; // Terraform refuses an empty block
    }
    if (Object.keys(draft[section] ?? {}).length === 0) delete draft[section];
  }
  return JSON.stringify(draft);
}
