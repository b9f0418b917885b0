/** What one file of another CI does, as far as it is understood. Whatever else a file has is an error. */
export interface Pipeline {
  /** Whether one run waits for another one. */
  readonly isSerial: boolean;
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly name: string;
  /** Where it runs: a label or a pool. */
  readonly agent: string;
  /** Who is asked first. */
  readonly approvers?: string;
  /** Whether it is skipped if nobody answers in time. Otherwise, that ends the run as a failed one. */
  readonly isSkippedUnanswered: boolean;
  /** What whoever approves has to say, by the name of the variable. */
  readonly questions: readonly string[];
  readonly condition?: Condition;
  /** Whether it runs even if another stage has failed. */
  readonly isIndependent: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that earlier steps have set, by the names that they have in this stage. */
  readonly variables: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Condition {
  readonly variable: string;
  readonly value: string;
  readonly isEqual: boolean;
  /** A stage that must not have succeeded, whether or not it ran. Undefined: all earlier stages must have. */
  readonly unsuccessfulStage?: string;
}

export interface Shell {
  readonly kind: "shell";
  readonly script: string;
  readonly interpreter: readonly string[];
  /** The credentials that it has, by the CI's name for them. */
  readonly credentials?: string;
  /** By which conditions name the variables that it prints. */
  readonly name?: string;
  /** Whether what it prints can be a command to the agent. */
  readonly isObeyed: boolean;
  /** Whether the next steps run even if it fails. */
  readonly mayFail: boolean;
  readonly isAfterFailure: boolean;
}

export interface Save {
  readonly kind: "save";
  readonly artifact: string;
  readonly path: string;
  /** Whether the artifact has what is in a folder, and not the folder itself. */
  readonly isUnfolded: boolean;
  readonly isAfterFailure: boolean;
}

export type Step =
  | Shell
  | { readonly kind: "clean" }
  | { readonly kind: "checkout"; readonly isWhole: boolean }
  | Save
  | { readonly kind: "load"; readonly artifact: string; readonly folder: string }
  /** What the run before has saved. */
  | {
      readonly kind: "load before";
      readonly artifact: string;
      readonly folder: string;
      readonly isAfterFailure: boolean;
    }
  | { readonly kind: "variable"; readonly name: string; readonly file: string };
