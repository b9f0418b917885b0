data "aws_iam_policy_document" "guardrail" {
  statement {
    effect = "Deny"
    actions = [
      "supportapp:Create*",
      "supportapp:Delete*",
      "supportapp:Put*",
      "supportapp:Redeem*",
      "supportapp:Register*",
      "supportapp:Update*",
    ]
    resources = ["*"]
    sid       = "OnlyDeployersConfigureTheSupportApp"

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = var.deployer_arns
    }
  }

  statement {
    effect        = "Deny"
    actions       = ["iam:PassRole"]
    not_resources = var.role_arns
    sid           = "NoOtherRoleForTheSupportApp"

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["supportapp.amazonaws.com"]
    }
  }
}

resource "aws_organizations_policy" "policy" {
  name        = var.name
  type        = "SERVICE_CONTROL_POLICY"
  description = "Only the listed deployers may configure the AWS Support App, and only with the listed roles."
  content     = data.aws_iam_policy_document.guardrail.minified_json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.guardrail.minified_json) <= 5120
      error_message = "Received ${length(var.role_arns)} roles and ${length(var.deployer_arns)} deployers, expected as many as a policy of 5120 characters has room for. Call this module once for each part of the accounts."
    }
  }
}

resource "aws_organizations_policy_attachment" "attachment" {
  for_each  = toset(var.target_ids)
  policy_id = aws_organizations_policy.policy.id
  target_id = each.value
}
