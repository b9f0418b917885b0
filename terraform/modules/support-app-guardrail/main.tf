data "aws_iam_policy_document" "this" {
  statement {
    sid    = "OnlyDeployersConfigureTheSupportApp"
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

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = var.deployer_arns
    }
  }

  statement {
    sid           = "NoOtherRoleForTheSupportApp"
    effect        = "Deny"
    actions       = ["iam:PassRole"]
    not_resources = var.role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["supportapp.amazonaws.com"]
    }
  }
}

resource "aws_organizations_policy" "this" {
  name        = var.name
  type        = "SERVICE_CONTROL_POLICY"
  description = "Only the listed deployers may configure the AWS Support App, and only with the listed roles."
  content     = data.aws_iam_policy_document.this.minified_json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.this.minified_json) <= 5120
      error_message = "Received ${length(var.role_arns)} roles and ${length(var.deployer_arns)} deployers, expected as many as a policy of 5120 characters has room for. Call this module once for each part of the accounts."
    }
  }
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = var.target_ids

  policy_id = aws_organizations_policy.this.id
  target_id = each.value
}
