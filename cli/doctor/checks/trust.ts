import { SUPPORT_APP_SERVICE } from "../../../modules/support-app/policy-documents";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import { type Fields, isFields, list } from "../../review/policy";
import type { RoleFound } from "../access-found";
import { type Check, deploying, type Finding, roleSubject } from "../check";
import { evaluate, isAbout, statementsIn } from "../evaluate";
import { knownOf } from "../reading";
import { TOPICS } from "../topic";

/** Who may be the channel. */
export const trust: Check = {
  name: "trust",
  sentence: "The Support App, and nobody else, may assume each role.",
  permissions: [], // what GetRole answers to the check of the role
  examine: ({ environment, account }) => {
    const findings: Finding[] = [];
    let waitsFor: string | undefined;
    for (const props of environment.accesses) {
      const access = account.accesses.get(props.access);
      const role = access && knownOf(access.role);
      if (role) findings.push(...problems(environment, props, role));
      else waitsFor = "role";
    }
    return { findings, waitsFor };
  },
};

function problems(environment: Environment, props: SupportAppAccessProps, { trust }: RoleFound): Finding[] {
  const subject = `trust of the ${roleSubject(props)}`;
  const fix = deploying(environment, "Deploy the environment, which writes the trust again.");
  const unhealthy = { answer: "unhealthy", subject, fix } as const;
  const lockedOut = {
    ...unhealthy,
    expected: `${SUPPORT_APP_SERVICE} may assume the role`,
    topic: TOPICS.missingRole,
  } as const;
  const statements = statementsIn(trust);
  if (!statements) return [{ ...lockedOut, found: `what can't be read: ${trust}` }];
  const asked = { action: "sts:AssumeRole", service: SUPPORT_APP_SERVICE };
  const decide = (keys?: Record<string, string | undefined>) =>
    evaluate([{ name: subject, text: trust }], { ...asked, keys });
  const ofAccount = decide({ "aws:sourceaccount": environment.account });
  // No AWS text says that the Support App sends the key: only who has asked for the condition takes it to be sent.
  const isSure = props.sourceAccountCondition || decide({ "aws:sourceaccount": undefined }).is === "allowed";
  const decision = ofAccount.is === "allowed" && !isSure ? decide() : ofAccount;
  if (decision.is !== "allowed") {
    const about = statements.filter((statement) => namesOf(statement).includes(`Service ${SUPPORT_APP_SERVICE}`));
    const found = {
      denied: `a Deny that locks it out: ${oneLine(statements.filter(({ Effect }) => Effect === "Deny"))}`,
      unknown: `what environments.yaml doesn't say, and may lock it out: ${oneLine(statements.filter((one) => one.Condition || one.NotPrincipal))}`,
      "not-allowed":
        about.length === 0 ? `no statement about it: ${oneLine(statements)}` : `what locks it out: ${oneLine(about)}`,
    }[decision.is];
    return [{ ...lockedOut, found }];
  }
  const allowing = statements.filter(
    (statement) => statement.Effect === "Allow" && ASSUMING.some((action) => isAbout(statement, action)),
  );
  const others = allowing.flatMap(namesOf).filter((name) => name !== `Service ${SUPPORT_APP_SERVICE}`);
  const topic = TOPICS.restrictUsers;
  if (others.length > 0) {
    const expected = `nobody but ${SUPPORT_APP_SERVICE} may assume the role`;
    return [{ ...unhealthy, expected, found: [...new Set(others)].join(", "), topic }];
  }
  const wider = allowing.filter((statement) => !isOfAccount(statement, environment.account));
  if (!props.sourceAccountCondition || wider.length === 0) return [];
  const expected = `only on behalf of ${environment.account} (source-account-condition)`;
  return [{ ...unhealthy, expected, found: `on behalf of other accounts, too: ${oneLine(wider)}`, topic }];
}

/** Whether a statement holds for requests on behalf of that account alone, whatever else it asks for. */
function isOfAccount({ Condition }: Fields, account: string): boolean {
  const { StringEquals, StringLike } = isFields(Condition) ? Condition : {};
  return [StringEquals, StringLike]
    .filter(isFields)
    .some((tests) =>
      Object.entries(tests).some(
        ([key, values]) =>
          key.toLowerCase() === "aws:sourceaccount" && list(values).every((one) => String(one) === account),
      ),
    );
}

/** The actions with which one becomes a role. */
const ASSUMING = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/** Those whom a statement is about, such as `Service supportapp.amazonaws.com`. */
function namesOf({ Principal, NotPrincipal }: Fields): string[] {
  if (NotPrincipal !== undefined) return [`anybody but ${oneLine([NotPrincipal])}`];
  if (!isFields(Principal)) return ["anybody"];
  return Object.entries(Principal).flatMap(([type, names]) => list(names).map((name) => `${type} ${name}`));
}

/** What stands in a trust, as one line. */
function oneLine(values: readonly unknown[]): string {
  return values.length === 0 ? "nothing" : values.map((value) => JSON.stringify(value)).join(", ");
}
