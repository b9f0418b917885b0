import { formatList } from "../../common/format-list";
import { MAX_CHANNELS } from "../../modules/support-app/model/limits";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { unsupportedWords } from "../aws/live-document";
import type { RoleJudgement } from "../aws/role-judgement";
import { abilityWords, actionsWords, isEverything } from "../iam/ability-words";
import { strangersWords } from "../iam/right-words";
import { manualFix, unhealthy, type WholeDraft } from "./finding";
import { severityRank } from "./rank";

/** A role of an account that the Support App may be able to assume, and who has it. */
export interface JudgedRole {
  readonly name: string;
  readonly judgement: RoleJudgement;
  /** The channels that have it, in words. */
  readonly channels: readonly string[];
  /** Whether there are no others. */
  readonly areAllKnown: boolean;
}

const NOTHING_MORE = "nothing beyond AWSSupportAppFullAccess";

export function ofRole({ name, judgement, channels }: JudgedRole) {
  return { resource: `role ${name}`, about: ["role", name], rank: severityRank(judgement.excess, channels.length > 0) };
}

/** People with a role now or, if there are none, who could be given it. */
export function peopleWith({ channels, areAllKnown }: JudgedRole): string {
  const otherChannels = `${areAllKnown ? "" : "channels that couldn't be read, or in "}any channel that is given it`;
  return `People in ${formatList(channels, MAX_CHANNELS) || otherChannels}`;
}

/** What people can do with a role, to follow "can". Undefined: it isn't known. */
export function canWords({ judgement: { ability } }: JudgedRole): string | undefined {
  return ability && abilityWords(ability);
}

/** That a role may do more than AWSSupportAppFullAccess. */
export function excessDraft(role: JudgedRole): WholeDraft[] {
  const { excess, spell, policies, isBoundaryUnread } = role.judgement;
  if (excess.length === 0) return [];
  const actions = actionsWords(excess, spell);
  const abilityWords = excess.some(isEverything)
    ? "do everything in the account"
    : `call ${actions}, which AWSSupportAppFullAccess doesn't allow`;
  const impact = `${peopleWith(role)} can ${abilityWords}.`;
  const unlessLimited = isBoundaryUnread ? ", unless its boundary, which couldn't be read, limits it" : "";
  const actual = `it may call ${actions} (its policies: ${policies.map(({ name }) => name).join(", ")})${unlessLimited}`;
  const fix = manualFix(
    "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it.",
  );
  return [unhealthy({ ...ofRole(role), impact }, NOTHING_MORE, actual, fix)];
}

/** That others may assume a role. */
export function openTrustDraft(role: JudgedRole, account: string): WholeDraft[] {
  const { strangers, isSupportAppTrusted } = role.judgement;
  if (strangers.length === 0) return [];
  const abilityWords = canWords(role);
  const impact = `Whoever assumes it can ${abilityWords ?? "do what people in a channel with it can do"}.`;
  const hint = isSupportAppTrusted ? "" : ", under a condition that may let in the Support App, too";
  const actual = `${strangersWords(strangers, account).join("; ")}${hint}`;
  const fix = manualFix(
    isSupportAppTrusted
      ? `Remove everybody but ${SUPPORT_APP_SERVICE} from its trust policy. If others need the role, give the channels a role of their own.`
      : "Name who may assume it in its trust policy, instead of everybody.",
  );
  return [unhealthy({ ...ofRole(role), impact }, `nobody but ${SUPPORT_APP_SERVICE} may assume it`, actual, fix)];
}

/** That something about a role isn't understood. */
export function unsupportedDraft(role: JudgedRole): WholeDraft[] {
  const { unreadable } = role.judgement;
  if (unreadable.length === 0) return [];
  const impact = `${peopleWith(role)} can do more than AWSSupportAppFullAccess allows.`;
  const fix = manualFix("Look at the role in the IAM console, and rewrite what is unsupported.");
  const draft = unhealthy({ ...ofRole(role), impact }, NOTHING_MORE, unsupportedWords(unreadable), fix);
  return [{ ...draft, answer: "unknown" }];
}
