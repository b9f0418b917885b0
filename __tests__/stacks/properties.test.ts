import fc from "fast-check";
import { stringify } from "yaml";
import { parseEnvironments } from "../../stacks/environments/environments";
import { awsManagedPolicy, permissionsOf, withoutEnd } from "../support/access";
import { environmentFile } from "../support/environment-files";
import { expectNoMachineIn } from "../support/machine";
import { type Notation, parseTerraform, synthesize, type Terraform, type Texts } from "../support/synthesize";
import { propertyRuns } from "../support/thorough";

/** What the guide's example policy allows. */
const GUIDE = awsManagedPolicy("AWSSupportAppFullAccess");

/** All properties use the same files, so that each is synthesized once in each notation. */
const RUNS = { numRuns: propertyRuns(20), seed: Date.now() };
const synthesized = new Map<string, Texts>();

async function forEveryFile(check: (yaml: string) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(environmentFile, (file) => check(stringify(file))),
    RUNS,
  );
}

/** The result of a file, cached after its first use. */
function textsOf(yaml: string, notation: Notation = "json"): Texts {
  const known = synthesized.get(notation + yaml) ?? synthesize(yaml, notation);
  synthesized.set(notation + yaml, known);
  return known;
}

async function jsonOf(yaml: string): Promise<Terraform[]> {
  return Promise.all(Object.values(textsOf(yaml)).map((text) => parseTerraform(text, "json")));
}

test("nobody can do what AWS's example policy doesn't let them", async () => {
  await forEveryFile(async (yaml) => {
    for (const terraform of await jsonOf(yaml)) {
      for (const address of Object.keys(terraform.resource?.aws_iam_role ?? {})) {
        const allowed = permissionsOf(terraform, address);
        expect(allowed.size).toBeGreaterThan(0);
        expect([...allowed].filter((permission) => !GUIDE.has(withoutEnd(permission)))).toEqual([]);
      }
    }
  });
});

test("nothing grants access except the attached policy", async () => {
  const types = [
    "aws_cloudcontrolapi_resource",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_service_linked_role",
  ];
  const roleArguments =
    /^(?:name|description|path|assume_role_policy|permissions_boundary|max_session_duration|tags|lifecycle|depends_on)$/;
  await forEveryFile(async (yaml) => {
    for (const { resource, data } of await jsonOf(yaml)) {
      expect(types).toEqual(expect.arrayContaining(Object.keys(resource ?? {})));
      if (resource !== undefined) expect(Object.keys(data ?? {})).toEqual(["aws_iam_policy_document"]);
      else expect(data).toBeUndefined();
      for (const role of Object.values(resource?.aws_iam_role ?? {})) {
        for (const argument of Object.keys(role)) expect(argument).toMatch(roleArguments);
      }
      for (const document of Object.values(data?.aws_iam_policy_document ?? {})) {
        expect(Object.keys(document)).toEqual(["statement"]);
      }
    }
  });
});

test("read-only never writes", async () => {
  await forEveryFile(async (yaml) => {
    for (const terraform of await jsonOf(yaml)) {
      if (!terraform.resource?.aws_iam_role?.read_only) continue;
      for (const permission of permissionsOf(terraform, "read_only")) {
        expect(withoutEnd(permission)).toMatch(/^Allow support:Describe\w+ on \*$/);
      }
    }
  });
});

test("a retired environment gives no access, and every other environment gives what it gave", async () => {
  await forEveryFile(async (yaml) => {
    const synthesized = textsOf(yaml);
    const asBefore = textsOf(yaml.replaceAll("retired: true", "retired: false"));
    for (const { name, retired } of parseEnvironments(yaml, "environments.yaml")) {
      if (!retired) expect(synthesized[name]).toBe(asBefore[name]);
      else {
        const { "//": _, ...sections } = JSON.parse(synthesized[name] ?? "");
        expect(Object.keys(sections.output)).toEqual(["support_app_digest"]);
        expect(Object.keys(sections).sort()).toEqual(["output", "provider", "removed", "terraform"]);
      }
    }
  });
});

test("two runs give the same bytes, with nothing about the machine", async () => {
  await forEveryFile(async (yaml) => {
    for (const notation of ["json", "hcl"] as const) {
      const texts = synthesize(yaml, notation);
      expect(texts).toEqual(textsOf(yaml, notation));
      for (const text of Object.values(texts)) expectNoMachineIn(text, yaml);
    }
  });
});
