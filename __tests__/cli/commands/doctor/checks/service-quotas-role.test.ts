import type { Account, LiveLevel } from "../../../../../cli/commands/doctor/account";
import { actionsOf } from "../../../../../modules/support-app/model/capability";
import { ACCOUNT, boundaryWith, DENIED, withAccess } from "../../../../support/live-account";
import { ALLOW, deploying, editedPolicies, examine, inAccount, only, ownPolicies, restoring } from "./examined";

const draft = {
  resource: "service-linked role AWSServiceRoleForServiceQuotas",
  about: ["service-linked-role"],
};
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/b`;
const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const EXISTING = "full: { service-quotas-role: existing }";
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const missing = (account: Account) => ({ ...account, serviceQuotasRole: { known: false } });
const without = (yaml: string, changed: Partial<LiveLevel> = {}) =>
  examine("service-quotas-role", yaml, (account) => withAccess(missing(account), "full", changed));
const simulating = (isDeniedByOrganization: boolean) => ({
  simulated: {
    known: new Map([
      ["iam:createservicelinkedrole", { isDeniedByOrganization, decision: "implicitDeny", missingKeys: [] }],
    ]),
  },
});

test.each([["read-only: {}"], ["full: { without: [request-quota-increases] }"]])("nobody needs it with %s", (yaml) => {
  expect(examine("service-quotas-role", yaml, missing)).toEqual({ findings: [] });
});

test.each([
  ["full: {}", 1],
  ["full: { policy: aws-managed }", 0],
  [EXISTING, 0],
])("a Service Quotas role that exists leaves %s with a right that no channel needs: %d notes", (yaml, count) => {
  const note =
    "The Service Quotas role exists, so the channel needs no right to create it: set service-quotas-role: existing for full of test to remove it.";
  const { findings, notes = [] } = examine("service-quotas-role", yaml);
  expect([findings, notes]).toEqual([[], Array(count).fill(note)]);
});

test.each([EXISTING, "full: {}"])("a Service Quotas role that can't be read with %s is unknown", (yaml) => {
  const denied = examine("service-quotas-role", yaml, (account) => ({ ...account, serviceQuotasRole: DENIED }));
  const expected = "to see whether it exists";
  expect(denied).toEqual({
    findings: [{ answer: "unknown", ...draft, expected, found: DENIED.unknown.message, fix: ALLOW }],
  });
});

const creating = {
  text: "Create the role, or request a quota increase in the Service Quotas console once, which creates it.",
  commands: [
    inAccount("iam --region us-east-1 create-service-linked-role --aws-service-name servicequotas.amazonaws.com"),
  ],
};
test.each([
  ["create", deploying("Deploy the environment, which creates the role.")],
  ["adopt", creating],
  ["existing", creating],
])("the role is missing with service-quotas-role: %s, whether the channel's role exists or not", (mode, fix) => {
  for (const changed of [{}, { role: { known: undefined } }]) {
    expect(without(`full: { service-quotas-role: ${mode} }`, changed)).toEqual({
      findings: [
        {
          answer: "unhealthy",
          ...draft,
          fix,
          expected: `it exists (service-quotas-role: ${mode})`,
          found: "no such role in the account",
        },
      ],
    });
  }
});

describe("the channel may create it", () => {
  test("a channel that may create the Service Quotas role has no finding, with and without the simulation", () => {
    expect(without("full: {}")).toEqual({ findings: [] });
    expect(without("full: {}", { simulated: { known: undefined } })).toEqual({ findings: [] });
  });

  test("a channel may create the Service Quotas role with a right to service-linked roles only", () => {
    const slr = { ...allow("iam:CreateServiceLinkedRole"), Resource: "arn:aws:iam::*:role/aws-service-role/*" };
    const boundary = boundaryWith("arn:aws:iam::aws:policy/b", allow("support:*", "servicequotas:*"), slr);
    expect(without("full: {}", { boundary }).findings).toEqual([]);
  });
});

const RESTORE = restoring("the channel's right to create the role");
const terraform = (change: object) =>
  deploying("Let Terraform create the role, and deploy. The channel then needs no right to create it.", {
    full: { ...change, "service-quotas-role": "create" },
  });
const organization = {
  text: "Ask whoever runs the organization to allow it, or to create the role once.",
  commands: [],
};
const tight = { boundary: boundaryWith(BOUNDARY, allow("support:*", "servicequotas:*")) };
const lacking = { policies: { known: ownPolicies(EXISTING) } };
const ofAws = {
  policies: { known: editedPolicies("full: { policy: aws-managed }", "iam:CreateServiceLinkedRole", "a:B") },
};

const LIMITED = `the permissions boundary ${BOUNDARY} doesn't allow it`;
const OF_AWS = "the policy arn:aws:iam::aws:policy/AWSSupportAppFullAccess doesn't allow it";
const BOUNDED = `permissions-boundary: "${BOUNDARY}"`;
const ofOrganization = "a service control policy of the organization denies it (IAM's simulation says implicitDeny)";
const customer = { policy: "customer-managed" };

test.each<[string, string, Partial<LiveLevel>, string, object]>([
  ["its policy", "full: {}", lacking, `the policy ${OWN} doesn't allow it`, RESTORE],
  ["AWS's policy", "full: { policy: aws-managed }", ofAws, OF_AWS, terraform(customer)],
  ["a boundary by hand", "full: {}", tight, LIMITED, RESTORE],
  ["its boundary", `full: { ${BOUNDED} }`, tight, LIMITED, terraform({})],
  ["the organization", "full: {}", simulating(true), ofOrganization, organization],
])("the channel can't create the Service Quotas role because of %s", (_, yaml, changed, actual, fix) => {
  expect(only(without(yaml, changed).findings)).toEqual({
    answer: "unhealthy",
    ...draft,
    fix,
    expected: "it exists, or the channel may create it",
    found: `neither: the role AWSSupportAppFullRole isn't allowed iam:CreateServiceLinkedRole: ${actual}`,
  });
});

test("the check may not know whether the channel can create the Service Quotas role", () => {
  const { findings } = without("full: {}", { policies: DENIED });
  const expected = "it exists, or the channel may create it";
  expect(findings).toEqual([{ answer: "unknown", ...draft, expected, found: DENIED.unknown.message, fix: ALLOW }]);
});

test("the Service Quotas role waits for the channel's role, and for the capability of whoever would need it", () => {
  const [action = ""] = actionsOf(["request-quota-increases"]);
  const withoutOne = { policies: { known: editedPolicies("full: {}", action, "support:None") } };
  expect(without("full: {}", { role: { known: undefined } })).toEqual({ findings: [], waitsFor: "role" });
  expect(without("full: {}", withoutOne)).toEqual({ findings: [], waitsFor: "capabilities" });
});
