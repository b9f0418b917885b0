import { type IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";

/** Which of the actions a role may do at a time, as IAM simulates it. */
export async function simulatedActions(
  iam: IAMClient,
  roleArn: string,
  actions: readonly string[],
  time = new Date(),
): Promise<string[]> {
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: [...actions],
      ContextEntries: [
        { ContextKeyName: "aws:CurrentTime", ContextKeyType: "date", ContextKeyValues: [time.toISOString()] },
      ],
    }),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision === "allowed").map(
    ({ EvalActionName = "" }) => EvalActionName,
  );
}
