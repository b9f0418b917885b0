import { iamNamesOf, roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { inSeconds } from "../../../../modules/support-app/model/until";
import { unsupportedWords } from "../../../aws/live-document";
import { valueIfKnown } from "../../../aws/lookup";
import { judgeBoundary } from "../../../aws/role-judgement";
import { manualFix, unhealthy } from "../../../findings/finding";
import { pathAndNameOf } from "../../../iam/arn";
import { type DoctorCheck, deployFix, eachAccess, roleLocation, unknownFinding } from "../check";

export const role: DoctorCheck = {
  examine: eachAccess(({ props, role: live }, { environment }) => {
    const location = roleLocation(props);
    const expected = roleArnOf(props);
    if ("unknown" in live) return { findings: [unknownFinding(location, expected, live.unknown)] };
    const actual = live.known?.arn;
    if (actual === expected) return {};
    const adopting = props.adopt
      ? " If it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first."
      : "";
    const text =
      actual === undefined
        ? `Deploy the environment, which creates the role.${adopting}`
        : `Delete the role in the IAM console, and its policy if that is under another path, too: names are unique in the account. Then deploy, which creates them; in between, the channels have no role. If both should stay, set path: ${pathAndNameOf(actual).path} instead, and deploy.`;
    const fix = deployFix(environment, text);
    return { findings: [unhealthy(location, expected, actual ?? "no role of that name", fix)] };
  }),
};

/** Whether a boundary takes away a promised capability is up to the check of the capabilities. */
export const permissionsBoundary: DoctorCheck = {
  examine: eachAccess(({ props, role, boundary: limit, time }, { environment }) => {
    const live = valueIfKnown(role);
    if (!live) return { waitsFor: "role" };
    const [expected, actual] = [props.permissionsBoundary, live.boundary];
    const location = roleLocation(props);
    if (expected === actual) {
      const judgement = judgeBoundary(limit, inSeconds(time));
      const limiting = `the permissions boundary ${expected} limits it`;
      if (typeof judgement === "object") return { findings: [unknownFinding(location, limiting, judgement.unknown)] };
      const fix = manualFix(
        `Restore the policy ${expected}, or choose another permissions-boundary. First find out who changed the policy, and why.`,
      );
      if (judgement === "open") return { findings: [unhealthy(location, limiting, "it allows every action", fix)] };
      if (judgement !== "not-understood") return {};
      const words = unsupportedWords(valueIfKnown(limit)?.policy.unreadable ?? []);
      return { findings: [{ ...unhealthy(location, limiting, words, fix), answer: "unknown" }] };
    }
    if (expected === undefined) {
      const note = `The role ${iamNamesOf(props).roleName} has the permissions boundary ${actual}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`;
      return { notes: [note] };
    }
    const fix = deployFix(environment, "Deploy the environment, which restores the boundary.");
    const boundary = `the permissions boundary ${expected}`;
    return { findings: [unhealthy(location, boundary, actual ?? "none", fix)] };
  }),
};
