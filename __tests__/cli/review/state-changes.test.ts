import type { Verdict } from "../../../cli/terraform/verdict";
import { change, changed, type Draft, FULL, report } from "../../support/edited-stack";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["another account", "unknown", (draft) => (draft.provider.aws[0].allowed_account_ids = ["444455556666"])],
    ["any account", "unknown", (draft) => delete draft.provider.aws[0].allowed_account_ids],
    ["another region, where its channels aren't", "unknown", (draft) => (draft.provider.aws[0].region = "eu-west-1")],
    ["the profile of whoever deploys", "settings", (draft) => (draft.provider.aws[0].profile = "ops")],
    [
      "the profile of whoever deploys, to any account",
      "unknown",
      (draft) => Object.assign(draft.provider.aws[0], { profile: "ops", allowed_account_ids: null }),
    ],
    ["another backend", "unknown", (draft) => (draft.terraform.backend = { s3: { bucket: "a" } })],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

test("another AWS profile is seen, and changes nobody's access: whoever has it can deploy to the same account alone", () => {
  const withProfile = (profile?: string) => {
    const draft = structuredClone(FULL) as Draft;
    draft.terraform.backend = { s3: { bucket: "states", key: "paid", region: "us-east-1", profile } };
    draft.provider.aws[0].profile = profile;
    return JSON.parse(JSON.stringify(draft));
  };
  const found = change(withProfile(), withProfile("ops"));
  expect(found).toMatchObject({ verdict: "settings", plannable: "always", unreadable: [] });
  const text = report(found);
  expect(text).toContain("## ✅ Nobody's access changes, settings change in 1 environment");
  expect(text).toContain("- The AWS profile whose credentials Terraform acts with changes: none → `ops`.");
  expect(text).toContain("- The AWS profile whose credentials read the state changes: none → `ops`.");
  expect(text).not.toContain("The backend changes");
});
