import type { CloudcontrolapiResource } from "./aws-bindings";
import { claim } from "./claim";
import { type CloudControlType, cloudControlResource, cloudControlSchema } from "./cloud-control";
import { Construct } from "./framework";
import { SLACK_WORKSPACE } from "./limits";
import { neighbours } from "./neighbours";
import { describe, type Problem, sentence, throwIfAny } from "./problem";
import { textProblems, unknownProblems } from "./validation";

/** Cloud Control's type of a workspace's registration. */
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

/** The type's schema, as Terraform takes it. */
export const SLACK_WORKSPACE_SCHEMA = cloudControlSchema(TYPE);

/** Most workspaces of an account. Source: AWS Support App API Reference, CreateSlackChannelConfiguration. */
export const MAX_WORKSPACES = 5;

/** Which Slack workspace to register. */
export interface SlackWorkspaceProps {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. An account has at most 5. */
  readonly workspace: string;
}

/**
 * The registration of a Slack workspace for an account of an organization, whose management account has authorized the
 * workspace once by hand. It comes before the workspace's channels, and goes after them.
 *
 * @throws Error when the ID isn't one. A workspace that stands twice in a stack, or more than 5 of them, show when the
 * stack is synthesized.
 */
export class SlackWorkspace extends Construct {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The registration. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: SlackWorkspaceProps) {
    super(scope, id);
    throwIfAny(this, [
      ...unknownProblems(props ?? {}, ["workspace"]),
      ...textProblems(props ?? {}, { workspace: SLACK_WORKSPACE }),
    ]);
    this.workspace = props.workspace;
    this.resource = cloudControlResource(this, TYPE, { TeamId: props.workspace });
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

/** A workspace among others, and how the reader knows it. Undefined: what stands there is no ID. */
export interface WorkspaceInSet {
  readonly workspace: string | undefined;
  readonly label: string;
}

/** What is wrong between the workspaces of one account. Each problem's path is the index of a workspace. */
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

/** What to say of more workspaces than AWS takes. */
export function tooManyWorkspaces(count: number): string {
  return `received ${count} workspaces, expected at most ${MAX_WORKSPACES}, which is all that AWS takes for an account.`;
}
