/** The guide's condition on the right to create the Service Quotas role. */
export const FOR_QUOTAS = { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };

/** The guide's statement that allows to create the Service Quotas role. */
export const CREATES_QUOTAS_ROLE = {
  Effect: "Allow",
  Action: "iam:CreateServiceLinkedRole",
  Resource: "*",
  Condition: FOR_QUOTAS,
};
