import type { ReviewReport } from "../../cli/commands/review/review";
import { ONCALL } from "./edited-stack";
import { type Reviewing, reviewingInTests } from "./reviewing";
import { synthesize } from "./synthesize";

/** The Terraform of the environment `paid` with that full access. */
export const paid = (full: string, more = "") =>
  synthesize(`environments: { paid: { account: "111122223333", region: us-east-1, ${more} full: ${full} } }`);

/** With every capability. */
export const ALL_TEXT = paid(`{ ${ONCALL} }`);

/** Folders of the environment `paid`, and what a review says of them. */
export interface ReviewedFolders extends Reviewing {
  /** With every capability. */
  readonly ALL: string;
  /** Without two of them. */
  readonly LESS: string;
  /** With every capability, and another backend. */
  readonly S3: string;
  readonly reviewAsJson: (base: string, head: string, ...args: readonly string[]) => Promise<ReviewReport>;
}

/** To be called where tests are described. */
export function reviewedFoldersInTests(): ReviewedFolders {
  const reviewing = reviewingInTests();
  const { review, folderOf } = reviewing;
  return {
    ...reviewing,
    ALL: folderOf(ALL_TEXT),
    LESS: folderOf(paid(`{ ${ONCALL}, without: [live-chat, resolve-cases] }`)),
    S3: folderOf(paid(`{ ${ONCALL} }`, "backend: { type: s3, bucket: state, region: us-east-1 },")),
    reviewAsJson: async (base, head, ...args) =>
      JSON.parse((await review("--base", base, "--head", head, "--format", "json", ...args)).output),
  };
}
