import type { Command } from "commander";
import { describe } from "../../modules/support-app/problem";
import type { Environment } from "../../stacks/environment";
import { loadEnvironments } from "../../stacks/environments";
import { CommandError, UsageError } from "../command-error";
import { environmentNamed } from "../environment";
import { accountOfArn } from "../iam/arn";
import { jsonText } from "../json";
import { print, tell } from "../print";
import { guardrailOf } from "./guardrail";

interface GuardrailOptions {
  readonly deployer: readonly string[];
  readonly boundary?: boolean;
}

/** As aws:PrincipalArn has it: of a session, that of its role. */
const PRINCIPAL = /^arn:aws:iam::\d{12}:(?:role|user)\/(?:[!-)+->@-[\]-~]{1,510}\/)?[\w+=,.@-]{1,64}$/;

/** Most characters. Source: AWS Organizations User Guide, Quotas; IAM User Guide, IAM and AWS STS quotas. */
const MAX_LENGTH = { policy: 5120, boundary: 6144 };

const ROLES_THEMSELVES =
  "Whoever may change the environment's roles changes what people in their channels can do: their policies, trust and boundary are a matter of IAM.";

/** What the policy can't keep anybody from. */
const NOT_PREVENTED = {
  policy: [
    "No service control policy applies to the organization's management account, or to service-linked roles.",
    ROLES_THEMSELVES,
  ],
  boundary: ["It keeps off those alone whose boundary it is, as long as nobody takes it off them.", ROLES_THEMSELVES],
};

/** Adds `support-app guardrail ENV`. */
export function addGuardrailCommand(program: Command): void {
  program
    .command("guardrail")
    .summary("a service control policy against Slack channels beside the code")
    .description(
      "Print a service control policy for an environment's account: nobody but those who deploy the environment configures the Support App, and nobody gives it another role than the environment's. Print and attach it again before a role gets another name, or somebody else deploys.",
    )
    .argument("<environment>", "name of the environment in environments.yaml")
    .option(
      "--deployer <arn>",
      "a role or user of the account that deploys, beside the environment's deploy-role; may be given again",
      (arn: string, all: string[]) => [...all, arn],
      [],
    )
    .option("--boundary", "print a permissions boundary, for an account that is in no organization")
    .action(printGuardrail);
}

function printGuardrail(name: string, { deployer, boundary = false }: GuardrailOptions): void {
  const environment = environmentNamed(name, loadEnvironments());
  const kind = boundary ? "boundary" : "policy";
  const text = jsonText(guardrailOf(environment, deployersOf(environment, deployer), boundary));
  if (text.length > MAX_LENGTH[kind]) {
    throw new CommandError(
      `Received ${deployer.length} times --deployer, which come to a policy of ${text.length} characters, expected at most ${MAX_LENGTH[kind]}, which is all that AWS takes. Let fewer deploy ${name}.`,
    );
  }
  print(text.split("\n"));
  tell(["What it doesn't prevent:", ...NOT_PREVENTED[kind].map((line) => `- ${line}`)]);
}

/** Who configures the Support App in the environment's account. */
function deployersOf({ name, account, deployRole }: Environment, given: readonly string[]): string[] {
  for (const arn of given) {
    if (!PRINCIPAL.test(arn) || accountOfArn(arn) !== account) {
      throw new UsageError(
        `Received --deployer ${describe(arn)}, expected the ARN of a role or user of the account ${account}, without * or ?, such as arn:aws:iam::${account}:role/terraform. Of a session, take its role.`,
      );
    }
  }
  const deployers = [...new Set([...(deployRole === undefined ? [] : [deployRole]), ...given])];
  if (deployers.length > 0) return deployers;
  throw new UsageError(
    `Received no --deployer for ${name}, which has no deploy-role, expected who deploys it: the policy would keep everybody from it. Add --deployer arn:aws:iam::${account}:role/NAME.`,
  );
}
