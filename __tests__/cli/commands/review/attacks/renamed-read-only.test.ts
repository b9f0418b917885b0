import { markdown } from "../../../../../cli/commands/review/report";
import { reviewOf } from "../../../../../cli/commands/review/review";
import { ATTACKED, edited, S3, stackOf } from "../../../../support/attacked-stack";
import { change, type Draft } from "../../../../support/edited-stack";

describe("a read-only access that is renamed in the same change still may not write", () => {
  const rename = (draft: Draft, to: string, name?: string) => {
    for (const all of Object.values<Draft>(draft.resource)) {
      if (!all.read_only) continue;
      all[to] = JSON.parse(JSON.stringify(all.read_only).replaceAll(/\.read_only(?=[."])/g, `.${to}`));
      delete all.read_only;
    }
    const documents = draft.data.aws_iam_policy_document;
    documents[to] = documents.read_only;
    documents[`${to}_trust`] = documents.read_only_trust;
    delete documents.read_only;
    delete documents.read_only_trust;
    draft.resource.aws_iam_role[to].assume_role_policy = `\${data.aws_iam_policy_document.${to}_trust.json}`;
    delete draft.output.read_only_role_arn;
    if (name !== undefined) draft.resource.aws_iam_role[to].name = name;
  };
  const write = (draft: Draft, name: string) =>
    draft.data.aws_iam_policy_document[name].statement[0].actions.push("support:CreateCase");

  test("writing is forbidden at its address, so another address needs an approval", () => {
    const found = edited((draft) => rename(draft, "watch"));
    expect(found).toMatchObject({ verdict: "unknown", violations: [] });
    expect(markdown(reviewOf([found]))).toContain(
      "- The read-only role `AWSSupportAppReadOnlyRole` gets a new address in Terraform. From then on, nothing stops it from writing.",
    );
  });

  test.each<[string, (draft: Draft) => void]>([
    ["its address", (draft) => rename(draft, "watch")],
    ["its address and its name", (draft) => rename(draft, "watch", "Watch")],
    ["its name", (draft) => Object.assign(draft.resource.aws_iam_role.read_only, { name: "Watch" })],
    [
      "its address, moved in the state",
      (draft) => {
        rename(draft, "watch");
        draft.moved = Object.keys(draft.resource)
          .filter((type) => draft.resource[type].watch)
          .map((type) => ({ from: `${type}.read_only`, to: `${type}.watch` }));
      },
    ],
  ])("%s", (_, edit) => {
    const reading = edited(edit);
    expect(reading.violations).toEqual([]);
    const writing = edited((draft) => {
      edit(draft);
      write(draft, draft.data.aws_iam_policy_document.watch ? "watch" : "read_only");
    });
    expect(writing.violations).toMatchObject([
      { kind: "read-only-writes", actions: { patterns: ["support:createcase"] } },
    ]);
  });

  test("nor may it get something unreadable with another address", () => {
    const found = edited((draft) => {
      rename(draft, "watch");
      delete draft.data.aws_iam_policy_document.read_only;
      draft.data.aws_iam_policy_document.watch = { override_policy_documents: ["{}"] };
    });
    expect(found.violations).toContainEqual(
      expect.objectContaining({ unreadable: expect.objectContaining({ address: "aws_iam_role.watch" }) }),
    );
  });

  const NOT_READ = {
    source_policy_documents: [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"support:*","Resource":"*"}]}',
    ],
  };
  test.each<[string, (base: Draft) => void, (head: Draft) => void]>([
    [
      "by a document of another name",
      () => {},
      (head) => {
        head.data.aws_iam_policy_document.viewing = NOT_READ;
        head.resource.aws_iam_policy.read_only.policy = "${data.aws_iam_policy_document.viewing.json}";
      },
    ],
    [
      "by a document that full access had before",
      (base) => {
        base.data.aws_iam_policy_document.full = NOT_READ;
      },
      (head) => {
        head.resource.aws_iam_policy.read_only.policy = "${data.aws_iam_policy_document.full.json}";
      },
    ],
    [
      "by a policy that full access had before",
      (base) => {
        base.data.aws_iam_policy_document.full = NOT_READ;
      },
      (head) => {
        head.resource.aws_iam_role_policy_attachment.read_only.policy_arn = "${aws_iam_policy.full.arn}";
        head.resource.aws_iam_role_policy_attachments_exclusive.read_only.policy_arns = ["${aws_iam_policy.full.arn}"];
      },
    ],
  ])("nor may it get something unreadable: %s", (_, prepare, attack) => {
    const base = structuredClone(ATTACKED) as Draft;
    prepare(base);
    const head = structuredClone(base);
    attack(head);
    const found = change(base, head);
    expect(found.violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-unreadable", role: "AWSSupportAppReadOnlyRole" }),
    );
    // Nobody is told to lose what that may give back.
    expect(markdown(reviewOf([found]))).not.toContain("| loses |");
    const twin = structuredClone(base);
    twin.resource.aws_iam_role.read_only.description = "a";
    expect(change(base, twin).violations).toEqual([]);
  });

  test("full access under the read-only name is refused; under its own name, it needs an approval", () => {
    const base = stackOf(S3, "read-only: {}");
    const full = (name: string) => change(base, stackOf(S3, `full: { role-name: ${name} }`));
    expect(full("AWSSupportAppReadOnlyRole").violations).not.toEqual([]);
    expect(full("AWSSupportAppFullRole")).toMatchObject({ violations: [], verdict: "broadened" });
  });
});
