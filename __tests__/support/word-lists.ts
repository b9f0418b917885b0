import { CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { NOTIFY_EVENTS } from "../../modules/support-app/model/notify";
import {
  ACCESS_PROPERTIES,
  CHANNEL_PROPERTIES,
  ENVIRONMENT_PROPERTIES,
  keyOf,
} from "../../modules/support-app/model/properties";

/** Everything that there is of a kind, by what tests write for it: a test is about one word, and another new one doesn't change it. */
const WORD_LISTS: Readonly<Record<string, readonly string[]>> = {
  capabilities: CAPABILITIES,
  "optional capabilities": OPTIONAL_CAPABILITIES,
  events: NOTIFY_EVENTS,
  "properties of an access": ["access", ...Object.keys(ACCESS_PROPERTIES), "account", "provider"],
  "keys of an access level": Object.keys(ACCESS_PROPERTIES).map(keyOf),
  "keys of a channel": Object.keys(CHANNEL_PROPERTIES).map(keyOf),
  "keys of an environment": Object.keys(ENVIRONMENT_PROPERTIES).map(keyOf),
};

const LIST = /<(number of )?([a-z ]+?)(?: but ([a-z-]+(?:, [a-z-]+)*))?>/g;

/** A text in which `<capabilities>`, `<capabilities but live-chat>` and `<number of capabilities>` stand for what there is. */
export function withWordLists(text: string): string {
  return text.replace(LIST, (list, count: string | undefined, kind: string, without = "") => {
    const words = WORD_LISTS[kind]?.filter((word) => !without.split(", ").includes(word));
    if (words === undefined) return list;
    return count === undefined ? words.join(", ") : String(words.length);
  });
}
