import { pathInWords } from "../../../common/problem";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { ACCESS_CHECKS, checkOf, propProblems, providerOf } from "../../../modules/support-app/check-props";
import { describeProp, formatProblem } from "../../../modules/support-app/format-problem";
import { Construct, Fn, TerraformProvider, TerraformStack } from "../../../modules/support-app/framework";
import { CHANNEL_PROPERTIES } from "../../../modules/support-app/model/properties";
import { HOSTILE_JSON, obeyedIn } from "../../support/hostile";
import { newApp } from "../../support/new-app";
import { OBJECT_NAMES } from "../../support/object-names";

const LATER = Fn.lookup({}, "later", "");
const LATER_LIST = Fn.tolist([LATER]);
const CHAT = { capability: "live-chat", until: "2026-12-31" };

function problemsOf(props: object) {
  return propProblems({ access: "full", ...props }, ACCESS_CHECKS);
}

/** The sentences themselves are in bad-inputs/constructs.yaml. */
test.each<[props: object, ...paths: string[]]>([
  [{ access: LATER }, "access"],
  [{ without: ["live-chat", "attach-files"], temporarily: [], policy: "aws-managed", serviceQuotasRole: "adopt" }],
  [{ without: ["live-chat", "chats"] }, "without[1]"],
  [{ without: LATER_LIST }, "without"],
  [{ without: [LATER] }, "without[0]"],
  // biome-ignore lint/suspicious/noSparseArray: JavaScript has them
  [{ without: [, "live-chat"] }, "without[0]"],
  [{ until: "2026-12-31T18:00:00+01:00" }],
  [{ until: "2026-02-30" }, "until"],
  [{ until: LATER }, "until"],
  [{ temporarily: [CHAT, { ...CHAT, capability: "resolve-cases" }] }],
  [{ temporarily: LATER_LIST }, "temporarily"],
  [{ temporarily: [undefined, { ...CHAT, end: 5 }] }, "temporarily[0]", "temporarily[1].end"],
  [{ temporarily: [{ ...CHAT, capability: "view-cases" }] }, "temporarily[0].capability"],
  [{ policy: LATER }, "policy"],
  [{ serviceQuotasRole: LATER }, "serviceQuotasRole"],
  [{ roleName: null }, "roleName"],
  [{ policyDescription: "${var.a}" }, "policyDescription"],
  [{ account: LATER, roleName: LATER, policyName: LATER, description: LATER, policyDescription: LATER, path: LATER }],
  [{ permissionsBoundary: LATER, maxSessionDuration: Fn.lengthOf([LATER]), tags: Fn.lookup({}, "tags", {}) }],
  ...[3600, 43200].map((maxSessionDuration): [object] => [{ maxSessionDuration }]),
  ...[3599, 43201, 3600.5].map((duration): [object, string] => [
    { maxSessionDuration: duration },
    "maxSessionDuration",
  ]),
  [{ tags: Object.assign(Object.create(null), { Owner: LATER, Team: "" }) }],
  ...[null, 5, new Map()].map((tags): [object, string] => [{ tags }, "tags"]),
  [{ tags: { "aws:owner": "x", _children: "<none>" } }, 'tags."aws:owner"', "tags._children", "tags._children"],
  [{ tags: JSON.parse('{ "__proto__": "x" }') }, "tags.__proto__"],
  [{ tags: { Owner: "a", owner: ["a"] } }, "tags.owner", "tags.owner"],
  [{ adopt: true, sourceAccountCondition: false }],
  [{ adopt: "false", sourceAccountCondition: LATER }, "sourceAccountCondition", "adopt"],
  [{ path: "x", role: "", roleName: "" }, "role", "roleName", "path"],
])("the properties %j have problems at exactly the expected paths", (props, ...paths) => {
  expect(problemsOf(props).map(({ path }) => pathInWords(path))).toEqual(paths);
});

test.each(OBJECT_NAMES)("%s, which every object has, is neither a property nor a choice", (name) => {
  const received = `received ${JSON.stringify(name)}, expected one of `;
  expect(problemsOf(JSON.parse(`{ ${JSON.stringify(name)}: 5 }`))[0]?.message).toContain(received);
  for (const choice of ["access", "policy", "serviceQuotasRole"]) {
    expect(problemsOf({ [choice]: name })[0]?.message).toContain(received);
  }
  expect(problemsOf({ without: [name] })[0]?.message).toContain(received);
});

test.each<[unknown, ...paths: string[]]>([
  [undefined],
  [{ severity: "none" }],
  [{ severity: "all", events: ["case-created", "reply-added", "case-resolved"] }],
  ["high", ""],
  [null, ""],
  [{ severity: "none", off: [] }, "off"],
  [{}, "severity"],
  [{ severity: "low", events: {} }, "severity", "events"],
  [{ severity: "all", events: ["case-closed", "reply-added", undefined] }, "events[0]", "events[2]"],
  [{ severity: "all", events: LATER_LIST }, "events"],
])("the notification setting %j has problems at exactly the expected paths", (notify, ...paths) => {
  expect(checkOf(CHANNEL_PROPERTIES.notify)(notify).map(({ path }) => pathInWords(path))).toEqual(paths);
});

class OtherProvider extends TerraformProvider {
  constructor(scope: Construct) {
    super(scope, "google", { terraformResourceType: "google" });
  }
}

const app = newApp();
const stack = new TerraformStack(app, "stack");
const construct = new Construct(new Construct(stack, "team"), "watch");

test.each<[string, unknown, string | undefined]>([
  ["no provider", undefined, undefined],
  ["an AWS provider of the stack", new AwsProvider(new Construct(stack, "accounts"), "payments", {}), undefined],
  ["its address in Terraform", "aws.payments", 'received "aws.payments", expected an AwsProvider.'],
  ["nothing", null, "received nothing, expected an AwsProvider."],
  ["another provider", new OtherProvider(stack), 'received "stack/google", expected an AwsProvider.'],
  [
    "a provider of another stack, which Terraform wouldn't find",
    new AwsProvider(new TerraformStack(app, "other"), "aws"),
    'received "other/aws", expected an AwsProvider of the construct\'s own stack, "stack".',
  ],
])("%s as an AWS provider is accepted, or refused with the reason", (_, provider, message) => {
  expect(providerOf(construct)(provider)).toEqual(message ? [{ path: [], message }] : []);
});

test("a value that Terraform knows only later is shown as such", () => {
  expect(describeProp(LATER)).toBe("a token, which Terraform knows only later");
  expect(describeProp("now")).toBe('"now"');
});

test("a construct's path, a property or a value in an error can't give a terminal or CI a command", () => {
  const hostile = new Construct(stack, `a${HOSTILE_JSON}`);
  const sentence = formatProblem(hostile, { path: ["tags", HOSTILE_JSON], message: `received ${HOSTILE_JSON}` });
  expect(sentence).toContain(", tags.");
  expect(obeyedIn(sentence)).toEqual([]);
});
