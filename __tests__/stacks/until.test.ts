import { authorize } from "../../cli/iam/authorize";
import { readAccess } from "../../cli/terraform/access";
import { readStack } from "../../cli/terraform/stack";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { inSeconds } from "../../modules/support-app/model/until";
import { synthesize } from "../support/synthesize";

const environment = (levels: string, name = "test", account = "111122223333") =>
  `  ${name}: { account: "${account}", region: us-east-1, ${levels} }\n`;
const file = (levels: string) => `environments:\n${environment(levels)}`;

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

test("access that has ended breaks no deploy: it gives nothing, and every other environment stays as it was", () => {
  const other = environment("full: {}", "other", "444455556666");
  const ended = synthesize(file("full: { until: 2000-01-01 }") + other);
  expect(ended.other).toBe(synthesize(file("full: {}") + other).other);
  expect(peopleCan(file("full: { until: 2000-01-01 }"), "full", "2026-06-01T00:00:00Z")).toEqual([]);
});
