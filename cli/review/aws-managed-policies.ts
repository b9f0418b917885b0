import full from "../iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import readOnly from "../iam/aws-managed-policies/AWSSupportAppReadOnlyAccess.json";
import { type Policy, readDocument } from "./policy";

/** When the copies were compared with AWS: both were at version v1, of 2022-08-22. */
export const COPIED = "March 2026";

const POLICIES: Readonly<Record<string, Policy>> = {
  "arn:aws:iam::aws:policy/AWSSupportAppFullAccess": readDocument(JSON.stringify(full)),
  "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess": readDocument(JSON.stringify(readOnly)),
};

/** What AWS's policy of that ARN says, for the two that the Support App has. */
export function awsManagedPolicy(arn: string): Policy | undefined {
  return POLICIES[arn];
}
