import { DIFFERENCES_OUTPUT, differencesOutput, placeGuard } from "../../stacks/self-checks";
import { type Draft, ONCALL, terraformOf } from "../support/edited-stack";

const WHOLE = terraformOf(`full: { ${ONCALL} }, slack-workspaces: [T01], account-alias: Payments`) as Draft;
const NAMES = ["account_alias", "channel_T01_C01"];

test("the channel and the alias have a check and a list of differences, and one output has both lists", () => {
  expect(Object.keys(WHOLE.check).sort()).toEqual(NAMES);
  expect(Object.keys(WHOLE.locals).sort()).toEqual(NAMES.map((name) => `${name}_differences`));
  const lists = "concat(local.account_alias_differences, local.channel_T01_C01_differences)";
  expect(WHOLE.output[DIFFERENCES_OUTPUT].value).toBe(
    `\${coalesce(join("; ", [for difference in ${lists} : "\${plantimestamp()}: \${difference}"]), "none")}`,
  );
});

test("a stack without a channel and an alias has none of them, and a retired one has no guard either", () => {
  const bare = terraformOf("full: {}, slack-workspaces: [T01]") as Draft;
  expect(bare).not.toHaveProperty("check");
  expect(bare).not.toHaveProperty("locals");
  expect(bare.output).not.toHaveProperty(DIFFERENCES_OUTPUT);
  expect(bare.resource.terraform_data.support_app_place).toEqual(
    placeGuard({ account: "111122223333", region: "us-east-1" }),
  );
  const retired = terraformOf(`retired: true, full: { ${ONCALL} }`);
  for (const section of ["check", "locals", "output", "resource"]) expect(retired).not.toHaveProperty(section);
  expect(differencesOutput({})).toBeUndefined();
});

test("a channel of the user's own, which has no list of differences, isn't in the output", () => {
  const { channel_T01_C01_differences: _, ...locals } = WHOLE.locals;
  expect(differencesOutput({ ...WHOLE, locals })?.value).toContain("concat(local.account_alias_differences)");
});

test("everything else depends on the guard, so that a retirement that fails half-way still knows where it was", () => {
  const whole = terraformOf(
    `slack-workspaces: [T01], account-alias: Payments, read-only: { policy: aws-managed }, full: { service-quotas-role: create, ${ONCALL} }, teams: { pay: { access: full } }`,
  ) as Draft;
  const { terraform_data, ...guarded } = whole.resource;
  const bodies = Object.values<Draft>(guarded).flatMap((blocks) => Object.values<Draft>(blocks));
  expect(bodies.length).toBeGreaterThan(15);
  for (const { depends_on } of bodies) expect(depends_on).toContain("terraform_data.support_app_place");
  expect(terraform_data.support_app_place).not.toHaveProperty("depends_on");
});

test("the guard keeps what it was created with, and says how an environment moves", () => {
  const { input, lifecycle } = placeGuard({ account: "111122223333", region: "eu-west-1" }) as Draft;
  expect(input).toEqual({ account: "111122223333", region: "eu-west-1" });
  expect(lifecycle.ignore_changes).toEqual(["input"]);
  expect(lifecycle).not.toHaveProperty("prevent_destroy"); // retiring and destroying work
  const [{ condition, error_message }] = lifecycle.postcondition;
  expect(condition).toBe('${self.output.account == "111122223333" && self.output.region == "eu-west-1"}');
  expect(error_message).toContain("keep the old one, set retired: true, and deploy.");
});
