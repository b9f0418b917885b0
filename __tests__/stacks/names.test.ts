import { TAG_KEY } from "../../modules/support-app/model/limits";
import { errorsOf } from "../support/errors";
import { OBJECT_NAMES } from "../support/object-names";
import { parseTerraform, synthesize } from "../support/synthesize";

const REFUSED_TAGS = ["__proto__", "_children"];

function environment(entries: object): string {
  return JSON.stringify({ environments: { test: { account: "111122223333", region: "us-east-1", ...entries } } });
}

test("an environment may not be called constructor, and all other names of objects have a capital", () => {
  for (const name of OBJECT_NAMES.filter((one) => /^[a-z][a-z0-9-]*$/.test(one))) {
    const yaml = environment({ full: {} }).replace("test", name);
    if (name === "constructor")
      expect(errorsOf(yaml)[0]).toContain('received "constructor", expected an environment name');
    else expect(Object.keys(synthesize(yaml))).toEqual([name]);
  }
});

test("a tag may have any of these names but two, which are refused", async () => {
  const names = OBJECT_NAMES.filter((name) => !REFUSED_TAGS.includes(name));
  const tags = Object.fromEntries([...names, "//"].map((name) => [name, `of ${name}`]));
  const yaml = environment({ full: { tags } });
  for (const notation of ["json", "hcl"] as const) {
    const { test: text = "" } = synthesize(yaml, notation);
    const terraform = await parseTerraform(text, notation);
    expect(terraform.resource?.aws_iam_role?.full?.tags).toEqual(tags);
  }
  expect(errorsOf(environment({ full: { tags: { _children: "x", _metadata: "y" } } }))).toEqual([
    `environments.yaml:1:88: environments.test.full.tags._children: received "_children", expected ${TAG_KEY.expected}.`,
  ]);
  expect(errorsOf(environment({ full: {} }).replace('"full":{}', '"full":{"tags":{"__proto__":"x"}}'))).toEqual([
    'environments.yaml:1:88: received the key "__proto__", expected another: JavaScript reserves this one.',
  ]);
});

test.each(OBJECT_NAMES)("%s is an ordinary name in IAM and Slack", async (name) => {
  const full = { "role-name": name, "policy-name": name, path: `/${name}/`, description: name };
  const channels = [{ name, workspace: "T1", channel: "C1" }];
  const backend = { type: "s3", bucket: "abc", region: "us-east-1", prefix: name };
  const yaml = environment({ full: { ...full, channels }, "account-alias": name, backend });
  const { resource, terraform } = await parseTerraform(synthesize(yaml).test ?? "", "json");
  expect(resource?.aws_iam_role?.full).toMatchObject({ name, path: `/${name}/`, description: name });
  expect(resource?.aws_cloudcontrolapi_resource?.channel_T1_C1?.desired_state).toContain(`"ChannelName" = "${name}"`);
  expect(JSON.stringify(terraform)).toContain(`"${name}/test.tfstate"`);
});

test.each(OBJECT_NAMES.filter((name) => name !== "__proto__"))("%s is an unknown key", (name) => {
  const wrong = { [name]: "x" };
  const channel = { name: "a", workspace: "T1", channel: "C1", notify: { severity: "none", ...wrong } };
  const backend = { type: "local", ...wrong };
  const yaml = JSON.stringify({
    ...wrong,
    defaults: { region: "us-east-1", ...wrong },
    environments: { test: { account: "111122223333", ...wrong, backend, full: { ...wrong, channels: [channel] } } },
  });
  const isNameOfChannel = name === "name";
  expect(isNameOfChannel || errorsOf(yaml).length).toBe(isNameOfChannel || 6);
  for (const error of errorsOf(yaml)) expect(error).toContain(`received the unknown key "${name}", expected `);
});
