import { unhealthy } from "../../../findings/finding";
import { type DoctorCheck, deployFix, unknownFinding } from "../check";

/** Which account a case belongs to, as people in a channel of several accounts see it. */
export const accountAlias: DoctorCheck = {
  examine: ({ environment, account: { alias } }) => {
    const expected = environment.accountAlias;
    const location = { resource: "account alias", about: ["account-alias"] };
    if ("unknown" in alias) {
      if (expected === undefined) return {};
      if (alias.unknown.kind === "no-support-app") return { waitsFor: "region" };
      return { findings: [unknownFinding(location, JSON.stringify(expected), alias.unknown)] };
    }
    const live = alias.known;
    if (live === expected) return {};
    if (expected === undefined) {
      const note = `People in Slack see the account as ${JSON.stringify(live)}, an alias that isn't in environments.yaml. To manage it, set account-alias.`;
      return { notes: [note] };
    }
    const fix = deployFix(environment, "Deploy the environment, which sets the alias.");
    const actual = live === undefined ? "none" : JSON.stringify(live);
    return { findings: [unhealthy(location, JSON.stringify(expected), actual, fix)] };
  },
};
