import {
  type Backend,
  type MovedFrom,
  stateChanges,
  stateLocation,
} from "../../../../cli/commands/review/state-changes";
import { readStack } from "../../../../cli/terraform/stack";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { ACCOUNT, stackOf, stacksOf } from "../../../support/edited-stack";

const OTHER_ACCOUNT = "999999999999";
const RETIRED = "full: {}, retired: true";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/x`;

/** What changes around the access from some keys of an environment to others. */
const changes = (before: string, after: string) => {
  const [base, head] = [before, after].map((keys) => {
    const account = keys.includes("account:") ? "" : `account: "${ACCOUNT}",`;
    const yaml = `defaults: { region: us-east-1 }\nenvironments: { paid: { ${account} ${keys} } }`;
    return readStack("paid", stacksOf(yaml).get("paid") as SynthesizedStack);
  });
  return base && head && stateChanges(base, head);
};

const moved = (from: MovedFrom) => [
  { kind: "account", verdict: "unknown", before: ACCOUNT, after: OTHER_ACCOUNT, from },
];
const [US, EU] = ["us-east-1", "eu-west-1"].map((region) => ({ region }));
const acting = (verdict: string, before: unknown, after: unknown, from?: MovedFrom) => ({
  ...{ kind: "provider", verdict, before, after, ...(from && { from }) },
});
const LOCAL = { type: "local", settings: { path: "../../../state/paid.tfstate" } };
const S3 = "full: {}, backend: { type: s3, bucket: states, region: us-east-1 }";

const STATES = "https://gitlab.com/api/v4/projects/42/terraform/state";
test.each<[string, string, string, readonly object[]]>([
  ["nothing", "full: {}", "full: { tags: { a: b } }", []],
  ["the account", "full: {}", `full: {}, account: "${OTHER_ACCOUNT}"`, moved("in-use")],
  ["the account, and it is retired", "full: {}", `${RETIRED}, account: "${OTHER_ACCOUNT}"`, moved("retiring")],
  ["the account of what was retired", RETIRED, `full: {}, account: "${OTHER_ACCOUNT}"`, moved("retired")],
  ["the state", "full: {}", S3, [expect.objectContaining({ kind: "backend", verdict: "unknown", before: LOCAL })]],
  [
    "the project that has the state",
    `full: {}, backend: { type: http, address: "${STATES}" }`,
    `full: {}, backend: { type: http, address: "${STATES.replace("42", "43")}" }`,
    [expect.objectContaining({ kind: "backend", verdict: "unknown" })],
  ],
  ["the region", "full: {}", "full: {}, region: eu-west-1", [acting("unknown", US, EU, "in-use")]],
  [
    "the region, and it is retired",
    "full: {}",
    `${RETIRED}, region: eu-west-1`,
    [acting("unknown", US, EU, "retiring")],
  ],
  ["the region of what was retired", RETIRED, "full: {}, region: eu-west-1", [acting("unknown", US, EU, "retired")]],
  [
    "the role that Terraform acts as",
    "full: {}",
    `full: {}, deploy-role: "${ROLE}"`,
    [acting("unknown", US, { ...US, deployRole: { arn: ROLE } })],
  ],
  [
    "the role that Terraform plans as",
    `full: {}, plan-role: "${ROLE}"`,
    `full: {}, plan-role: "${ROLE}y"`,
    [acting("unknown", { ...US, planRole: { arn: ROLE } }, { ...US, planRole: { arn: `${ROLE}y` } })],
  ],
  [
    "the external ID with which Terraform acts",
    `full: {}, deploy-role: "${ROLE}"`,
    `full: {}, deploy-role: { arn: "${ROLE}", external-id: tenant }`,
    [
      acting(
        "unknown",
        { ...US, deployRole: { arn: ROLE } },
        { ...US, deployRole: { arn: ROLE, externalId: "tenant" } },
      ),
    ],
  ],
  [
    "the profile, which also reads the state",
    S3,
    `${S3}, profile: ops`,
    [acting("settings", US, { ...US, profile: "ops" })],
  ],
])("what changes around the access is listed: %s", (_, before, after, expected) => {
  expect(changes(before, after)).toEqual(expected);
});

const NAME = "AWSSupportAppFullRole";
const adopted = (role: string, isTakenOver: boolean) => [
  { kind: "adopted", verdict: isTakenOver ? "unknown" : "settings", role, isTakenOver },
];
test.each<[string, string, string, readonly object[]]>([
  ["the role that it has", "full: {}", "full: { adopt: true }", adopted(NAME, false)],
  ["a role of another name", "full: {}", "full: { adopt: true, role-name: Other }", adopted("Other", true)],
  ["a role that is new", "read-only: {}", "read-only: {}, full: { adopt: true }", adopted(NAME, true)],
  ["a role of what was retired", RETIRED, "full: { adopt: true }", adopted(NAME, true)],
  ["what it imported before", "full: { adopt: true }", "full: { adopt: true, tags: { a: b } }", []],
  ["nothing, once it is retired", "full: {}", "full: { adopt: true }, retired: true", []],
])("an environment imports %s", (_, before, after, expected) => {
  expect(changes(before, after)).toEqual(expected);
});

test("without an environment, only the state of a stack is known", () => {
  const [{ terraform }, head] = [stackOf("full: {}"), stackOf(`${S3}, profile: ops`)];
  const changes = stateChanges(readStack("paid", { terraform }), readStack("paid", head));
  expect(changes).toMatchObject([{ kind: "backend", before: LOCAL, after: { type: "s3" } }]);
});

test.each<[Backend["type"], settings: object, others: readonly object[]]>([
  ["s3", { bucket: "acme", key: "paid" }, [{ bucket: "theirs" }, { key: "theirs" }]],
  [
    ...(["cloud", { organization: "acme", workspace: "paid" }] as const),
    [{ organization: "theirs" }, { hostname: "evil.example" }, { workspace: "theirs" }],
  ],
  [
    ...(["http", { address: `${STATES}/paid`, lock_address: `${STATES}/paid/lock` }] as const),
    [
      `${STATES}/theirs`,
      STATES.replace("gitlab", "evil"),
      STATES.replace("42", "43"),
      `${STATES}/paid?a=b`,
      "paid",
    ].map((address) => ({ address })),
  ],
])("a state in %s with %j is elsewhere with any of %j", (type, settings, otherSettings) => {
  const placeWith = (overrides: object) => stateLocation({ type, settings: { ...settings, ...overrides } }, "paid");
  expect(new Set([{}, ...otherSettings].map(placeWith)).size).toBe(1 + otherSettings.length);
  expect(placeWith({ encrypt: true, hostname: "APP.terraform.io.:443" })).toBe(placeWith({}));
  expect(placeWith({ hostname: "app.terraform.io." })).toBe(placeWith({}));
});

test.each<[Backend["type"], object, same: object]>([
  ["local", { path: "paid.tfstate" }, { path: "./states/../paid.tfstate" }],
  ["local", {}, { path: "terraform.tfstate" }],
  ["local", {}, { path: "../../stacks/paid/terraform.tfstate" }],
  ["local", { path: "/states/paid" }, { path: "/states//./paid" }],
  [
    ...(["cloud", { organization: "acme", workspace: "paid", hostname: "tfe.example:8443" }] as const),
    { organization: "acme", workspace: "paid", hostname: "TFE.example.:8443" },
  ],
  ["s3", { bucket: "acme", key: "paid" }, { bucket: "acme", key: "/paid" }],
  ["http", { address: `${STATES}/paid` }, { address: `${STATES.replace("gitlab.com", "me:a@GITLAB.com:443")}/./paid` }],
  ["http", { address: "paid" }, { address: "paid", lock_address: "lock" }],
])("a state in %s with %j is where it is with %j", (type, settings, sameSettings) => {
  const [samePlace, place] = [sameSettings, settings].map((candidate) =>
    stateLocation({ type, settings: candidate as never }, "paid"),
  );
  expect(samePlace).toBe(place);
});

test("a local state is in its environment's folder", () => {
  const place = (path: string | undefined, environment: string) =>
    stateLocation({ type: "local", settings: path === undefined ? {} : { path } }, environment);
  expect(place("../b/terraform.tfstate", "a")).toBe(place(undefined, "b"));
  expect(place("../../../state", "a")).toBe(place("../../../state", "b"));
  expect(place("terraform.tfstate", "a")).not.toBe(place("terraform.tfstate", "b"));
  expect(place("/stacks/a/terraform.tfstate", "a")).not.toBe(place(undefined, "a"));
  expect(place("../../../../state", "a")).not.toBe(place("../../../state", "a"));
});
