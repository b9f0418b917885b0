import type { Access } from "../../modules/support-app/model/access";
import { grantsOf } from "../../modules/support-app/model/grant";
import { endOf, inSeconds } from "../../modules/support-app/model/until";
import type { Environment } from "../../stacks/environment";
import { endWords } from "../until-words";

/** How long before an end a note announces it. */
const NOTICE_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Notes on access that has ended, or ends within 14 days. Neither is a fault: IAM enforces the ends of environments.yaml.
 *
 * @param whole the environment as environments.yaml has it, with the access levels that aren't looked at
 */
export function endingNotes(environment: Environment, whole: Environment, time: Date): string[] {
  const [now, soon] = [time, new Date(time.getTime() + NOTICE_MS)].map(inSeconds) as [string, string];
  const stateOf = (end: string) => (end <= now ? "ended" : end <= soon ? "ends" : undefined);
  return environment.accesses.flatMap((props): string[] => {
    const endOfAll = props.until === undefined ? undefined : endOf(props.until);
    const stateOfAll = endOfAll === undefined ? undefined : stateOf(endOfAll);
    const access = `${props.access} access of ${environment.name}`;
    const notes = grantsOf(props)
      .slice(1)
      .flatMap(({ capabilities, end = "" }) => {
        const state = stateOf(end);
        if (state === undefined || stateOfAll === "ended") return [];
        const what = `${capabilities.join(", ")} of the ${access} ${state} at ${endWords(end)}.`;
        return state === "ended"
          ? [`${what} Remove it from temporarily: nobody loses anything.`]
          : [`${what} To keep it, set a later until in temporarily.`];
      });
    if (endOfAll === undefined || stateOfAll === undefined) return notes;
    const what = `All ${access} ${stateOfAll} at ${endWords(endOfAll)}.`;
    return [
      stateOfAll === "ended"
        ? `${what} ${removalWords(whole, props, now)}, or set a later until. Don't just remove until: everything would be given again, without an end.`
        : `${what} To keep it, set a later until.`,
      ...notes,
    ];
  });
}

/** What to do with access that has ended: an environment is retired once all of it has. */
function removalWords({ accesses }: Environment, { access }: Access, now: string): string {
  const hasEnded = ({ until }: Access) => until !== undefined && endOf(until) <= now;
  return accesses.every(hasEnded) ? "Retire the environment" : `Remove ${access} from environments.yaml`;
}
