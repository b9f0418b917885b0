import type { CloudcontrolapiResource } from "./aws-bindings";
import { claim } from "./claim";
import { type CloudControlType, cloudControlResource, cloudControlSchema } from "./cloud-control";
import { Construct, type TerraformProvider } from "./framework";
import { SLACK_WORKSPACE } from "./limits";
import { neighbours } from "./neighbours";
import { describe, type Problem, sentence, throwIfAny } from "./problem";
import { providerProblems } from "./provider";
import { textProblems, unknownProblems } from "./validation";

/** The Cloud Control type of a workspace registration. */
export const SLACK_WORKSPACE_TYPE = "AWS::SupportApp::SlackWorkspaceConfiguration";

/** Source: CloudFormation User Guide, AWS::SupportApp::SlackWorkspaceConfiguration. */
const TYPE: CloudControlType = {
  typeName: SLACK_WORKSPACE_TYPE,
  properties: { TeamId: { type: "string" }, VersionId: { type: "string" } },
  required: ["TeamId"],
  primaryIdentifier: ["/properties/TeamId"],
  createOnlyProperties: ["/properties/TeamId"],
  writeOnlyProperties: ["/properties/VersionId"],
};

/** The type's schema, as JSON for Terraform. */
export const SLACK_WORKSPACE_SCHEMA = cloudControlSchema(TYPE);

/**
 * Maximum number of workspaces in an account. Source: AWS Support App API Reference, CreateSlackChannelConfiguration.
 */
export const MAX_WORKSPACES = 5;

/** Which Slack workspace to register. */
export interface SlackWorkspaceProps {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. An account has at most 5. */
  readonly workspace: string;

  /**
   * The provider of the account, for a stack with aliased providers. Must be in the same stack.
   *
   * @default - the stack's default AWS provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * The registration of a Slack workspace for an account of an organization. The organization's management account must
 * have authorized the workspace by hand, once. It is created before the workspace's channels and removed after them.
 *
 * @throws Error when the ID isn't valid. A workspace registered twice in a stack, or more than 5 workspaces, are
 * reported at synthesis.
 */
export class SlackWorkspace extends Construct {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The registration. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: SlackWorkspaceProps) {
    super(scope, id);
    throwIfAny(this, [
      ...unknownProblems(props ?? {}, ["workspace", "provider"]),
      ...textProblems(props ?? {}, { workspace: SLACK_WORKSPACE }),
      ...providerProblems(this, props?.provider),
    ]);
    const { workspace, provider } = props;
    this.workspace = workspace;
    this.resource = cloudControlResource(this, TYPE, { TeamId: workspace }, { provider });
    this.node.addValidation({ validate: () => this.problemsInStack().map((problem) => sentence(this, problem)) });
  }

  private problemsInStack(): Problem[] {
    const workspaces = neighbours(this.resource, SlackWorkspace, ({ resource }) => resource);
    return workspaceSetProblems(
      workspaces.map(({ workspace, node }) => ({ workspace, label: describe(node.path) })),
    ).flatMap(({ path: [index], message }) =>
      index === workspaces.indexOf(this) ? [{ path: ["workspace"], message }] : [],
    );
  }
}

/** A workspace in a set, labelled as the reader knows it. Undefined: not a valid ID. */
export interface WorkspaceInSet {
  readonly workspace: string | undefined;
  readonly label: string;
}

/** Problems between the workspaces of one account. Each problem's path is the index of a workspace. */
export function workspaceSetProblems(workspaces: readonly WorkspaceInSet[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, string>();
  workspaces.forEach(({ workspace, label }, index) => {
    const twin = workspace === undefined ? undefined : claim(first, workspace, label);
    if (twin !== undefined) {
      problems.push({
        path: [index],
        message: `received ${describe(workspace)} a second time, expected each workspace once: ${twin} has it already.`,
      });
    }
    if (index === MAX_WORKSPACES) problems.push({ path: [index], message: tooManyWorkspaces(workspaces.length) });
  });
  return problems;
}

/** The message for more workspaces than AWS allows. */
export function tooManyWorkspaces(count: number): string {
  return `received ${count} workspaces, expected at most ${MAX_WORKSPACES}, the AWS limit for an account.`;
}
