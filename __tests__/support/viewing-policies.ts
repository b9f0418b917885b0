import { policyText } from "./policy-text";

/** What AWS's policies for viewing allow of a service, in the forms in which they say it. */
const FORMS = ["Get*", "List*", "Describe*", "BatchGet*", "Search*", "View*", "DescribeThings", "ListTagsForResource"];

/** The name of a service: AWS's are mostly letters, some with hyphens and digits. */
function serviceOf(index: number): string {
  const letters = [...index.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join("");
  return (
    ["ec2", "s3", "iam", "support", "servicequotas", "supportapp"][index] ??
    `${letters}${index % 7 === 0 ? "-x9" : "svc"}`
  );
}

/**
 * Policies of the kind and size of AWS's ReadOnlyAccess, ViewOnlyAccess, SecurityAudit and CloudWatchReadOnlyAccess. They
 * are made up: AWS's own aren't part of this repository.
 */
export const VIEWING_POLICIES: Readonly<Record<string, string>> = {
  ReadOnlyAccess: viewing(330, FORMS.slice(0, 6)),
  ViewOnlyAccess: viewing(120, FORMS.slice(1, 3)),
  SecurityAudit: viewing(180, FORMS.slice(0, 4)),
  CloudWatchReadOnlyAccess: policyText({
    Effect: "Allow",
    Action: ["cloudwatch:Get*", "logs:FilterLogEvents", "logs:Get*", "rum:*Get*", "xray:*Trace*"],
    Resource: "*",
  }),
};

function viewing(services: number, forms: readonly string[]): string {
  const Action = Array.from({ length: services }, (_, index) =>
    forms.map((form) => `${serviceOf(index)}:${form}`),
  ).flat();
  return policyText({ Sid: "View", Effect: "Allow", Action, Resource: "*" });
}
