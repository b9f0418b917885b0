import { markdown } from "../../../../../cli/commands/review/report";
import { reviewOf } from "../../../../../cli/commands/review/review";
import { ACCOUNT, edited, fullRole, LEVELS, passes, stackOf } from "../../../../support/attacked-stack";
import type { Draft } from "../../../../support/edited-stack";

describe("an attack needs an approval or is refused, and its twin passes", () => {
  test.each<[name: string, attack: (draft: Draft) => void, twin: (draft: Draft) => void]>([
    [
      "the state of another bucket",
      (draft) => Object.assign(draft.terraform.backend.s3, { bucket: "theirs" }),
      (draft) => Object.assign(fullRole(draft), { description: "another bucket" }),
    ],
    [
      "the state under another key",
      (draft) => Object.assign(draft.terraform.backend.s3, { key: "theirs/paid.tfstate" }),
      (draft) => Object.assign(draft.output.full_role_arn, { description: "theirs/paid.tfstate" }),
    ],
    [
      "the state in another region",
      (draft) => Object.assign(draft.terraform.backend.s3, { region: "eu-west-1" }),
      (draft) => Object.assign(draft.provider.aws[0], { default_tags: [{ tags: { region: "eu-west-1" } }] }),
    ],
    [
      "channels that stay behind in the old region",
      (draft) => Object.assign(draft.provider.aws[0], { region: "eu-west-1" }),
      (draft) => Object.assign(draft.provider.aws[0], { region: "us-east-1" }),
    ],
    [
      "a state that nobody locks",
      (draft) => delete draft.terraform.backend.s3.use_lockfile,
      (draft) => delete draft.terraform["//"],
    ],
    [
      "a backend that is reached by another endpoint",
      (draft) => Object.assign(draft.terraform.backend.s3, { endpoints: { s3: "https://evil.example" } }),
      (draft) => Object.assign(draft["//"], { endpoints: { s3: "https://evil.example" } }),
    ],
    [
      "state that is handed to a web server",
      (draft) => Object.assign(draft.terraform, { backend: { http: { address: "https://evil.example" } } }),
      (draft) => Object.assign(draft.terraform, { "//": { http: "https://evil.example" } }),
    ],
    [
      "encryption that runs a program under OpenTofu",
      (draft) =>
        Object.assign(draft.terraform, { encryption: { key_provider: { external: { a: { command: ["sh"] } } } } }),
      (draft) => Object.assign(draft["//"], { encryption: { command: ["sh"] } }),
    ],
    [
      "a provider of another name",
      (draft) => Object.assign(draft.terraform.required_providers, { evil: { source: "evil/evil", version: "1.0.0" } }),
      (draft) =>
        Object.assign(draft.terraform.required_providers.aws, { source: "registry.terraform.io/hashicorp/aws" }),
    ],
    [
      "the provider from elsewhere",
      (draft) => Object.assign(draft.terraform.required_providers.aws, { source: "evil.example/hashicorp/aws" }),
      (draft) => Object.assign(draft.terraform.required_providers.aws, { source: "hashicorp/aws" }),
    ],
    [
      "another version of the provider",
      (draft) => Object.assign(draft.terraform.required_providers.aws, { version: "= 5.0.0" }),
      (draft) => Object.assign(draft.terraform, { required_version: ">= 1.8" }),
    ],
    [
      "a provider that reads credentials elsewhere",
      (draft) => Object.assign(draft.provider.aws[0], { shared_credentials_files: ["x"] }),
      (draft) => Object.assign(draft.provider.aws[0], { default_tags: [{ tags: { a: "b" } }] }),
    ],
    [
      "a provider that assumes a role by a token in a file",
      (draft) =>
        Object.assign(draft.provider.aws[0], { assume_role_with_web_identity: [{ web_identity_token_file: "x" }] }),
      (draft) => Object.assign(draft.provider.aws[0], { "//": { assume_role_with_web_identity: [] } }),
    ],
    [
      "another role that deploys, which may do more",
      (draft) =>
        Object.assign(draft.provider.aws[0], { assume_role: [{ role_arn: `arn:aws:iam::${ACCOUNT}:role/d` }] }),
      (draft) => Object.assign(fullRole(draft), { description: `arn:aws:iam::${ACCOUNT}:role/d` }),
    ],
  ])("%s", (_, attack, twin) => {
    expect(passes(edited(attack))).toBe(false);
    expect(edited(twin)).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(edited(twin))).toBe(true);
  });

  const CLOUD = stackOf("{ type: cloud, organization: acme }", LEVELS);

  test("the state of another organization or host", () => {
    for (const settings of [
      { organization: "theirs" },
      { hostname: "evil.example" },
      { workspaces: { name: "theirs" } },
    ]) {
      const found = edited((draft) => Object.assign(draft.terraform.cloud, settings), CLOUD);
      expect(found).toMatchObject({ verdict: "unknown", plannable: "approved" });
    }
    expect(edited((draft) => Object.assign(draft.terraform.cloud, { token: "x" }), CLOUD).verdict).toBe("unknown");
    expect(edited((draft) => Object.assign(fullRole(draft), { description: "theirs" }), CLOUD)).toMatchObject({
      verdict: "cosmetic",
      plannable: "always",
    });
  });

  test("the report says why a backend needs an approval", () => {
    const found = edited((draft) => Object.assign(draft.terraform.backend.s3, { bucket: "theirs" }));
    expect(markdown(reviewOf([found]))).toContain(
      "- The backend changes: s3 with bucket `states`, encrypt `true`, key `support-app/paid.tfstate`, region `us-east-1`, use_lockfile `true` → s3 with bucket `theirs`, encrypt `true`, key `support-app/paid.tfstate`, region `us-east-1`, use_lockfile `true`. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
    );
  });
});
