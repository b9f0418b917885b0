/** The outputs of a step in GitHub Actions that commands set with --github. */
export const WORKFLOW_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  environments: ["canaries", "doctored", "jobs", "names", "others"],
  review: ["plannable"],
};
