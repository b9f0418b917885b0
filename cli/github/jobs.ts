/** Maximum number of jobs in a matrix. Source: GitHub, usage limits of Actions. */
export const MAX_JOBS = 256;

/**
 * Prefixes, before a hyphen, of the GitHub environments for jobs other than deploys, in the workflows that init writes.
 */
export const JOBS = ["plan", "doctor", "drift"] as const;

/** The GitHub environment of jobs with several environments. */
export const FLEET = "fleet";
