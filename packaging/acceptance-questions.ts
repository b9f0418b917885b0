/** A question about AWS that a step of a run asks, by the fact of docs/contributing/aws-facts.md that the answer confirms or refutes. */
export interface Question {
  readonly step: StepName;
  readonly question: string;
}

/** The steps of a run, in order. */
export const STEPS = [
  "look",
  "deployer",
  "deploy",
  "second-plan",
  "doctor",
  "channel",
  "people",
  "narrow",
  "rename",
  "notifications",
  "drift",
  "end",
  "audit",
  "organization",
  "retire",
  "adopt",
] as const;
export type StepName = (typeof STEPS)[number];

export const QUESTIONS = {
  "no-plan": { step: "look", question: "What does the Support API answer in this account?" },
  "managed-policies": { step: "look", question: "Do AWS's two policies say what this package's copies say?" },
  regions: { step: "look", question: "In which regions does CloudFormation have the Support App's types?" },
  "cloud-control-types": { step: "look", question: "Do the types' handlers need the rights that the copies say?" },
  "iam-names": { step: "deployer", question: "Is a role refused whose name differs only in case?" },
  "passed-to-service": {
    step: "channel",
    question: "Is a deployer refused who may do all but pass roles to supportapp.amazonaws.com?",
  },
  "workspace-again": { step: "channel", question: "May a registered workspace be registered again?" },
  "channel-answer": { step: "channel", question: "Which properties does Cloud Control answer for a channel?" },
  "failed-update": { step: "channel", question: "How does an update fail that AWS refuses?" },
  "notification-events": { step: "channel", question: "Is a channel refused that has a severity and no event?" },
  "source-account": { step: "people", question: "May the Support App assume a role that requires aws:SourceAccount?" },
  session: { step: "people", question: "Which session does the Support App ask for?" },
  "command-actions": { step: "people", question: "Which actions does the Support App call after a command in Slack?" },
  "date-condition": { step: "end", question: "Does IAM's simulation deny after an end what it allows before?" },
  "account-state": { step: "organization", question: "Do accounts of the organization have a State?" },
} as const satisfies Readonly<Record<string, Question>>;

export type AskedFact = keyof typeof QUESTIONS;

/** Facts that AWS's documentation leaves open and that no run can ask about, with why. */
export const UNASKED: Readonly<Record<string, string>> = {
  "plans-2027": "only an account that still has such a plan on that day can show it",
  "live-chat-change": "somebody at AWS would have to chat",
  "service-quotas-rights": "it would request a quota increase from AWS",
};
