import { grantsOf } from "../../../modules/support-app/model/grant";
import { accessWords } from "../../../modules/support-app/model/team";
import { inSeconds } from "../../../modules/support-app/model/until";
import { type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { endWords } from "../../iam/until-words";

/**
 * Sentences about access that has ended already: Terraform's plan shows it like any other. It isn't refused, since a file
 * that nobody changes must stay deployable as time passes. The review refuses it where it is new.
 */
export function endedLines(environment: Environment, time = new Date()): string[] {
  const now = inSeconds(time);
  return withoutRetired(environment).accesses.flatMap((access) => {
    const owner = `${accessWords(access)} of ${environment.name}`;
    const [{ end: wholeEnd }, ...temporary] = grantsOf(access);
    if (wholeEnd !== undefined && wholeEnd <= now) {
      return [
        `The ${owner} ended at ${endWords(wholeEnd)}: people in its channels can do nothing. Remove it from environments.yaml, not only its until, or set a later until.`,
      ];
    }
    return temporary.flatMap(({ capabilities, end }) => {
      if (end === undefined || end > now) return [];
      return [
        `${capabilities.join(", ")} of the ${owner} ended at ${endWords(end)}: people in its channels can't use it. Remove it from temporarily, or set a later until.`,
      ];
    });
  });
}
