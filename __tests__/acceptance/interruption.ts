/** Aborted by Ctrl-C: the step that runs is ended, and then everything is removed. */
export const interruption = new AbortController();
