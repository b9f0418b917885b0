import { CommandError } from "../terminal/command-error";

/** Prefixes, before a hyphen, of the forge's environments for jobs other than deploys. */
export const JOBS = ["plan", "doctor", "drift"] as const;

/** The forge's environment of jobs with several environments. */
export const FLEET = "fleet";

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
