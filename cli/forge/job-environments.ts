import { CommandError } from "../terminal/command-error";
import type { Forge } from "./forge";

/** Prefixes, before a hyphen, of the forge's environments for jobs other than deploys. */
export const JOBS = ["plan", "doctor", "drift"] as const;

/** The forge's environment of jobs with several environments. */
export const FLEET = "fleet";

/** An environment, and the kind of place that its state has. */
interface StatedEnvironment {
  readonly name: string;
  readonly backend: { readonly type: string };
}

/** Local state is gone with the machine, and HCP Terraform needs a login of its own, as GitLab's state does elsewhere. */
export function expectStateForJobs(environments: readonly StatedEnvironment[], forge?: Forge): void {
  const hasOwnState = forge?.hasTerraformState === true;
  const types = hasOwnState ? ["s3", "http"] : ["s3"];
  const unfitEnvironments = environments.filter(({ backend }) => !types.includes(backend.type));
  if (unfitEnvironments.length === 0) return;
  const hasGitLabState = unfitEnvironments.some(({ backend }) => backend.type === "http");
  const advice = hasGitLabState ? " For a project on GitLab, run it with --gitlab." : "";
  throw new CommandError([
    `Received environments whose state isn't in S3${hasOwnState ? ` or ${forge.name}` : ""}, expected state that outlives the machine and needs no other login. Set backend to type ${types.join(" or ")} in environments.yaml.${advice}`,
    ...unfitEnvironments.map(({ name, backend }) => `${name}: ${backend.type}`),
  ]);
}

/** `plan-x` would be the forge's environment of both the plans of `x` and the deploys of `plan-x`, which may do more. */
export function expectNamesApart(names: readonly string[]): void {
  const clash = names
    .flatMap((name) => JOBS.map((job) => ({ name, job, otherJob: `${job}-${name}` })))
    .find(({ otherJob }) => names.includes(otherJob));
  if (clash === undefined) return;
  const { name, job, otherJob } = clash;
  throw new CommandError(
    `Received the environments ${name} and ${otherJob}, expected names that CI can tell apart: the jobs that ${job === "plan" ? "plan" : "look at"} ${name} run in its environment ${otherJob}, and so would the deploys of ${otherJob}. Rename ${otherJob}.`,
  );
}
