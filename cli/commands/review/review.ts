import * as z from "zod";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";

/** Version of what `--format json` prints. A change that breaks a reader increments it. */
const SCHEMA_VERSION = 1;

const capability = z.enum(CAPABILITIES as [Capability, ...Capability[]]);
/** The first second without it, such as `2027-01-01T00:00:00Z`. */
const end = z.string();

const placeSchema = z.object({
  address: z.string().describe("Such as aws_iam_role.full, terraform.backend or environment.json."),
  attribute: z.string().optional(),
  expected: z.unknown().optional().describe("What the constructs write there. Missing: nothing."),
  actual: z.unknown().optional().describe("What is there. Missing: nothing."),
  isUnchanged: z.boolean().describe("Whether the same was there before."),
});

const gainSchema = z.object({
  capability,
  until: end.optional().describe("When it ends. Missing: never."),
  before: end.optional().describe("When it ended before, if people had it before for a shorter time."),
});

const lossSchema = z.object({
  capability,
  until: end.optional().describe("When it ends now, if people keep it for a shorter time. Missing: they lose it."),
  hasEnded: z.boolean().describe("Whether until has passed already."),
});

const isKnownByName = z
  .boolean()
  .optional()
  .describe("Of a channel: whether its name says which one it is, as before the change. Otherwise, only its ID does.");

const personSchema = z.object({
  kind: z.enum(["channel", "role"]).describe("Everyone in a channel, or whoever else uses a role."),
  name: z.string().describe("Of the channel in Slack, or of the role in IAM."),
  workspace: z.string().optional().describe("ID of the channel's workspace."),
  channel: z.string().optional().describe("ID of the channel."),
  isKnownByName,
  owner: z.string().describe("The access level or the team."),
  gains: z.array(gainSchema),
  loses: z.array(lossSchema),
  endsWholly: z.boolean().describe("Whether all that people keep gets the same, earlier end."),
});

const settingSchema = z.object({
  compared: z.enum(["access", "name", "setting"]),
  property: z.string().describe("As environments.yaml calls it."),
  owner: z.string().optional().describe("The access level, team or channel. Missing: the environment."),
  workspace: z.string().optional().describe("Of a channel: ID of its workspace."),
  channel: z.string().optional().describe("ID of the channel. Missing: it isn't a channel's."),
  isKnownByName,
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  isNew: z.boolean().describe("Whether it belongs to something new: an environment, a role or a channel."),
  hasEnded: z.boolean().describe("Whether an end in it has passed already, so that it gives nothing."),
});

const noteSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("takes-over"),
    role: z.string().optional().describe("Name of the role that is imported."),
    policy: z.string().optional().describe("ARN of the policy that is imported."),
    formerEnvironment: z.string().optional().describe("The other environment that had the role before the change."),
    channel: z.string().optional().describe("Name of the channel whose configuration is taken over."),
    channelId: z.object({ workspace: z.string(), channel: z.string() }).optional().describe("The channel's IDs."),
  }),
  z.object({
    kind: z.literal("shares-account"),
    environments: z.array(z.string()).describe("The others in the account."),
  }),
  z.object({
    kind: z.literal("moves"),
    before: z.object({ account: z.string(), region: z.string() }),
    after: z.object({ account: z.string(), region: z.string() }),
  }),
  z.object({ kind: z.literal("retired"), isRetired: z.boolean() }),
  z.object({
    kind: z.literal("removed"),
    roles: z.array(z.string()),
    channels: z.array(z.string()),
    wasRetired: z.boolean(),
  }),
]);

const plannedSchema = z.object({
  address: z.string(),
  action: z.enum(["create", "update", "replace", "delete", "import", "forget"]),
  words: z.string().optional().describe("What it is, if it is ours."),
  attributes: z.array(z.string()).describe("The attributes that change."),
  removed: z.array(z.string()).describe("What is taken out of their lists, such as policies that somebody attached."),
});

const byHandSchema = z.object({
  address: z.string(),
  attribute: z.string().optional().describe("Missing: all of it was deleted or made by hand, or a check says what."),
  live: z.unknown().optional().describe("In AWS."),
  file: z.unknown().optional().describe("As the file says."),
  messages: z.array(z.string()).describe("What a failing check says."),
});

const planSchema = z.object({ changes: z.array(plannedSchema), byHand: z.array(byHandSchema) });

const environmentChangeSchema = z.object({
  environment: z.string(),
  kind: z.enum(["new", "removed", "changed", "unchanged"]),
  account: z
    .string()
    .optional()
    .describe("After the change or, of a removed environment, before it. Missing: unknown."),
  region: z.string().optional(),
  unproven: z.array(placeSchema).describe("Where the Terraform isn't what the constructs write from environment.json."),
  people: z.array(personSchema),
  settings: z.array(settingSchema),
  notes: z.array(noteSchema),
  breaches: z.array(z.string()).describe("What the rules before the change don't allow."),
  isPlannable: z.boolean().describe("Whether Terraform may plan it before it is merged."),
  plan: planSchema.optional().describe("Missing: there is no plan."),
});

const planFailureSchema = z.object({
  environment: z.string(),
  reason: z.array(z.string()).describe("Sentences."),
});

/** What `--format json` prints. docs/review-report.schema.json has the JSON Schema. */
export const reviewSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  total: z.number().describe("How many environments there are, before or after the change."),
  environments: z.array(environmentChangeSchema).describe("Those that change or aren't proven, sorted by name."),
  sharedStates: z.array(z.array(z.string())).describe("Environments whose states are in the same place."),
  planFailures: z.array(planFailureSchema),
});

export type Review = z.infer<typeof reviewSchema>;
export type EnvironmentChange = z.infer<typeof environmentChangeSchema>;
export type UnprovenPlace = z.infer<typeof placeSchema>;
export type PersonChange = z.infer<typeof personSchema>;
export type SettingChange = z.infer<typeof settingSchema>;
export type Note = z.infer<typeof noteSchema>;
export type Plan = z.infer<typeof planSchema>;
export type PlannedChange = z.infer<typeof plannedSchema>;
export type ChangeByHand = z.infer<typeof byHandSchema>;
export type PlanFailure = z.infer<typeof planFailureSchema>;

/** A review of all environments. */
export function reviewOf(review: Omit<Review, "schemaVersion">): Review {
  return { schemaVersion: SCHEMA_VERSION, ...review };
}
