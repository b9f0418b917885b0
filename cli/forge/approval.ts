/** Why a label or a comment doesn't approve. */
export type ApprovalFlaw =
  /** No event tells who set it, such as after a label was renamed, or a label without a name was removed. */
  | "nobody"
  | "deleted-account"
  /** The account was blocked, or isn't active for another reason. */
  | "inactive-account"
  | "bot"
  | "app"
  | "author"
  /** The change was closed after it was set: the label may have been deleted, and another renamed to it, without an event. */
  | "closed"
  /** Others than its author may edit a comment, which isn't told from a reaction to it. */
  | "edited"
  /** Whoever imports a comment says who wrote it. */
  | "imported"
  /** May set a label or write a comment, but not write to the repository. */
  | "no-write-access"
  | "pusher"
  /** Who pushed to the branch isn't known, so it could be whoever approves. */
  | "unknown-pushers"
  /** Author or committer of a commit, as the commit itself says. */
  | "committer";

/** What is meant to approve a change: a label on it, or a comment. */
export interface Approval {
  /** The label's name, or the whole comment. */
  readonly text: string;
  /** The login of the account that set or wrote it last, and when. Undefined: no event tells. */
  readonly account: string | undefined;
  readonly time: Date | undefined;
  /** Undefined: it approves. */
  readonly flaw: ApprovalFlaw | undefined;
}

/** How people approve a change at a forge, in words. */
export interface ApprovalWords {
  /** What approves. */
  readonly noun: "label" | "comment";
  /** What a person does with it. */
  readonly participle: "set" | "written";
  /** With what a person approves, in Markdown. */
  phraseOf(text: string): string;
  /** What comes after that, as sentences. Nothing: the forge starts a new review by itself. */
  readonly next: string;
}
