import * as z from "zod";
import { ENVIRONMENT_NAME, TIER_NAME } from "../../../modules/support-app/model/limits";
import { type RulesFile, rulesSchema } from "./rules-schema";

/** The manifest's key for a {@link RulesRecord}, if there is a rules.yaml. */
export const RULES = "supportAppRules";

const recordSchema = z.strictObject({
  /** As rules.yaml has them. */
  rules: rulesSchema,
  /** The tier of each environment, by its name. Empty if the rules have no tiers. */
  tiers: z.record(z.string().regex(ENVIRONMENT_NAME.pattern), z.string().regex(TIER_NAME.pattern)),
});

/** The rules that environments were checked against. */
export type RulesRecord = z.infer<typeof recordSchema>;

/** The record of the rules that environments were checked against. */
export function rulesRecord(
  rules: RulesFile,
  environments: readonly { readonly name: string; readonly tier?: string }[],
): RulesRecord {
  const tiers = environments.flatMap(({ name, tier }) => (tier === undefined ? [] : [[name, tier] as const]));
  return { rules, tiers: Object.fromEntries(tiers) };
}

/**
 * Reads a record.
 *
 * @param names the environments in the manifest
 * @returns undefined if it isn't in the form that this version writes
 */
export function readRulesRecord(value: unknown, names: readonly string[]): RulesRecord | undefined {
  const { data } = recordSchema.safeParse(value);
  if (data === undefined) return undefined;
  const { rules, tiers } = data;
  const inTiers = rules.tiers === undefined ? [] : names;
  const isWhole = inTiers.every((name) => Object.hasOwn(tiers, name)) && Object.keys(tiers).length === inTiers.length;
  return isWhole && Object.values(tiers).every((tier) => Object.hasOwn(rules.tiers ?? {}, tier)) ? data : undefined;
}
