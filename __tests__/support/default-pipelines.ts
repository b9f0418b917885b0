/** A repository on GitHub, with the default branch that most have. */
export const PIPELINES = { ci: "github", branch: "main" } as const;
