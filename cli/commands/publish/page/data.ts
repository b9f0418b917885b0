import type { Capability } from "../../../../modules/support-app/model/capability";

/**
 * The data of access.html. Texts are printable. Data that environments share is stored once and referred to by index.
 */
export interface PageData {
  readonly environments: readonly PageEnvironment[];
  /** With \u0000 instead of the environment's account. */
  readonly roles: readonly PageRole[];
  /** Policies as indented JSON, with \u0000 instead of the environment's account. */
  readonly policies: readonly string[];
  /** How long before an end it is announced, in milliseconds. */
  readonly noticeMs: number;
}

export interface PageEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly alias?: string;
  /** Indexes. */
  readonly roles: readonly number[];
  /**
   * Sorted by role. `role` is an index into the environment's own `roles`; `people` are the counts in words, if known.
   */
  readonly channels: readonly (readonly [
    name: string,
    workspace: string,
    channel: string,
    role: number,
    people?: string,
  ])[];
}

export interface PageRole {
  /** Whose it is: `full`, or `team:payments`, which a link in the page can contain as it is. */
  readonly access: string;
  readonly arn: string;
  readonly can: readonly Capability[];
  /** For capabilities that end, the first second without them, and the end in words. */
  readonly until?: Readonly<Partial<Record<Capability, readonly [end: string, words: string]>>>;
  readonly isAwsManaged: boolean;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
  /** Indexes. */
  readonly permissions: number;
  readonly trust: number;
}
