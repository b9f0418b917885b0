/** Source: GitHub, usage limits of Actions: jobs of a matrix in one run of a workflow. */
export const MAX_JOBS = 256;

/** What GitHub's environments of other jobs than deploys begin with, before a hyphen, in the workflows that init writes. */
export const JOBS = ["plan", "doctor", "drift"] as const;

/** GitHub's environment of jobs that have several environments each. */
export const FLEET = "fleet";
