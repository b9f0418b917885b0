/** Ends what is said about a part of a change that needs an approval. */
export const NEEDS_APPROVAL = "**This needs an approval.**";
