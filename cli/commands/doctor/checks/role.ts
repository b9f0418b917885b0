import { iamNamesOf, roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { inSeconds } from "../../../../modules/support-app/model/until";
import { unsupportedWords } from "../../../aws/live-document";
import { knownOf } from "../../../aws/lookup";
import { judgeBoundary } from "../../../aws/role-judgement";
import { manualFix, unhealthy } from "../../../findings/finding";
import { pathAndNameOf } from "../../../iam/arn";
import { type Check, deployFix, eachAccess, roleOf, unknownFinding } from "../check";

export const role: Check = {
  permissions: [{ Action: ["iam:GetRole"], Resource: ["arn:aws:iam::*:role/*"] }],
  examine: eachAccess(({ props, role: live }, { environment }) => {
    const of = roleOf(props);
    const expected = roleArnOf(props);
    if ("unknown" in live) return { findings: [unknownFinding(of, expected, live.unknown)] };
    const found = live.known?.arn;
    if (found === expected) return {};
    const adopting = props.adopt
      ? " If it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first."
      : "";
    const text =
      found === undefined
        ? `Deploy the environment, which creates the role.${adopting}`
        : `Delete the role in the IAM console, and its policy if that is under another path, too: names are unique in the account. Then deploy, which creates them; in between, the channels have no role. If both should stay, set path: ${pathAndNameOf(found).path} instead, and deploy.`;
    const fix = deployFix(environment, text);
    return { findings: [unhealthy(of, expected, found ?? "no role of that name", fix)] };
  }),
};

/** Whether a boundary takes away a promised capability is up to the check of the capabilities. */
export const permissionsBoundary: Check = {
  examine: eachAccess(({ props, role, boundary: limit, time }, { environment }) => {
    const live = knownOf(role);
    if (!live) return { waitsFor: "role" };
    const [expected, found] = [props.permissionsBoundary, live.boundary];
    const of = roleOf(props);
    if (expected === found) {
      const judgement = judgeBoundary(limit, inSeconds(time));
      const limiting = `the permissions boundary ${expected} limits it`;
      if (typeof judgement === "object") return { findings: [unknownFinding(of, limiting, judgement.unknown)] };
      const fix = manualFix(
        `Restore the policy ${expected}, or choose another permissions-boundary. First find out who changed the policy, and why.`,
      );
      if (judgement === "open") return { findings: [unhealthy(of, limiting, "it allows every action", fix)] };
      if (judgement !== "not-understood") return {};
      const words = unsupportedWords(knownOf(limit)?.policy.unreadable ?? []);
      return { findings: [{ ...unhealthy(of, limiting, words, fix), answer: "unknown" }] };
    }
    if (expected === undefined) {
      const note = `The role ${iamNamesOf(props).roleName} has the permissions boundary ${found}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`;
      return { notes: [note] };
    }
    const fix = deployFix(environment, "Deploy the environment, which restores the boundary.");
    const boundary = `the permissions boundary ${expected}`;
    return { findings: [unhealthy(of, boundary, found ?? "none", fix)] };
  }),
};
