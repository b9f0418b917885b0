/** Why a label doesn't approve. */
export type ApprovalFlaw =
  /** No event tells who set it, such as after a label was renamed, or a label without a name was removed. */
  | "nobody"
  | "deleted-account"
  | "bot"
  | "app"
  | "author"
  /** The change was closed after it was set: the label may have been deleted, and another renamed to it, without an event. */
  | "closed"
  /** May set a label, but not write to the repository. */
  | "no-write-access"
  | "pusher"
  /** Who pushed to the branch isn't known, so it could be whoever set the label. */
  | "unknown-pushers"
  /** Author or committer of a commit, as the commit itself says. */
  | "committer";

/** A label of a change that is meant to approve it. */
export interface ApprovalLabel {
  readonly label: string;
  /** The login of the account that set it last, and when. Undefined: no event tells. */
  readonly setBy: string | undefined;
  readonly setAt: Date | undefined;
  /** Undefined: it approves. */
  readonly flaw: ApprovalFlaw | undefined;
}
