import type { Problem } from "../../common/problem";
import type { CloudcontrolapiResource } from "./aws-bindings";
import { type ProviderProps, propProblems, providerOf, textCheck } from "./check-props";
import { cloudControlResource } from "./cloud-control";
import { problemOf } from "./conflict-words";
import { assertNoProblems, describeProp, validateInStack } from "./format-problem";
import { Construct } from "./framework";
import { workspaceSetConflicts } from "./model/channel-set";
import { SLACK_WORKSPACE_TYPE } from "./model/cloud-control-types";
import { SLACK_WORKSPACE } from "./model/limits";
import { workspaceState } from "./model/properties";
import { neighbours } from "./neighbours";

/** Which Slack workspace to register. */
export interface SlackWorkspaceProps extends ProviderProps {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. An account has at most 5. */
  readonly workspace: string;
}

/**
 * The registration of a Slack workspace for an account of an organization, whose management account has authorized the
 * workspace by hand. It is created before the workspace's channels and removed after them.
 *
 * @hideconstructor
 */
export class SlackWorkspace extends Construct {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The registration. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: SlackWorkspaceProps) {
    super(scope, id);
    assertNoProblems(
      this,
      propProblems(props ?? {}, { workspace: textCheck(SLACK_WORKSPACE), provider: providerOf(this) }),
    );
    const { workspace, provider } = props;
    this.workspace = workspace;
    this.resource = cloudControlResource(this, SLACK_WORKSPACE_TYPE, workspaceState(workspace), { provider });
    validateInStack(this, () => this.problemsInStack());
  }

  private problemsInStack(): Problem[] {
    const workspaces = neighbours(this.resource, SlackWorkspace, ({ resource }) => resource);
    return workspaceSetConflicts(workspaces.map(({ workspace }) => workspace))
      .filter(({ path: [index] }) => index === workspaces.indexOf(this))
      .map((conflict) => {
        const { message } = problemOf(conflict, { labelOf: (index) => describeProp(workspaces[index]) });
        return { path: ["workspace"], message };
      });
  }
}
