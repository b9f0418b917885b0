import { isSilent, mostSevere, needsApproval } from "../../terraform/verdict";
import type { AccessDrift } from "./access-drift";
import { digestOf } from "./approval-digest";
import type { EnvironmentChange } from "./environment-change";
import type { LockChange } from "./lock-change";
import type { Plan } from "./plan";
import type { RulesChange } from "./rules-change";

/** Version of what `--format json` prints. A change that breaks a reader increments it. */
const SCHEMA_VERSION = 6;

/** What a review has found. */
export interface Review {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Identifies exactly this change of access. The same change has the same digest, wherever it is reviewed. */
  readonly digest: string;
  /** Whether somebody must approve: something is broadened, or may be. */
  readonly approvalNeeded: boolean;
  /** Whether something is forbidden, whatever was approved. */
  readonly refused: boolean;
  /** The change of the provider lock file. Undefined: nothing changes, or there is none. */
  readonly lock?: Omit<LockChange, "approved">;
  /** The change of the rules for environments. Undefined: nothing changes, or there are none. */
  readonly rules?: Omit<RulesChange, "approved">;
  /** The environments that change, in the order of their names. */
  readonly environments: readonly ReviewedEnvironment[];
}

/** What `--format json` prints. What is undefined is missing there. docs/review-report.schema.json has the JSON Schema. */
export interface ReviewReport extends Review {
  /** Whether `--approved` names the digest. */
  readonly isApproved: boolean;
  /** The environments that Terraform may plan, in the order of their names. */
  readonly plannable: readonly string[];
}

/** An environment that changes, in code or by a plan. */
export interface ReviewedEnvironment extends Omit<EnvironmentChange, "approved"> {
  /** What Terraform would do. Undefined: no plan was given. */
  readonly plan?: Omit<Plan, "drift"> & { readonly drift?: Omit<AccessDrift, "approved"> };
}

/** A review of all environments. */
export function reviewOf(
  changes: readonly EnvironmentChange[],
  plans: ReadonlyMap<string, Plan> = new Map(),
  lock?: LockChange,
  rules?: RulesChange,
): Review {
  const withPlans = changes.map((change) => {
    const plan = plans.get(change.environment);
    return { change, plan, verdict: mostSevere([change.verdict, plan?.drift?.verdict]) };
  });
  const approvedForm = withPlans
    .filter(({ verdict }) => !isSilent(verdict))
    .map(({ change, plan }) => [change.environment, change.approved, ...(plan?.drift ? [plan.drift.approved] : [])]);
  const environments = withPlans
    .filter(({ verdict, plan, change }) => verdict !== "unchanged" || plan || change.violations.length > 0)
    .map(({ change, plan, verdict }) => ({
      ...withoutApproved(change),
      // Another provider would run with the credentials of the plan.
      plannable: lock && change.plannable === "always" ? "approved" : change.plannable,
      verdict,
      plan: plan && { ...plan, drift: plan.drift && withoutApproved(plan.drift) },
    }));
  return {
    schemaVersion: SCHEMA_VERSION,
    digest: digestOf([
      ...approvedForm,
      ...(lock ? [["", lock.approved]] : []), // no environment has an empty name
      ...(rules?.isLoosened ? [["", "rules", rules.approved]] : []),
    ]),
    approvalNeeded:
      lock !== undefined || rules?.isLoosened === true || environments.some(({ verdict }) => needsApproval(verdict)),
    refused: environments.some(({ violations }) => violations.length > 0),
    ...(lock && { lock: withoutApproved(lock) }),
    ...(rules && { rules: withoutApproved(rules) }),
    environments,
  };
}

/** Leaves out what only the digest needs. */
function withoutApproved<T extends { readonly approved: unknown }>({ approved: _, ...rest }: T): Omit<T, "approved"> {
  return rest;
}

/** The environments that Terraform may plan, depending on the approval. */
export function plannableEnvironments({ environments, approvalNeeded }: Review, isApproved: boolean): string[] {
  const plannable = ["always", ...(isApproved || !approvalNeeded ? ["approved"] : [])];
  return environments.filter((change) => plannable.includes(change.plannable)).map(({ environment }) => environment);
}
