import type { LivePolicy } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { capabilities } from "../../../../../cli/commands/doctor/checks/capabilities";
import { permissionsBoundary } from "../../../../../cli/commands/doctor/checks/permissions-boundary";
import { isPathSettable, role } from "../../../../../cli/commands/doctor/checks/role";
import { serviceQuotasRole } from "../../../../../cli/commands/doctor/checks/service-quotas-role";
import { trust } from "../../../../../cli/commands/doctor/checks/trust";
import { unexpectedAccess } from "../../../../../cli/commands/doctor/checks/unexpected-access";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import type { LiveAccess } from "../../../../../cli/commands/doctor/live-access";
import {
  ACCOUNT,
  accessIn,
  DENIED,
  documentOf,
  environmentOf,
  healthyAccount,
  withAccess,
} from "../../../../support/live-account";
import { addingPolicy, changing, examined, only, ownPolicies, withRole } from "./examined";

describe("role", () => {
  test("there is no role: the checks of its trust, boundary and capabilities wait for it", () => {
    const gone = changing("full", () => ({ role: { known: undefined } }));
    expect(only(examined(role, "full: {}", gone).findings)).toMatchObject({
      answer: "unhealthy",
      expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      found: "no role of that name",
      topic: GUIDE_TOPICS.missingRole,
      fix: { commands: ["npx support-app deploy test"] },
    });
    const withoutPolicies = (account: Account) => withAccess(gone(account), "full", { policies: { known: [] } });
    expect(examined(unexpectedAccess, "full: {}", withoutPolicies)).toMatchObject({ findings: [], waitsFor: "role" });
    for (const check of [trust, permissionsBoundary, capabilities]) {
      expect(examined(check, "full: {}", gone)).toMatchObject({ findings: [], waitsFor: "role" });
    }
    const none = (account: Account) => ({ ...gone(account), serviceQuotasRole: { known: false } });
    expect(examined(serviceQuotasRole, "full: {}", none)).toMatchObject({ findings: [], waitsFor: "role" });
  });

  test("the role can't be read", () => {
    const denied = changing("full", () => ({ role: DENIED }));
    expect(only(examined(role, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
    expect(examined(permissionsBoundary, "full: {}", denied)).toMatchObject({ findings: [], waitsFor: "role" });
  });

  const elsewhere = `arn:aws:iam::${ACCOUNT}:role/other/AWSSupportAppFullRole`;
  const pathChange = { environments: { test: { full: { path: "/other/" } } } };
  const inline = { name: "by-hand", document: documentOf() };

  test("the role and its policy were created under another path, which environments.yaml can set", () => {
    const both = (account: Account) =>
      withAccess(withRole("full", { arn: elsewhere })(account), "full", {
        policies: { known: ownPolicies("full: { path: /other/ }") },
      });
    const andMore = (account: Account) => addingPolicy("full", inline)(both(account));
    for (const found of [both, andMore]) {
      expect(only(examined(role, "full: {}", found).findings).fix).toMatchObject({
        change: pathChange,
        commands: ["npx support-app deploy test"],
      });
    }
    const ofAws = examined(role, "full: { policy: aws-managed }", withRole("full", { arn: elsewhere }));
    expect(only(ofAws.findings).fix.change).toEqual(pathChange);
  });

  test.each([
    elsewhere,
    `arn:aws:iam::${ACCOUNT}:role/awssupportappfullrole`,
    `arn:aws-cn:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
    `arn:aws:iam::${ACCOUNT}:role/team:a/AWSSupportAppFullRole`,
  ])("the role is %s, but its policy isn't: it must be deleted, and is recreated", (arn) => {
    const found = (account: Account) => addingPolicy("full", inline)(withRole("full", { arn })(account));
    const finding = only(examined(role, "full: {}", found).findings);
    expect(finding).toMatchObject({ answer: "unhealthy", found: arn });
    expect(finding.fix.change).toBeUndefined();
    expect(finding.fix.text).toContain("Delete the role in the IAM console");
    expect(finding.fix.commands).toEqual(["npx support-app deploy test"]);
  });

  test("the role's own policy must be deleted, too, if it can't stay, and no other policy", () => {
    const [own, elsewhereToo] = ["/", "/x/"].map((path) => ownPolicies(`full: { path: ${path} }`));
    const fixOf = (yaml: string, policies: readonly LivePolicy[] = [], arn = elsewhere) =>
      only(
        examined(role, yaml, (account) =>
          withAccess(withRole("full", { arn })(account), "full", { policies: { known: policies } }),
        ).findings,
      ).fix;
    const deletedBy = ({ text }: { text: string }) => text.match(/^Delete (.*) in the IAM console/)?.[1];
    expect(deletedBy(fixOf("full: {}"))).toBe("the role");
    expect(deletedBy(fixOf("full: {}", own))).toBe("the role");
    expect(deletedBy(fixOf("full: {}", elsewhereToo))).toBe(
      `the role and the policy arn:aws:iam::${ACCOUNT}:policy/x/AWSSupportAppFullRolePolicy`,
    );
    const adopted = fixOf("full: { adopt: true }", own);
    expect(deletedBy(adopted)).toBe(
      `the role and the policy arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
    );
    expect(adopted.change).toEqual({ environments: { test: { full: { adopt: false } } } });
    const yaml = "full: { policy: aws-managed, adopt: true }";
    expect(deletedBy(fixOf(yaml, ownPolicies(yaml), elsewhere.toLowerCase()))).toBe("the role");
  });

  test("a role whose policies can't be read isn't deleted", () => {
    const unseen = (account: Account) =>
      withAccess(withRole("full", { arn: elsewhere })(account), "full", { policies: DENIED });
    const { answer, fix } = only(examined(role, "full: {}", unseen).findings);
    expect(answer).toBe("unhealthy");
    expect(fix.text).toContain("Allow these credentials");
  });

  test("a missing role is created by a deploy, unless it would have to be adopted", () => {
    const gone = changing("full", () => ({ role: { known: undefined } }));
    const findingWith = (yaml: string) => only(examined(role, yaml, gone).findings);
    expect(findingWith("full: {}")).toEqual({
      answer: "unhealthy",
      subject: "role AWSSupportAppFullRole (full)",
      about: ["full"],
      expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      found: "no role of that name",
      topic: GUIDE_TOPICS.missingRole,
      fix: {
        text: "Deploy the environment, which creates the role.",
        change: undefined,
        commands: ["npx support-app deploy test"],
      },
    });
    expect(findingWith("full: { adopt: true }").fix.text).toBe(
      "Deploy the environment, which creates the role. If it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first.",
    );
  });

  test("a role that can't be read is unknown", () => {
    const denied = changing("full", () => ({ role: DENIED }));
    expect(examined(role, "full: {}", denied)).toEqual({
      findings: [
        {
          answer: "unknown",
          subject: "role AWSSupportAppFullRole (full)",
          about: ["full"],
          expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
          found: DENIED.unknown.message,
          topic: GUIDE_TOPICS.missingRole,
          fix: {
            text: "Allow these credentials iam:GetRole. This prints everything that doctor needs:",
            commands: ["npx support-app doctor --policy"],
          },
        },
      ],
      notes: [],
    });
  });

  test("a role under another path says what happens to its channels in between", () => {
    const finding = (found: (account: Account) => Account) => only(examined(role, "full: {}", found).findings);
    expect(finding(withRole("full", { arn: elsewhere })).fix.text).toBe(
      "Delete the role in the IAM console, since names are unique in the account, and deploy, which creates the role under the path of environments.yaml. In between, its channels have no role.",
    );
    const both = (account: Account) =>
      withAccess(withRole("full", { arn: elsewhere })(account), "full", {
        policies: { known: ownPolicies("full: { path: /other/ }") },
      });
    expect(finding(both)).toEqual({
      answer: "unhealthy",
      subject: "role AWSSupportAppFullRole (full)",
      about: ["full"],
      expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      found: elsewhere,
      topic: GUIDE_TOPICS.missingRole,
      fix: {
        text: "The role was created under another path. Set that path, and deploy.",
        change: pathChange,
        commands: ["npx support-app deploy test"],
      },
    });
  });

  test("environments.yaml can set the path of a role whose policy has it, too, and no other", () => {
    const access = (arn: string, policies: LiveAccess["policies"], yaml = "full: {}") => {
      const account = withRole("full", { arn })(healthyAccount(environmentOf(yaml)));
      return { ...accessIn(account, "full"), policies };
    };
    const managed = "full: { policy: aws-managed }";
    const other = { known: ownPolicies("full: { path: /other/ }") };
    expect(isPathSettable(access(elsewhere, other))).toBe(true);
    expect(isPathSettable(access(elsewhere, { known: ownPolicies("full: {}") }))).toBe(false);
    expect(isPathSettable(access(elsewhere, { known: [] }))).toBe(false);
    expect(isPathSettable(access(elsewhere, DENIED))).toBe(false);
    expect(isPathSettable(access(elsewhere, { known: [] }, managed))).toBe(true);
    expect(isPathSettable(access(elsewhere.toLowerCase(), other))).toBe(false);
    expect(isPathSettable({ ...access(elsewhere, other, managed), role: DENIED })).toBe(false);
    expect(isPathSettable(access(`arn:aws:iam::${ACCOUNT}:role/team:a/AWSSupportAppFullRole`, other, managed))).toBe(
      false,
    );
  });
});
