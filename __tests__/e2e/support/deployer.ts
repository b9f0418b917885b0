import { policyText } from "../../support/policy-text";
import { newAccount, type PolicyDocument } from "./account";
import { type Project, supportApp } from "./project";
import type { Call } from "./proxy";

/** AWS asks for these, the emulator doesn't. Source: AWS::SupportApp types' schemas, handlers; CreateSlackChannelConfiguration. */
const UNOBSERVED = /^(supportapp:|iam:PassRole$)/;

/** The policy that `support-app permissions deploy` prints. */
export async function printedPolicy(
  project: Project,
  environment: string,
  ...extraArgs: string[]
): Promise<PolicyDocument> {
  const args = ["permissions", "deploy", environment, ...extraArgs];
  const { status, stdout, output } = await supportApp(project, args, { as: newAccount() });
  if (status !== 0) throw new Error(output);
  return JSON.parse(stdout);
}

export function actionsOf({ Statement }: PolicyDocument): string[] {
  return [...new Set(Statement.flatMap(({ Action }) => Action))].filter((action) => !UNOBSERVED.test(action)).sort();
}

/**
 * The policy as the emulator can judge it: it knows neither the ARN of what is yet to be made, nor a role's path, nor
 * IAM's own condition keys. What that leaves open, `expectScope` looks at in the calls themselves.
 */
export function forEmulator(
  { Statement }: PolicyDocument,
  grants: (action: string, sid?: string) => boolean = () => true,
) {
  const unscoped = ["iam:CreatePolicy", "iam:CreateServiceLinkedRole"];
  const statements = Statement.flatMap(({ Sid, Effect, Action, Resource }) => {
    const granted = [Action].flat().filter((action) => grants(action, Sid));
    const withoutPaths = [Resource ?? []].flat().map((arn) => arn.replace(/:role\/.*\//, ":role/"));
    return [
      { Effect, Action: granted.filter((action) => !unscoped.includes(action)), Resource: withoutPaths },
      { Effect, Action: granted.filter((action) => unscoped.includes(action)), Resource: "*" },
    ].filter((statement) => statement.Action.length > 0);
  });
  return policyText(...statements);
}

/** That what was called is within what the emulator can't judge. */
export function expectScope({ Statement }: PolicyDocument, account: string, calls: readonly Call[]): void {
  const statementOf = (action: string) => Statement.find((statement) => [statement.Action].flat().includes(action));
  for (const { action, parameters } of calls) {
    if (action === "iam:CreatePolicy") {
      const arn = `arn:aws:iam::${account}:policy${parameters.Path ?? "/"}${parameters.PolicyName}`;
      expect(statementOf(action)?.Resource).toContain(arn);
    } else if (action === "iam:CreateServiceLinkedRole") {
      expect(statementOf(action)?.Condition).toEqual({
        StringEquals: { "iam:AWSServiceName": [parameters.AWSServiceName] },
      });
      const path = `arn:aws:iam::${account}:role/aws-service-role/${parameters.AWSServiceName}/*`;
      expect(statementOf(action)?.Resource).toEqual([path]);
    } else if (action === "iam:AttachRolePolicy") {
      const ofRole = Statement.find(
        ({ Action, Resource }) =>
          [Action].flat().includes(action) && [Resource].flat().some((arn) => arn?.endsWith(`/${parameters.RoleName}`)),
      );
      expect(ofRole?.Condition?.ArnEquals?.["iam:PolicyARN"]).toEqual([parameters.PolicyArn]);
    }
  }
}
