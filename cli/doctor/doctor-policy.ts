import { type PolicyDocument, policyDocument } from "../iam/policy-document";
import { CHECKS } from "./diagnose";

/** The least privilege that doctor needs, with a statement for each check that needs one. It is the same in every account. */
export function doctorPolicy(): PolicyDocument {
  return policyDocument(
    CHECKS.flatMap(({ name, permissions }) =>
      permissions.map(({ actions, resources }, index) => ({
        Sid: `${sidOf(name)}${index === 0 ? "" : index + 1}`,
        Effect: "Allow",
        Action: actions,
        Resource: resources,
      })),
    ),
  );
}

/** A statement's ID takes no hyphen. */
function sidOf(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
