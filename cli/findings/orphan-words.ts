import type { Orphan, Unseen } from "../aws/orphans";

/** What AWS has under a name of an environment, in words. */
export function orphanWords({ kind, id, region, role }: Orphan): string {
  switch (kind) {
    case "role":
    case "policy":
    case "workspace":
      return `the ${kind} ${id}`;
    case "channel":
      return `the channel ${id} in ${region} with the role ${role}`;
    case "account-alias":
      return "the account alias";
  }
}

/** What AWS doesn't show, in words. */
export function unseenWords({ kind, name }: Unseen): string {
  if (kind === "channel") return `the channels in ${name}`;
  return kind === "account-alias" ? "the account alias" : `the ${kind} ${name}`;
}
