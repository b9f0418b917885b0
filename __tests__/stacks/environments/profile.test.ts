import { parseEnvironments } from "../../../stacks/environments/environments";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { type Notation, parseTerraform, synthesize } from "../../support/synthesize";

const YAML = `defaults: { region: us-east-1, profile: everywhere }
environments:
  one: { account: "111122223333", read-only: {}, backend: { type: s3, bucket: states, region: eu-west-1 } }
  two: { account: "222233334444", read-only: {}, profile: "team/two@x:1.0+%_-" }
`;
const before = { ...process.env };

beforeEach(() => {
  process.env = { ...before };
  delete process.env.CI;
});
afterEach(() => {
  process.env = before;
});

describe.each<Notation>(["json", "hcl"])("on a person's machine, in %s", (notation) => {
  test("Terraform uses the environment's profile, or the profile of the defaults, also for the state", async () => {
    const texts = synthesize(YAML, notation);
    const one = await parseTerraform(texts.one ?? "", notation);
    expect(one.provider?.aws).toMatchObject({ profile: "everywhere", allowed_account_ids: ["111122223333"] });
    expect(one.terraform?.backend?.s3).toMatchObject({ profile: "everywhere", bucket: "states" });
    const two = await parseTerraform(texts.two ?? "", notation);
    expect(two.provider?.aws?.profile).toBe("team/two@x:1.0+%_-");
    expect(texts.two?.match(/profile/g)).toHaveLength(1); // local state needs nobody's credentials
  });

  test.each([
    ["AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"],
    ["AWS_PROFILE", "mine"],
    ["AWS_WEB_IDENTITY_TOKEN_FILE", "token"],
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/credentials"],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/credentials"],
    ["CI", "true"],
  ])("with %s, the output is as if there were no profile", (name, value) => {
    process.env[name] = value;
    const without = YAML.replace(", profile: everywhere", "").replace(/, profile: ".*"/, "");
    expect(synthesize(YAML, notation)).toEqual(synthesize(without, notation));
  });

  test("an empty variable counts as unset", () => {
    process.env.AWS_PROFILE = "";
    expect(synthesize(YAML, notation).one).toContain("everywhere");
  });
});

test("what is published has no profile: its users have their own", () => {
  const published = parseEnvironments(YAML, "environments.yaml").map(portableEnvironment);
  expect(JSON.stringify(published)).not.toMatch(/profile|everywhere/);
});
