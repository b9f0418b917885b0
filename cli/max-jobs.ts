/** Source: GitHub, usage limits of Actions: jobs of a matrix in one run of a workflow. */
export const MAX_JOBS = 256;
