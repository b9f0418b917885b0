import { authorize } from "../../cli/iam/authorize";
import { readAccess } from "../../cli/terraform/access";
import { readStack } from "../../cli/terraform/stack";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { inSeconds } from "../../modules/support-app/model/until";
import { parseEnvironments } from "../../stacks/environments/environments";
import { type Notation, parseTerraform, synthesize } from "../support/synthesize";

const environment = (levels: string, name = "test", account = "111122223333") =>
  `  ${name}: { account: "${account}", region: us-east-1, ${levels} }\n`;
const file = (levels: string) => `environments:\n${environment(levels)}`;

function errorsOf(yaml: string): string[] {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
  return [];
}

/** What people in a channel of the access level can do at a time. */
function peopleCan(yaml: string, level: "full" | "read_only", time: string): Capability[] {
  const { roles, unreadable } = readAccess(readStack(JSON.parse(synthesize(yaml).test ?? "")));
  expect(unreadable).toEqual([]);
  const policy = { statements: roles.get(level)?.permissions ?? [], unreadable: [] };
  const keys = { "aws:currenttime": inSeconds(new Date(time)), "iam:awsservicename": undefined };
  const isAllowed = (action: string) =>
    authorize([{ name: "own", policy }], { action, keys, resource: "arn:aws:servicequotas:us-east-1::a" }).is ===
    "allowed";
  return CAPABILITIES.filter((capability) => actionsOf([capability]).every(isAllowed));
}

describe("people can do it in the second before its end, and not in that second", () => {
  test.each([
    ["2026-12-31", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"],
    ["2026-12-31T18:00:00+01:00", "2026-12-31T17:59:59+01:00", "2026-12-31T18:00:00+01:00"],
    ["2026-12-31T18:00:00-08:00", "2027-01-01T01:59:59Z", "2027-01-01T02:00:00Z"],
  ])("%s", (until, before, after) => {
    const readOnly = file(`read-only: { until: ${until} }`);
    expect(peopleCan(readOnly, "read_only", before)).toEqual(["view-cases"]);
    expect(peopleCan(readOnly, "read_only", after)).toEqual([]);

    const full = file(`full: { until: "${until}", service-quotas-role: create }`);
    expect(peopleCan(full, "full", before)).toEqual(CAPABILITIES);
    expect(peopleCan(full, "full", after)).toEqual([]);

    const chat = file(
      `full: { without: [live-chat, resolve-cases], temporarily: [{ capability: live-chat, until: ${until} }] }`,
    );
    const lasting: Capability[] = CAPABILITIES.filter((one) => one !== "live-chat" && one !== "resolve-cases");
    expect(peopleCan(chat, "full", before).filter((one) => !lasting.includes(one))).toEqual(["live-chat"]);
    expect(peopleCan(chat, "full", after)).toEqual(lasting);
  });
});

test("with quota increases, the right to create the Service Quotas role ends, too", () => {
  const yaml = file(
    "full: { without: [request-quota-increases], temporarily: [{ capability: request-quota-increases, until: 2026-12-31 }] }",
  );
  const { roles } = readAccess(readStack(JSON.parse(synthesize(yaml).test ?? "")));
  const policy = { statements: roles.get("full")?.permissions ?? [], unreadable: [] };
  const at = (time: string) =>
    authorize([{ name: "own", policy }], {
      action: "iam:CreateServiceLinkedRole",
      resource: "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/a",
      keys: { "aws:currenttime": time, "iam:awsservicename": "servicequotas.amazonaws.com" },
    }).is;
  expect([at("2026-12-31T23:59:59Z"), at("2027-01-01T00:00:00Z")]).toEqual(["allowed", "implicit-deny"]);
});

test("the policy has the end in UTC, and everything else is as without it", async () => {
  const ended = "full: { until: 2026-12-31T18:00:00+01:00 }";
  for (const notation of ["json", "hcl"] as Notation[]) {
    const [without, withEnd] = await Promise.all(
      ["full: {}", ended].map((levels) => parseTerraform(synthesize(file(levels), notation).test ?? "", notation)),
    );
    const end = { test: "DateLessThan", variable: "aws:CurrentTime", values: ["2026-12-31T17:00:00Z"] };
    const statements = (terraform: typeof without) =>
      terraform?.data?.aws_iam_policy_document?.full?.statement as { condition?: unknown }[];
    expect(statements(withEnd).map(({ condition }) => condition)).toEqual([
      end,
      [{ test: "StringEquals", variable: "iam:AWSServiceName", values: ["servicequotas.amazonaws.com"] }, end],
    ]);
    const rest = (terraform: typeof without) =>
      JSON.stringify({
        ...terraform,
        data: undefined,
        output: { ...terraform?.output, support_app_digest: undefined },
      });
    expect(rest(withEnd)).toBe(rest(without));
  }
});

test("access that has ended breaks no deploy: it gives nothing, and every other environment stays as it was", () => {
  const other = environment("full: {}", "other", "444455556666");
  const ended = synthesize(file("full: { until: 2000-01-01 }") + other);
  expect(ended.other).toBe(synthesize(file("full: {}") + other).other);
  expect(peopleCan(file("full: { until: 2000-01-01 }"), "full", "2026-06-01T00:00:00Z")).toEqual([]);
});

test("once it has ended, removing the line gives no access", () => {
  const now = "2026-06-01T00:00:00Z";
  const withLine = "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-05-31 }] }";
  const withoutLine = "full: { without: [live-chat] }";
  expect(peopleCan(file(withLine), "full", now)).toEqual(peopleCan(file(withoutLine), "full", now));
});

test("a default ends every environment's, and an environment's own end takes precedence", () => {
  const yaml = (own: string) => `defaults: { full: { until: 2026-06-30 } }\n${file(`full: {${own}}`)}`;
  expect(peopleCan(yaml(""), "full", "2026-07-01T00:00:00Z")).toEqual([]);
  expect(peopleCan(yaml("until: 2026-07-31"), "full", "2026-07-01T00:00:00Z")).not.toEqual([]);
});

test("a mode of the Service Quotas role is allowed with temporary quota increases", () => {
  const temporarily = "temporarily: [{ capability: request-quota-increases, until: 2026-12-31 }]";
  const levels = (own: string) => file(`full: { without: [request-quota-increases], ${temporarily}${own} }`);
  for (const yaml of [
    levels(", service-quotas-role: create"),
    `defaults: { full: { service-quotas-role: create } }\n${levels("")}`,
  ]) {
    expect(JSON.parse(synthesize(yaml).test ?? "").resource.aws_iam_service_linked_role).toBeDefined();
  }
});

const DAY =
  "a day that exists, from 2000 to 2099, such as 2026-12-31, or a time with its zone, such as 2026-12-31T18:00:00+01:00";
const CHAT = "without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-12-31 }]";

describe("an invalid end", () => {
  test.each<[string, string[]]>([
    ["read-only: { until: 2026-02-30 }", [`read-only.until: received "2026-02-30", expected ${DAY}.`]],
    ["read-only: { until: 2026 }", [`read-only.until: received the number 2026, expected ${DAY}.`]],
    ["read-only: { until: }", [`read-only.until: received nothing, expected ${DAY}.`]],
    [
      "read-only: { until: 2026-12-31T18:00:00 }",
      [`read-only.until: received "2026-12-31T18:00:00", expected ${DAY}.`],
    ],
    [
      "read-only: { until: 2026-12-31, policy: aws-managed }",
      [
        "read-only.until: received \"2026-12-31\", expected no end: AWS's managed policy can't be narrowed. Remove until, or set policy to customer-managed.",
      ],
    ],
    [
      "read-only: { temporarily: [{ capability: live-chat, until: 2026-12-31 }] }",
      [
        "read-only.temporarily: received live-chat, expected no temporary capability: read-only has only view-cases. Remove temporarily.",
      ],
    ],
    [
      "full: { policy: aws-managed, temporarily: [{ capability: live-chat, until: 2026-12-31 }] }",
      [
        "full.temporarily: received live-chat, expected no temporary capability: AWS's managed policy gives everything already. Remove temporarily, or set policy to customer-managed.",
      ],
    ],
    [
      "full: { temporarily: [{ capability: live-chat, until: 2026-12-31 }] }",
      [
        'full.temporarily[0].capability: received "live-chat", expected a capability that is also in without: any other is already granted without an end. Add it to without, or remove it here.',
      ],
    ],
    [
      "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: live-chat, until: 2027-12-31 }] }",
      ['full.temporarily[1].capability: received "live-chat" a second time, expected each capability once.'],
    ],
    [
      `full: { until: 2026-12-31, ${CHAT} }`,
      [
        'full.temporarily[0].until: received "2026-12-31", expected an earlier end than until (2026-12-31), when everything ends. Set an earlier one, or remove the capability from without and from here.',
      ],
    ],
    [
      "full: { without: [], temporarily: [{ capability: view-cases, until: 2026-12-31 }] }",
      [
        'full.temporarily[0].capability: received "view-cases", expected one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases ends only with everything else, by the access level\'s own until.',
      ],
    ],
    [
      "full: { temporarily: [live-chat] }",
      ['full.temporarily[0]: received "live-chat", expected a mapping with capability and until.'],
    ],
    [
      "full: { without: [live-chat], temporarily: [{ capability: live-chat }] }",
      [`full.temporarily[0].until: received nothing, expected ${DAY}.`],
    ],
    // One mistake is one error.
    [
      "full: { without: live-chat, temporarily: [{ capability: live-chat, until: 2026-12-31 }] }",
      ['full.without: received "live-chat", expected a list of capabilities, such as [resolve-cases].'],
    ],
  ])("%s", (levels, expected) => {
    const places = errorsOf(file(levels)).map((line) =>
      line.replace(/^environments\.yaml:\d+:\d+: environments\.test\./, ""),
    );
    expect(places).toEqual(expected);
  });

  test("is reported at the default, with the environment that inherits it", () => {
    const yaml = `defaults: { full: { until: 2026-12-31 } }\n${file("full: { policy: aws-managed }")}`;
    expect(errorsOf(yaml)).toEqual([
      "environments.yaml:1:28: defaults.full.until: received \"2026-12-31\", expected no end: AWS's managed policy can't be narrowed. Remove until, or set policy to customer-managed. 1 environment inherits it from the defaults, and can override it: test.",
    ]);
  });
});
