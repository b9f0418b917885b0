import { CAPABILITIES, OPTIONAL_CAPABILITIES, SupportAppAccess } from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { ACCESS_CHECKS, notifyCheck, propProblems, providerOf } from "../../../modules/support-app/check-props";
import {
  Construct,
  Fn,
  TerraformProvider,
  TerraformStack,
  TerraformVariable,
} from "../../../modules/support-app/framework";
import type { Access } from "../../../modules/support-app/model/access";
import type { NotifyEvent } from "../../../modules/support-app/model/notify";
import type { Problem } from "../../../modules/support-app/model/problem";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { OBJECT_NAMES } from "../../support/object-names";

/** Properties as untyped JavaScript would pass them. */
type Untyped = Record<string, unknown>;

function newAccess(props: Untyped): SupportAppAccess {
  const stack = new TerraformStack(newApp(), "stack");
  return new SupportAppAccess(stack, "watch", { access: "full", ...props } as Access);
}

const CAN_BE_LEFT_OUT =
  "one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases can't be left out, since every other capability starts from viewing a case";
const ROLE_NAME = "a role name of 1 to 64 letters, digits and _ + = , . @ -";
const POLICY_NAME = "a policy name of 1 to 128 letters, digits and _ + = , . @ -";
const DESCRIPTION = "one line of 1 to 1000 Latin characters, without a backslash, ${, %{, #{ or &{";
const PATH =
  "a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes";
const BOUNDARY = "the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary";
const SESSION = "a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)";
const TAG_KEY =
  'a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @, other than "for", "__proto__" and "_children", and not beginning with - or aws:';
const TAG_VALUE = "a tag value of at most 256 letters, digits, spaces and _ . : / = + - @";

function cut(text: string): string {
  return `${JSON.stringify(`${text.slice(0, 60)}…`)} (${text.length} characters)`;
}

describe("a value that AWS rejects throws in the constructor", () => {
  test.each<[Untyped, string]>([
    [{ access: "admin" }, 'access: received "admin", expected one of read-only, full.'],
    [{ access: undefined }, "access: received nothing, expected one of read-only, full."],
    [{ policy: "inline" }, 'policy: received "inline", expected one of customer-managed, aws-managed.'],
    [
      { serviceQuotasRole: "auto" },
      'serviceQuotasRole: received "auto", expected one of on-demand, create, adopt, existing.',
    ],
    [{ without: ["view-cases"] }, `without[0]: received "view-cases", expected ${CAN_BE_LEFT_OUT}.`],
    [{ without: ["live-chat", "chats"] }, `without[1]: received "chats", expected ${CAN_BE_LEFT_OUT}.`],
    [{ account: "1234" }, 'account: received "1234", expected an AWS account ID of 12 digits.'],
    [{ account: 111122223333 }, "account: received the number 111122223333, expected an AWS account ID of 12 digits."],
    [{ roleName: "" }, `roleName: received "", expected ${ROLE_NAME}.`],
    [{ roleName: "support role" }, `roleName: received "support role", expected ${ROLE_NAME}.`],
    [{ roleName: `${"r".repeat(59)} ` }, `roleName: received "${"r".repeat(59)} ", expected ${ROLE_NAME}.`],
    [{ roleName: "r\u2028" }, `roleName: received "r\\u{2028}", expected ${ROLE_NAME}.`],
    [{ roleName: "r".repeat(65) }, `roleName: received ${cut("r".repeat(65))}, expected ${ROLE_NAME}.`],
    [{ policyName: "p/q" }, `policyName: received "p/q", expected ${POLICY_NAME}.`],
    [{ policyName: "p".repeat(129) }, `policyName: received ${cut("p".repeat(129))}, expected ${POLICY_NAME}.`],
    [{ description: "two\nlines" }, `description: received "two\\nlines", expected ${DESCRIPTION}.`],
    [{ description: "${var.secret}" }, `description: received "\${var.secret}", expected ${DESCRIPTION}.`],
    [{ policyDescription: "%{ if true }" }, `policyDescription: received "%{ if true }", expected ${DESCRIPTION}.`],
    [{ description: "d".repeat(1001) }, `description: received ${cut("d".repeat(1001))}, expected ${DESCRIPTION}.`],
    [{ description: true }, `description: received the boolean true, expected ${DESCRIPTION}.`],
    [{ path: "support" }, `path: received "support", expected ${PATH}.`],
    [{ path: "/a*/" }, `path: received "/a*/", expected ${PATH}.`],
    [{ path: "/team:support/" }, `path: received "/team:support/", expected ${PATH}.`],
    [{ path: "//" }, `path: received "//", expected ${PATH}.`],
    [{ path: "/${x}/" }, `path: received "/\${x}/", expected ${PATH}.`],
    [{ path: `/${"p".repeat(511)}/` }, `path: received ${cut(`/${"p".repeat(511)}/`)}, expected ${PATH}.`],
    [{ permissionsBoundary: "boundary" }, `permissionsBoundary: received "boundary", expected ${BOUNDARY}.`],
    [
      { permissionsBoundary: "arn:aws-cn:iam::111122223333:policy/b" },
      `permissionsBoundary: received "arn:aws-cn:iam::111122223333:policy/b", expected ${BOUNDARY}.`,
    ],
    [{ maxSessionDuration: 3599 }, `maxSessionDuration: received the number 3599, expected ${SESSION}.`],
    [{ maxSessionDuration: 43201 }, `maxSessionDuration: received the number 43201, expected ${SESSION}.`],
    [{ maxSessionDuration: 3600.5 }, `maxSessionDuration: received the number 3600.5, expected ${SESSION}.`],
    [{ without: "live-chat" }, 'without: received "live-chat", expected a list of capabilities.'],
    [{ without: null }, "without: received nothing, expected a list of capabilities."],
    [{ without: [undefined] }, `without[0]: received nothing, expected ${CAN_BE_LEFT_OUT}.`],
    [{ adopt: "false" }, 'adopt: received "false", expected true or false.'],
    [{ sourceAccountCondition: 1 }, "sourceAccountCondition: received the number 1, expected true or false."],
    [{ roleName: null }, `roleName: received nothing, expected ${ROLE_NAME}.`],
    [
      { witout: ["live-chat"] },
      'witout: received "witout", expected one of the properties access, without, until, temporarily, policy, serviceQuotasRole, account, roleName, policyName, description, policyDescription, path, permissionsBoundary, maxSessionDuration, tags, adopt, sourceAccountCondition, provider.',
    ],
    ...[null, "ab", ["a"], 5, new Map()].map((tags): [Untyped, string] => [
      { tags },
      `tags: received ${tags === null ? "nothing" : Array.isArray(tags) ? "a list" : tags === 5 ? "the number 5" : tags === "ab" ? '"ab"' : "a mapping"}, expected a mapping of tag keys to tag values.`,
    ]),
    [{ description: "#{TfToken[TOKEN.0]}" }, `description: received "#{TfToken[TOKEN.0]}", expected ${DESCRIPTION}.`],
    [{ tags: { "aws:owner": "x" } }, `tags."aws:owner": received "aws:owner", expected ${TAG_KEY}.`],
    [{ tags: { _children: "x", _metadata: "y" } }, `tags._children: received "_children", expected ${TAG_KEY}.`],
    [{ tags: JSON.parse('{ "__proto__": "x" }') }, `tags.__proto__: received "__proto__", expected ${TAG_KEY}.`],
    [{ tags: { Owner: "<none>" } }, `tags.Owner: received "<none>", expected ${TAG_VALUE}.`],
    [{ tags: { Owner: 5 } }, `tags.Owner: received the number 5, expected ${TAG_VALUE}.`],
    [{ tags: { Owner: ["a"] } }, `tags.Owner: received a list, expected ${TAG_VALUE}.`],
    [{ tags: { Owner: [] } }, `tags.Owner: received an empty list, expected ${TAG_VALUE}.`],
    [{ tags: { Owner: { name: "a" } } }, `tags.Owner: received a mapping, expected ${TAG_VALUE}.`],
    [
      { tags: { Owner: "a", owner: "b" } },
      'tags.owner: received the tag keys "Owner" and "owner", expected keys that differ in more than case, which IAM ignores.',
    ],
    [
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, ""])) },
      "tags: received 51 tags, expected at most 50, the IAM limit for a role or a policy.",
    ],
  ])("%j", (props, message) => {
    expect(() => newAccess(props)).toThrow(new Error(`SupportAppAccess "stack/watch", ${message}`));
  });

  test("all of them at once", () => {
    expect(() => newAccess({ roleName: "", path: "x" })).toThrow(
      new Error(
        `SupportAppAccess "stack/watch", roleName: received "", expected ${ROLE_NAME}.\n` +
          `SupportAppAccess "stack/watch", path: received "x", expected ${PATH}.`,
      ),
    );
  });
});

test("no properties at all", () => {
  const stack = new TerraformStack(newApp(), "stack");
  expect(() => new SupportAppAccess(stack, "watch", undefined as unknown as Access)).toThrow(
    new Error('SupportAppAccess "stack/watch", access: received nothing, expected one of read-only, full.'),
  );
});

test.each([
  ["access", "one of read-only, full"],
  ["policy", "one of customer-managed, aws-managed"],
  ["serviceQuotasRole", "one of on-demand, create, adopt, existing"],
  ["adopt", "true or false"],
])("%s decides the access, so it can't be a token", (property, expected) => {
  const later = Fn.lookup({}, "later", "");
  expect(() => newAccess({ [property]: later })).toThrow(
    new Error(
      `SupportAppAccess "stack/watch", ${property}: received a token, which Terraform knows only later, expected ${expected}.`,
    ),
  );
});

test("nor can what is left out", () => {
  expect(() => newAccess({ without: [Fn.lookup({}, "later", "")] })).toThrow(
    new Error(
      `SupportAppAccess "stack/watch", without[0]: received a token, which Terraform knows only later, expected ${CAN_BE_LEFT_OUT}.`,
    ),
  );
});

test("the lists of capabilities can't be changed", () => {
  expect(() => (OPTIONAL_CAPABILITIES as unknown as string[]).push("view-cases")).toThrow(TypeError);
  expect(() => (CAPABILITIES as unknown as string[]).push("all")).toThrow(TypeError);
});

test.each(OBJECT_NAMES)("%s, which every object has, is neither a property nor a choice", (name) => {
  const property = JSON.parse(`{ ${JSON.stringify(name)}: 5 }`);
  expect(() => newAccess(property)).toThrow(
    `${name}: received ${JSON.stringify(name)}, expected one of the properties`,
  );
  for (const choice of ["access", "policy", "serviceQuotasRole"]) {
    expect(() => newAccess({ [choice]: name })).toThrow(`${choice}: received ${JSON.stringify(name)}, expected one of`);
  }
  expect(() => newAccess({ without: [name] })).toThrow(`without[0]: received ${JSON.stringify(name)}, expected one of`);
});

test("names of object properties are ordinary names and tags", () => {
  for (const name of OBJECT_NAMES.filter((one) => !["__proto__", "_children"].includes(one))) {
    const access = newAccess({ roleName: name, policyName: name, tags: { [name]: name } });
    const { resource } = JSON.parse(Testing.synth(access.role.cdktfStack));
    expect(resource.aws_iam_role.watch).toMatchObject({ name, tags: { [name]: name } });
  }
});

describe("a value at AWS's limit is accepted", () => {
  test.each<[Untyped]>([
    [{ roleName: "r".repeat(64) }],
    [{ policyName: "p".repeat(128) }],
    [{ description: "d".repeat(1000) }],
    [{ description: 'Für "#support": 100 % ¢ { } $ é ÿ' }],
    [{ path: "/" }],
    [{ path: "/a.,+@=_-/B1/" }],
    [{ policy: "aws-managed", serviceQuotasRole: "on-demand" }],
    [{ tags: Object.assign(Object.create(null), { Owner: "a" }) }],
    [{ path: `/${"p".repeat(510)}/` }],
    [{ permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" }],
    [{ permissionsBoundary: "arn:aws:iam::111122223333:policy/team/a/boundary" }],
    [{ maxSessionDuration: 3600 }],
    [{ maxSessionDuration: 43200 }],
    [{ tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag${index}`, ""])) }],
    [{ tags: { ["k".repeat(128)]: "v".repeat(256), "Größe + Nr.": "ü/1:2=3@4" } }],
  ])("%j", (props) => {
    expect(newAccess(props).node.validate()).toEqual([]);
  });
});

describe("conflicting values throw as well: validation can be skipped, but access must not be wrong", () => {
  test.each<[Untyped, string]>([
    [
      { access: "read-only", without: ["live-chat"] },
      "without: received live-chat, expected nothing to leave out: read-only has only view-cases. Remove without.",
    ],
    [
      { without: ["live-chat", "live-chat"] },
      'without[1]: received "live-chat" a second time, expected each capability once.',
    ],
    [
      { access: "read-only", serviceQuotasRole: "create" },
      'serviceQuotasRole: received "create", expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove serviceQuotasRole.',
    ],
    [
      { without: ["request-quota-increases"], serviceQuotasRole: "on-demand" },
      'serviceQuotasRole: received "on-demand", expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove serviceQuotasRole.',
    ],
    [
      { policy: "aws-managed", without: ["live-chat", "attach-files"] },
      "without: received live-chat, attach-files, expected nothing to leave out: AWS's managed policy can't be narrowed. Remove without, or set policy to customer-managed.",
    ],
    [
      { policy: "aws-managed", serviceQuotasRole: "existing" },
      'serviceQuotasRole: received "existing", expected on-demand: AWS\'s managed policy always lets the channel create the Service Quotas role. Remove serviceQuotasRole, or set policy to customer-managed.',
    ],
    [
      { policy: "aws-managed", policyName: "mine" },
      'policyName: received "mine", expected nothing: AWS\'s managed policy has a name and a description of its own. Remove policyName, or set policy to customer-managed.',
    ],
    [
      { policy: "aws-managed", policyDescription: "mine" },
      'policyDescription: received "mine", expected nothing: AWS\'s managed policy has a name and a description of its own. Remove policyDescription, or set policy to customer-managed.',
    ],
    [
      { adopt: true },
      "account: received nothing, expected an AWS account ID of 12 digits, which is required for adopt.",
    ],
    [
      { serviceQuotasRole: "adopt", sourceAccountCondition: true },
      "account: received nothing, expected an AWS account ID of 12 digits, which is required for serviceQuotasRole and sourceAccountCondition.",
    ],
    [
      { account: "111122223333", permissionsBoundary: "arn:aws:iam::444455556666:policy/b" },
      "permissionsBoundary: received a policy of the account 444455556666, expected one of 111122223333 or an AWS managed policy, since IAM accepts no other boundary.",
    ],
  ])("%j", (props, message) => {
    expect(() => newAccess(props)).toThrow(new Error(`SupportAppAccess "stack/watch", ${message}`));
  });
});

/** What both lists of problems are compared with. */
type Expected = readonly (readonly [path: Problem["path"], message: string])[];

const problemsFor = (expected: Expected) => expected.map(([path, message]) => ({ path, message }));

const UNTIL =
  "a day that exists, from 2000 to 2099, such as 2026-12-31, or a time with its zone, such as 2026-12-31T18:00:00+01:00";
const TEMPORARY =
  "one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases ends only with everything else, by the access level's own until";

describe("when access ends, each value on its own", () => {
  const chat = { capability: "live-chat", until: "2026-12-31" };

  test.each<[Untyped, Expected]>([
    [{ until: "2026-12-31" }, []],
    [{ until: "2026-12-31T18:00:00+01:00" }, []],
    [{ until: "2026-02-30" }, [[["until"], `received "2026-02-30", expected ${UNTIL}.`]]],
    [{ until: 2026 }, [[["until"], `received the number 2026, expected ${UNTIL}.`]]],
    [{ temporarily: [] }, []],
    [{ temporarily: [chat, { ...chat, capability: "resolve-cases" }] }, []],
    [{ temporarily: "live-chat" }, [[["temporarily"], 'received "live-chat", expected a list of capabilities.']]],
    [{ temporarily: null }, [[["temporarily"], "received nothing, expected a list of capabilities."]]],
    [
      { temporarily: [chat, "live-chat"] },
      [[["temporarily", 1], 'received "live-chat", expected a mapping of capability and until.']],
    ],
    [
      { temporarily: [undefined, { ...chat, end: 5 }] },
      [
        [["temporarily", 0], "received nothing, expected a mapping of capability and until."],
        [["temporarily", 1, "end"], 'received "end", expected one of the properties capability, until.'],
      ],
    ],
    [
      { temporarily: [{ ...chat, capability: "view-cases" }, {}] },
      [
        [["temporarily", 0, "capability"], `received "view-cases", expected ${TEMPORARY}.`],
        [["temporarily", 1, "capability"], `received nothing, expected ${TEMPORARY}.`],
        [["temporarily", 1, "until"], `received nothing, expected ${UNTIL}.`],
      ],
    ],
    [
      { temporarily: [{ ...chat, until: "soon" }] },
      [[["temporarily", 0, "until"], `received "soon", expected ${UNTIL}.`]],
    ],
  ])("%j", (props, expected) => {
    expect(propProblems({ access: "full", ...props }, ACCESS_CHECKS)).toEqual(problemsFor(expected));
  });

  test("must be known at synthesis", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const until = new TerraformVariable(stack, "until", { type: "string" }).stringValue;
    const temporarily = new TerraformVariable(stack, "temporarily", { type: "list(string)" }).listValue;
    const token = "received a token, which Terraform knows only later, expected";
    expect(propProblems({ access: "full", until, temporarily }, ACCESS_CHECKS)).toEqual(
      problemsFor([
        [["until"], `${token} ${UNTIL}.`],
        [["temporarily"], `${token} a list of capabilities.`],
      ]),
    );
  });
});

describe("a notification setting that AWS would reject", () => {
  const EVENTS = "one of case-created, reply-added, case-resolved";

  test.each<[unknown, [(string | number)[], string][]]>([
    [{ severity: "none" }, []],
    [{ severity: "all", on: ["case-created", "reply-added", "case-resolved"] }, []],
    ["high", [[[], 'received "high", expected a mapping with severity and on.']]],
    [{ severity: "none", off: [] }, [[["off"], 'received "off", expected one of the properties severity, on.']]],
    [{}, [[["severity"], "received nothing, expected one of none, high, all."]]],
    [{ severity: "none", on: "reply-added" }, [[["on"], 'received "reply-added", expected a list of events.']]],
    [
      { severity: "low", on: {} },
      [
        [["severity"], 'received "low", expected one of none, high, all.'],
        [["on"], "received an empty mapping, expected a list of events."],
      ],
    ],
    [
      { severity: "all", on: ["case-closed", "reply-added", undefined] },
      [
        [["on", 0], `received "case-closed", expected ${EVENTS}.`],
        [["on", 2], `received nothing, expected ${EVENTS}.`],
      ],
    ],
  ])("%j", (notify, problems) => {
    expect(notifyCheck(notify, [])).toEqual(problems.map(([path, message]) => ({ path, message })));
  });

  test("a list of events that only Terraform knows", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const on = new TerraformVariable(stack, "events", { type: "list(string)" }).listValue as NotifyEvent[];
    expect(notifyCheck({ severity: "all", on }, [])).toEqual([
      { path: ["on"], message: "received a token, which Terraform knows only later, expected a list of events." },
    ]);
  });
});

class OtherProvider extends TerraformProvider {
  constructor(scope: Construct) {
    super(scope, "google", { terraformResourceType: "google" });
  }
}

const app = newApp();
const stack = new TerraformStack(app, "stack");
const construct = new Construct(new Construct(stack, "team"), "watch");

test("a construct can have any AWS provider of its stack, or none", () => {
  const provider = new AwsProvider(new Construct(stack, "accounts"), "payments", { alias: "payments" });
  expect(providerOf(construct)(provider, ["provider"])).toEqual([]);
  expect(providerOf(construct)(undefined, ["provider"])).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["its address in Terraform", "aws.payments", 'received "aws.payments", expected an AwsProvider.'],
  ["nothing", null, "received nothing, expected an AwsProvider."],
  ["its arguments", { region: "us-east-1" }, "received a mapping, expected an AwsProvider."],
  ["another provider", new OtherProvider(stack), 'received "stack/google", expected an AwsProvider.'],
  [
    "a provider of another stack, which Terraform wouldn't find",
    new AwsProvider(new TerraformStack(app, "other"), "aws"),
    'received "other/aws", expected an AwsProvider of the construct\'s own stack, "stack".',
  ],
])("%s instead of an AWS provider is refused", (_, provider, message) => {
  expect(providerOf(construct)(provider, ["provider"])).toEqual([{ path: ["provider"], message }]);
});
